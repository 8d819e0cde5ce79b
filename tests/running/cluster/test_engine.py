"""Runs and accuracies as Dask tasks on this machine."""

import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from cgplab.errors import InputError
from cgplab.running import AccuracyData, measure_accuracy, plan
from cgplab.running.cluster import Cluster
from cgplab.running.cluster.settings import ClusterSettings
from cgplab.running.standing import standing_of
from cgplab.store import State, Store
from cgplab.store.commands import Command, Standing, changes
from tests.processes import started
from tests.waiting import SECONDS


def test_runs_and_accuracy(quick, own_store):
    store = Store(own_store)
    without = plan(replace(quick, selection="worst_case", strategies=[0.0], grids=["16x16"]))
    runs = store.create_all([*plan(replace(quick, parameters={"layer": ["conv1", "conv2"]})), *without])
    looks, told = [], []
    cluster = Cluster.of("local")
    cluster.carry_out(runs, lambda: looks.append(1), AccuracyData(images=50), told.append)
    assert looks
    assert {run.status.state for run in runs} == {State.FINISHED}
    assert told == ["accuracy is not measured: selection worst_case infers no weights of a model"]
    found = [{**run.metrics()["mnist/test[:50]"], "measured": None} for run in runs[:4]]
    measure_accuracy(runs[:4], AccuracyData(images=50))
    assert [{**run.metrics()["mnist/test[:50]"], "measured": None} for run in runs[:4]] == found
    cluster.measure(runs[:4], AccuracyData("mnist", images=60), "cpu", lambda: None)
    assert all(run.metrics()["mnist/test[:60]"]["n"] == 60 for run in runs[:4])


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


@pytest.fixture
def silent():
    """Address of a server that never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    "where", ["tcp://127.0.0.1:9", "tcp://", "tcp://127.0.0.1:99999", "tcp://nowhere.invalid:1", "tls://127.0.0.1:9"]
)
def test_no_scheduler_answers(quick, own_store, monkeypatch, where):
    refused(quick, own_store, monkeypatch, where)


def test_a_scheduler_is_silent(quick, own_store, monkeypatch, silent):
    refused(quick, own_store, monkeypatch, silent)


def refused(quick, own_store, monkeypatch, where):
    monkeypatch.setattr("cgplab.running.cluster.engine.CONNECT_SECONDS", 1)
    run = Store(own_store).create(plan(quick)[0])
    with pytest.raises(InputError, match=f"no Dask scheduler answers at {where} .*cgplab resume all$") as told:
        Cluster(where, ClusterSettings()).carry_out([run], lambda: None)
    assert "\n" not in str(told.value)
    assert run.status.state is State.KILLED
    assert changes(standing_of(run), Command.RESUME)


@pytest.fixture
def scheduler(tmp_path):
    """A scheduler and a worker, processes of their own; its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    dask = [sys.executable, "-m"]
    server = [*dask, "distributed.cli.dask_scheduler", "--host", address, "--no-dashboard"]
    worker = [*dask, "distributed.cli.dask_worker", address, "--no-dashboard", "--no-nanny", "--nthreads", "1"]
    quiet = {"cwd": tmp_path, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with started(*server, **quiet) as process, started(*worker, **quiet):
        yield address, process


def test_a_scheduler_that_is_killed_is_one_line(quick, own_store, scheduler, monkeypatch, capfd):
    monkeypatch.setattr("cgplab.running.cluster.engine.CONNECT_SECONDS", SECONDS)
    address, process = scheduler
    endless = replace(quick, generations=10**12, wiring="evolved", stops={})
    runs = Store(own_store).create_all(plan(endless))

    def kill_once():
        if process.poll() is None and any(run.status.state is State.RUNNING for run in runs):
            process.kill()

    with pytest.raises(InputError, match=f"the Dask scheduler at {address} is gone.*cgplab resume all$") as told:
        Cluster(address, ClusterSettings()).carry_out(runs, kill_once, AccuracyData())
    assert "\n" not in str(told.value)
    assert "Traceback" not in capfd.readouterr().err
    assert standing_of(runs[1]) is Standing.KILLED
    assert standing_of(runs[0]) in (Standing.KILLED, Standing.ASKED)  # its worker lives and will obey


def test_one_line_on_the_command_line(own_store):
    common = [sys.executable, "-m", "cgplab", "evolve", "--model", "lenet5-qat", "--selection", "single_filter"]
    for options, message in (
        (["--cluster", "clouds"], "cgplab: unknown cluster 'clouds'"),
        (["--plan", "--detach"], "cgplab: --detach, --plan and --cluster exclude each other"),
    ):
        done = subprocess.run([*common, *options], capture_output=True, text=True, timeout=SECONDS, check=False)
        assert done.returncode == 2
        assert done.stderr.startswith(message)
        assert done.stderr.count("\n") == 1
    assert not list(Store(own_store).runs())
