"""Runs and accuracies as Dask tasks on this machine."""

import subprocess
import sys

import pytest

from cgplab.errors import InputError
from cgplab.running import AccuracyData, plan
from cgplab.running.cluster import Cluster
from cgplab.running.cluster.settings import ClusterSettings
from cgplab.store import State, Store
from tests.waiting import SECONDS


def test_runs_then_accuracy(quick, own_store):
    store = Store(own_store)
    runs = [store.create(manifest) for manifest in plan(quick)]
    looks = []
    cluster = Cluster.of("local")
    cluster.carry_out(runs, lambda: looks.append(1))
    assert looks
    assert {run.status.state for run in runs} == {State.FINISHED}
    cluster.measure(runs, AccuracyData("mnist"), "cpu", lambda: None)
    assert all(run.metrics()["mnist/test"]["n"] == 10_000 for run in runs)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("clouds", "unknown cluster 'clouds'; allowed: local, slurm, pbs, tcp"),
        ("slurm", "sbatch is not on this machine"),
    ],
)
def test_clusters_that_are_not_there(where, message, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match=message):
        Cluster.of(where)


def test_no_scheduler_answers(quick, own_store):
    run = Store(own_store).create(plan(quick)[0])
    with pytest.raises(InputError, match="no Dask scheduler answers at tcp"):
        Cluster("tcp://127.0.0.1:9", ClusterSettings()).carry_out([run], lambda: None)
    assert run.status.state is State.KILLED


def test_one_line_on_the_command_line(own_store):
    common = [sys.executable, "-m", "cgplab.cli", "evolve", "--model", "lenet5-qat", "--selection", "single_filter"]
    for options, message in (
        (["--cluster", "clouds"], "cgplab: unknown cluster 'clouds'"),
        (["--plan", "--detach"], "cgplab: --detach, --plan and --cluster exclude each other"),
    ):
        done = subprocess.run([*common, *options], capture_output=True, text=True, timeout=SECONDS, check=False)
        assert done.returncode == 2
        assert done.stderr.startswith(message)
        assert done.stderr.count("\n") == 1
    assert not list(Store(own_store).runs())
