"""Job arrays and Dask on a real Slurm: what they find is what uninterrupted local runs find."""

import io
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import replace

import pytest
from typer.main import get_command

from cgplab.cli import app
from cgplab.errors import InputError
from cgplab.running import Request, plan, run_all
from cgplab.running.cluster import Cluster
from cgplab.running.cluster.settings import ClusterSettings
from cgplab.running.cluster.submission import find_submission
from cgplab.store import State, Store
from tests.cli.commands import unmeasured
from tests.processes import started
from tests.waiting import SECONDS, SLOWNESS, until

COMMANDS = get_command(app)


def cgplab(*arguments, accuracy=False):
    """Output of a command in this process, or the error that it ends with."""
    given = arguments if accuracy else unmeasured(*arguments)
    with redirect_stdout(io.StringIO()) as output:
        COMMANDS.main([str(argument) for argument in given], standalone_mode=False)
    return output.getvalue()


def planned(request, store):
    return [store.create(manifest) for manifest in plan(request)]


def told(run):
    return [{**row, "seconds": None} for row in run.progress()]


def states(runs):
    return [run.observed().state for run in runs]


def settings_file(tmp_path, **settings):
    path = tmp_path / "cluster.toml"
    lines = "\n".join(
        f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}" for name, value in settings.items()
    )
    path.write_text(f"[slurm]\n{lines}\n[pbs]\n{lines}\n")
    return path


LONG = Request(
    model="lenet5-qat",
    selection="layer_bypass",
    strategies=[0.0],
    grids=["50x10"],
    wiring="evolved",
    generations=12_000_000,
    stops={"gate_count": 0},
)
"""One run of some ten seconds."""


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """The long run, carried out here at one go."""
    (run,) = planned(LONG, Store(tmp_path_factory.mktemp("local")))
    run_all([run], lambda *_: None)
    return run


def test_an_array_finds_what_local_runs_find(slurm, quick, own_store, tmp_path):
    store = Store(own_store)
    request = replace(quick, runs=2)
    runs = planned(request, store)
    with pytest.raises(InputError, match="1 to 4 batches, not 9"):
        cgplab("submit", "slurm", "--batch", "last", "-b", 9)
    resources = ["-b", 2, "--walltime", "0:10:00", "--mem", "1gb"]
    answer = cgplab("submit", "slurm", "--batch", "last", *resources, accuracy=True)
    assert "4 runs in 2 jobs" in answer
    until(lambda: set(states(runs)) == {State.FINISHED})
    until(lambda: not find_submission(store, "last").queue())
    shown = cgplab("cluster", "status")
    assert shown.count("2 finished") == 2
    assert "nothing to submit again" in cgplab("cluster", "resubmit")
    local = planned(request, Store(tmp_path / "local"))
    run_all(local, lambda *_: None)
    assert [run.best() for run in runs] == [run.best() for run in local]
    assert [run.metrics()["mnist/test"]["n"] for run in runs] == [10_000] * 4
    assert "removed submission" in cgplab("cluster", "clean")
    with pytest.raises(InputError, match="holds no submissions"):
        cgplab("cluster", "status")


@pytest.mark.parametrize("scratch", [False, True])
def test_cancelled_in_mid_run_and_submitted_again(slurm, uninterrupted, own_store, tmp_path, scratch):
    store = Store(own_store)
    (run,) = planned(LONG, store)
    place = {"scratch": str(tmp_path), "copy_back": 0.02} if scratch else {}
    settings = settings_file(tmp_path, walltime="0:10:00", mem="1gb", **place)
    cgplab("submit", "slurm", "--cluster-settings", settings)
    until(lambda: run.status.generation > 0)
    with pytest.raises(InputError, match=r"has 1 job in the queue"):
        cgplab("cluster", "clean")
    cgplab("cluster", "cancel")
    until(lambda: states([run]) == [State.KILLED])
    until(lambda: not find_submission(store, "last").queue())
    reached = run.status.generation
    assert 0 < reached < LONG.generations
    cgplab("cluster", "resubmit")
    until(lambda: states([run]) == [State.FINISHED])
    assert run.status.attempt == 2
    assert [event["generation"] for event in run.events() if event["event"] == "resumed"] == [reached]
    assert run.best() == uninterrupted.best()
    assert told(run) == told(uninterrupted)
    until(lambda: not list(tmp_path.glob("cgplab-*")))


def test_a_job_stops_itself_before_its_walltime(slurm, own_store, tmp_path):
    store = Store(own_store)
    (run,) = planned(replace(LONG, generations=1_000_000_000), store)
    # Slurm itself, which kills ten minutes later, is not what ends it: see OverTimeLimit of the configuration.
    minutes, seconds = divmod(int(20 * SLOWNESS), 60)
    walltime = f"0:{minutes:02}:{seconds:02}"
    cgplab("submit", "slurm", "--cluster-settings", settings_file(tmp_path, walltime=walltime, mem="1gb"))
    submission = find_submission(store, "last")
    until(lambda: states([run]) == [State.KILLED])
    until(lambda: not submission.queue())
    log = next((submission.directory / "logs").iterdir()).read_text()
    assert f"stopping after {submission.settings.search_seconds} s, to be resumed" in log
    assert "CANCELLED" not in log


def test_dask_goes_on_when_its_job_is_cancelled(slurm, uninterrupted, own_store, tmp_path):
    (run,) = planned(LONG, Store(own_store))
    cancelled = []

    def cancel_once():
        if not cancelled and run.status.generation > 0:
            cancelled.append(subprocess.run(["scancel", "--name=cgplab"], check=True))

    Cluster("slurm", ClusterSettings(walltime="0:10:00", mem="1gb", scratch=str(tmp_path))).carry_out(
        [run], cancel_once
    )
    assert cancelled
    assert run.status.state is State.FINISHED
    assert run.status.attempt >= 2
    assert run.best() == uninterrupted.best()


def test_pbs_commands(slurm, quick, own_store, tmp_path):
    """Through Debian's qsub for Slurm, which knows no select text and calls a job's number by Slurm's name."""
    if subprocess.run(["which", "qsub"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no qsub here (Debian: slurm-wlm-torque)")
    store = Store(own_store)
    runs = planned(replace(quick, runs=2), store)
    resources = settings_file(tmp_path, walltime="0:10:00", resource_spec="nodes=1:ppn=1,mem=1gb")
    cgplab("submit", "pbs", "-b", 3, "--cluster-settings", resources)
    until(lambda: set(states(runs)) == {State.FINISHED})
    until(lambda: not find_submission(store, "last").queue())
    assert "2 finished" in cgplab("cluster", "status")
    submission = find_submission(store, "last")
    logs = sorted(path.read_text() for path in (submission.directory / "logs").iterdir())
    assert len(logs) == len(submission.batches)
    assert all(any(run.id in log for log in logs) for run in runs)
    for run in runs:  # each is done once, by the job it belongs to
        assert [event["event"] for event in run.events()].count("started") == 1
    processes = {run.id: run.status.pid for run in runs}
    of_jobs = [{processes[name] for name in members} for members in submission.batches]
    assert [len(found) for found in of_jobs] == [1] * len(submission.batches)
    assert len(set.union(*of_jobs)) == len(submission.batches)


def test_a_store_with_an_odd_path_goes_through_the_batch_system(slurm, quick, tmp_path):
    store = Store(tmp_path / "-a b'c\"d@$e")
    runs = planned(quick, store)
    settings = settings_file(tmp_path, walltime="0:10:00", mem="1gb")
    cgplab("submit", "slurm", "-b", 2, "--cluster-settings", settings, "--store", store.root)
    until(lambda: set(states(runs)) == {State.FINISHED})


def test_ctrl_c_stops_the_runs_on_the_nodes(slurm, own_store, tmp_path):
    work = ["--model", "lenet5-qat", "--selection", "single_filter", "--generations", 10**9, "--stop", "gate_count=0"]
    settings = settings_file(tmp_path, walltime="0:10:00", mem="1gb")
    options = ["--cluster", "slurm", "--cluster-settings", settings]
    command = [sys.executable, "-m", "cgplab", *unmeasured("evolve", *work, *options)]
    store = Store(own_store)
    with started(*command, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: any(run.status.generation > 0 for run in store.runs()), "a run begins on the node")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 130, errors
    (run,) = store.runs()
    until(lambda: states([run]) == [State.KILLED])
    assert "stopped: 1 killed; go on with: cgplab resume all" in errors
