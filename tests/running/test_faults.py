"""Full and read-only disks, rivals for one run, and shells that go away."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import pytest

from cgplab.errors import InputError
from cgplab.running import manager, plan, run_all
from cgplab.running.execute import execute
from cgplab.running.slots import Slots
from cgplab.running.standing import standing_of
from cgplab.store import RunTakenError, State, Store
from cgplab.store.checkpoints import read_checkpoints
from cgplab.store.commands import Standing
from cgplab.store.names import CHECKPOINTS
from tests.processes import started
from tests.running.killing import in_child, outcome, quiet
from tests.waiting import SECONDS, until

WORKER = [sys.executable, "-m", "cgplab.running.worker"]
FOREVER = 10**12


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte; skipped where it cannot be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    if not _mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", place):
        pytest.skip("mounting a small tmpfs needs root and permission to mount")
    yield place
    subprocess.run(["umount", "-l", place], check=False)


def _mount(*arguments):
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode == 0


@pytest.fixture
def endless(quick):
    return replace(quick, strategies=[0.0], generations=FOREVER, wiring="evolved", stops={})


def fill(directory, leave=0):
    """Write until nothing more fits, then make some room again."""
    path = directory / "filler"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    os.truncate(path, max(0, path.stat().st_size - leave))
    return path


def test_a_full_disk_fails_the_run_with_the_reason_and_loses_nothing(quick, small_disk, tmp_path):
    (manifest,) = plan(replace(quick, strategies=[0.0], generations=200_000, wiring="evolved"))
    undisturbed = Store(tmp_path / "undisturbed").create(manifest)
    execute(undisturbed, threading.Event(), quiet)
    run = Store(small_disk / "s").create(manifest)
    filler = []

    def fill_up(_, progress):
        if progress.generation > 1000 and not filler:
            filler.append(fill(small_disk))

    status = execute(run, threading.Event(), fill_up, checkpoint_seconds=0.0)
    assert status.state is State.FAILED
    assert "No space left" in status.reason
    assert run.observed().state is State.FAILED
    assert "\n" not in status.reason
    told = run.progress()
    assert told
    filler[0].unlink()
    assert execute(run, threading.Event(), quiet).state is State.FINISHED
    assert run.progress()[: len(told)] == told
    assert outcome(run) == outcome(undisturbed)


def test_a_disk_full_from_the_start(quick, small_disk):
    store = Store(small_disk / "s")
    run = store.create(plan(quick)[0])
    fill(small_disk, leave=16 * 1024)
    status = execute(run, threading.Event(), quiet)
    assert status.state is State.FAILED
    assert "No space left" in status.reason
    fill(small_disk)
    with pytest.raises(InputError, match="No space left"):
        store.create(plan(quick)[1])
    assert len(list(store.runs())) == 1


def test_a_read_only_store_can_be_read_and_says_so_when_written(quick, small_disk):
    store = Store(small_disk / "s")
    run = store.create(plan(quick)[0])
    assert _mount("-o", "remount,ro", small_disk)
    assert store.table().rows[0]["state"] == "pending"
    assert run.observed().state is State.PENDING
    for attempt in (
        lambda: execute(run, threading.Event(), quiet),
        lambda: manager.start([run], store),
        lambda: store.create(plan(quick)[1]),
        lambda: run.annotate(add=("x",)),
        lambda: store.delete(run),
    ):
        with pytest.raises(InputError, match="Read-only"):
            attempt()
    done = subprocess.run([*WORKER, run.directory], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert "Read-only" in done.stderr


def test_one_run_is_carried_out_by_one_process(quick, endless, tmp_path):
    store = Store(tmp_path / "s")
    run = store.create(plan(endless)[0])
    pid = in_child(run)
    until(lambda: run.status.state is State.RUNNING)
    with pytest.raises(RunTakenError, match=f"process {pid}"):
        execute(run, threading.Event(), quiet)
    other = store.create(plan(quick)[0])
    # A worker leaves the run to the other process and goes on with the rest of its batch.
    done = subprocess.run([*WORKER, run.directory, other.directory], capture_output=True, text=True, check=False)
    assert other.status.state is State.FINISHED
    assert f"process {pid}" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert run.observed().state is State.RUNNING
    assert run.status.attempt == 1
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert run.observed().state is State.CRASHED


def test_two_rivals_start_the_same_runs(quick, tmp_path):
    store = Store(tmp_path / "s")
    runs = store.create_all(plan(replace(quick, runs=4)))
    rivals = [threading.Thread(target=run_all, args=(runs, quiet, 2)) for _ in range(2)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    for run in runs:
        assert run.status.state is State.FINISHED
        assert run.status.attempt == 1
    assert store.verify() == []


def test_slots_are_shared_and_freed_by_death(tmp_path, monkeypatch):
    monkeypatch.setattr("cgplab.running.slots.usable_cores", lambda: 2)
    store = Store(tmp_path)
    stop = threading.Event()
    first, second = Slots(store).take(stop), Slots(store).take(stop)
    with monkeypatch.context() as patched:
        patched.setattr("cgplab.running.slots.time", SimpleNamespace(sleep=lambda _: stop.set()))
        assert Slots(store).take(stop) is None
    first.release()
    stop.clear()
    child = os.fork()
    if child == 0:
        Slots(store).take(stop)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert Slots(store).take(stop) is not None
    second.release()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_asked_to_end_stores_a_checkpoint_and_exits_with_0(endless, tmp_path, how):
    store = Store(tmp_path / "s")
    runs = store.create_all(plan(replace(endless, runs=2)))
    with started(*WORKER, "--jobs", 1, *(run.directory for run in runs), stdout=subprocess.DEVNULL) as worker:
        until(lambda: runs[0].status.generation > 0, "the worker begins")
        worker.send_signal(how)
        assert worker.wait(SECONDS) == 0
    status = runs[0].observed()
    assert (status.state, status.reason) == (State.KILLED, "interrupted")
    assert runs[0].has_weights()
    assert (runs[0].directory / CHECKPOINTS[0]).is_file()
    assert standing_of(runs[1]) is Standing.ORPHANED


ASKED_TWICE = """
import os, signal, sys, threading
from cgplab.running.worker import main

def set(self):
    with self._cond:
        if threading.get_ident() == threading.main_thread().ident:
            os.kill(os.getpid(), signal.SIGTERM)  # again, at the worst moment
        self._flag = True
        self._cond.notify_all()

threading.Event.set = set
sys.exit(main(sys.argv[1:]))
"""


def test_a_worker_that_is_asked_while_it_is_asked_ends(endless, tmp_path):
    """A batch system signals a job and all its processes, and the job signals its worker too."""
    (run,) = Store(tmp_path / "s").create_all(plan(endless))
    with started(sys.executable, "-c", ASKED_TWICE, run.directory, stdout=subprocess.DEVNULL) as worker:
        until(lambda: run.status.generation > 0, "the worker begins")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(SECONDS) == 0
    assert run.observed().state is State.KILLED


def test_a_detached_run_outlasts_its_shell_and_obeys(endless, tmp_path):
    store = Store(tmp_path / "s")
    command = (
        "from cgplab.running import Request, start; from cgplab.store import Store; from pathlib import Path; "
        f"start(Request(model='lenet5-qat', selection='single_filter', strategies=[0.0], grids=['3x4'], runs=2, "
        f"generations={FOREVER}, wiring='evolved', stops={{}}), Store(Path({str(store.root)!r})), 1)"
    )
    # A shell in a session of its own, which is hung up like one whose terminal closes.
    with started(sys.executable, "-c", command) as shell:
        assert shell.wait(SECONDS) == 0
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGHUP)
    first, second = store.runs()
    until(lambda: first.status.generation > 0)
    assert second.observed() == second.status  # it waits, and its worker is there
    manager.pause(second)
    assert second.status.state is State.PAUSED
    manager.pause(first)
    until(lambda: first.observed().state is State.PAUSED)
    reached = first.status.generation
    manager.resume(first, second, jobs=1)
    until(lambda: first.status.generation > reached)
    pid = first.status.pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: first.observed().state is State.CRASHED)
    assert second.observed().reason is not None
    assert first.status.host in first.observed().reason or str(pid) in first.observed().reason
    manager.retry(first, second)
    until(lambda: first.observed().state is State.RUNNING)
    manager.stop(first, second)
    until(lambda: not {first.observed().state, second.observed().state} & {State.RUNNING, State.PENDING})
    assert {first.status.state, second.status.state} == {State.KILLED}
    with pytest.raises(InputError, match="killed"):
        manager.pause(first)


@pytest.mark.parametrize("spoilt", [CHECKPOINTS[:1], CHECKPOINTS[1:], CHECKPOINTS])
@pytest.mark.parametrize("how", ["cut", "flip"])
def test_damaged_checkpoints_cost_time_only(quick, tmp_path, spoilt, how):
    (manifest,) = plan(replace(quick, strategies=[0.0], generations=30_000, wiring="evolved"))
    undisturbed = Store(tmp_path / "undisturbed").create(manifest)
    execute(undisturbed, threading.Event(), quiet)
    run = Store(tmp_path / "s").create(manifest)
    stop = threading.Event()

    def stop_halfway(_, progress):
        if progress.generation > 500:
            stop.set()

    execute(run, stop, stop_halfway, checkpoint_seconds=0.0)
    assert len(list(read_checkpoints(run.directory))) == 2
    for name in spoilt:
        path = run.directory / name
        data = bytearray(path.read_bytes())
        if how == "cut":
            del data[len(data) // 2 :]
        else:
            data[len(data) // 3] ^= 16
        path.write_bytes(data)
    assert execute(run, threading.Event(), quiet).state is State.FINISHED
    assert outcome(run) == outcome(undisturbed)


def test_a_damaged_status_is_rebuilt(quick, tmp_path):
    store = Store(tmp_path / "s")
    run = store.create(plan(quick)[0])
    run.open_progress(3).close()
    (run.directory / "status.json").write_text("{")
    assert standing_of(run) is Standing.DAMAGED
    done = subprocess.run([*WORKER, run.directory], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (run.status.state, run.status.attempt) == (State.FINISHED, 4)


@pytest.mark.parametrize(
    "arguments", [[], ["--jobs", "0", "x"], ["nowhere"], ["--jobs", "many", "x"], ["--list", "nofile"]]
)
def test_a_worker_called_wrongly(arguments, tmp_path):
    done = subprocess.run([*WORKER, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
