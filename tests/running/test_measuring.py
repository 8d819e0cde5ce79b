"""Accuracy is measured as runs end: by layer, without a second command, and never at the expense of a run."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from cgplab.errors import InputError
from cgplab.models import accuracy
from cgplab.running import AccuracyData, manager, measure_accuracy, missing_accuracy, plan, run_all
from cgplab.running.batch import Batch
from cgplab.running.measuring import Measuring
from cgplab.running.slots import Slots, usable_cores
from cgplab.store import Run, State, Store
from cgplab.store.locks import is_held
from cgplab.store.verify import verify_run
from cgplab.words import counted
from tests.cli.commands import ROOT_COMMAND, cgplab
from tests.processes import started
from tests.waiting import SECONDS, until

FEW = AccuracyData(images=50)
NAME = "mnist/test[:50]"
WORKER = [sys.executable, "-m", "cgplab.running.worker"]


def quiet(run, progress):
    """Report nothing."""


def measured(runs):
    """Accuracies of runs, without the time of day."""
    return [{name: {**found, "measured": None} for name, found in run.metrics().items()} for run in runs]


@pytest.fixture
def two_layers(quick):
    """Four runs of two layers."""
    return plan(replace(quick, parameters={"layer": ["conv1", "conv2"]}))


@pytest.fixture
def evaluators(monkeypatch):
    """Layers of every evaluator that is made."""
    made = []

    class Counted(accuracy.CandidateEvaluator):
        def __init__(self, model, dataset, layer_names, **options):
            made.append(tuple(layer_names))
            super().__init__(model, dataset, layer_names, **options)

    monkeypatch.setattr(accuracy, "CandidateEvaluator", Counted)
    return made


def test_a_layer_is_measured_by_one_evaluator_when_its_last_run_has_ended(two_layers, own_store, evaluators):
    runs = Store(own_store).create_all(two_layers)
    told, ended = [], []
    run_all(
        runs, quiet, jobs=1, done=lambda run, _: ended.append(run.manifest.layer), accuracy=FEW,
        measured=lambda state: told.append((state.done, state.total, state.layers, len(ended))),
    )  # fmt: skip
    assert evaluators == [("conv1",), ("conv2",)]
    assert told[0] == (0, 4, ("conv1",), 2)  # before a run of the next layer begins
    assert told[-1] == (4, 4, ("conv2",), 4)
    found = measured(runs)
    assert [list(each) for each in found] == [[NAME]] * 4
    measure_accuracy(runs, FEW)
    assert measured(runs) == found
    assert missing_accuracy(runs, FEW) == []


def test_nothing_is_measured_where_nobody_asks_for_it(quick, own_store):
    runs = Store(own_store).create_all(plan(quick))
    run_all(runs, quiet)
    assert measured(runs) == [{}, {}]
    assert missing_accuracy(runs, FEW) == runs


@pytest.mark.parametrize(
    ("change", "on", "why"),
    [
        ({}, AccuracyData("emnist", "letters-test"), "lenet5-qat: the letters-test split of emnist is not on this"),
        ({}, AccuracyData("cifar"), "lenet5-qat: no data set 'cifar'"),
        ({"selection": "worst_case", "grids": ["16x16"]}, FEW, "selection worst_case infers no weights of a model"),
    ],
)
def test_what_cannot_be_measured_is_one_line_and_no_failure(quick, own_store, change, on, why):
    runs = Store(own_store).create_all(plan(replace(quick, **change)))
    told = []
    statuses = run_all(runs, quiet, accuracy=on, tell=told.append)
    assert {status.state for status in statuses} == {State.FINISHED}
    assert len(told) == 1
    assert told[0].startswith(f"accuracy is not measured: {why}")
    assert "\n" not in told[0]


@pytest.mark.parametrize("error", [InputError("no space left on device"), MemoryError("too little")])
def test_a_full_disk_or_memory_ends_no_run(two_layers, own_store, monkeypatch, error):
    runs = Store(own_store).create_all(two_layers)
    write = Run.write_metrics

    def full(run, metrics):
        if run.manifest.layer == "conv1":
            raise error
        write(run, metrics)

    monkeypatch.setattr(Run, "write_metrics", full)
    told = []
    statuses = run_all(runs, quiet, accuracy=FEW, tell=told.append)
    assert {status.state for status in statuses} == {State.FINISHED}
    assert len(told) == 1
    assert str(error) in told[0]
    assert missing_accuracy(runs, FEW) == runs[:2]


def test_an_interruption_loses_nothing_and_ends_soon(two_layers, own_store):
    runs = Store(own_store).create_all(two_layers)
    done = []

    def interrupt(state):
        done.append(state.done)
        if state.done == 1:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_all(runs, quiet, jobs=1, accuracy=AccuracyData(), measured=interrupt)
    assert max(done) < 4
    lacking = missing_accuracy(runs)
    assert [run for run in runs if not run.metrics() and run.status.state is State.FINISHED] == lacking
    assert {run.status.state for run in runs} <= {State.FINISHED, State.KILLED}


def test_an_accuracy_does_not_outlive_the_weights_it_was_measured_with(quick, own_store):
    (manifest,) = plan(replace(quick, strategies=[0.0], generations=10**12, wiring="evolved", stops={}))
    run = Store(own_store).create(manifest)
    for attempt in (1, 2):
        batch = Batch([run], lambda *_: batch.stop.set())
        run.write_status(replace(run.status, state=State.PENDING))
        batch.start()
        batch.wait()
        assert (run.status.attempt, run.status.state) == (attempt, State.KILLED)
        assert missing_accuracy([run], FEW) == [run]
        measure_accuracy([run], FEW)
        assert missing_accuracy([run], FEW) == []


def test_a_measurement_has_the_cores_that_runs_leave(two_layers, own_store):
    store = Store(own_store)
    runs = store.create_all([two_layers[0], two_layers[2]])
    places = usable_cores() + 2
    lent, begun, asked = [], threading.Event(), threading.Event()

    class Asked(Measuring):
        def measure(self, group, cores, stop):
            begun.wait(SECONDS)
            with cores() as count:
                lent.append(count)
            asked.set()

    def measure(slots=None):
        batch = Batch([], quiet, places, slots=slots, measuring=Asked([], FEW, ended=runs[:1]))
        batch.start()
        assert batch.wait(SECONDS)
        return lent.pop()

    def while_the_first_is_measured(run):
        if run is runs[1]:
            begun.set()
            asked.wait(SECONDS)

    batch = Batch(runs, quiet, 2, started=while_the_first_is_measured, measuring=Asked(runs, FEW))
    batch.start()
    assert batch.wait(SECONDS)
    assert lent[0] == 1
    lent.clear()
    assert measure() == places
    slots = Slots(store, places)
    assert measure(slots) == places
    others = [slots.take_free() for _ in range(places - 1)]
    assert measure(slots) == 1
    for lock in others:
        lock.release()


def worker_gone(store):
    """Whether all workers of a store have ended."""
    return not any(is_held(path) for path in (store.root / "workers").glob("*.lock"))


def test_detached_and_resumed_with_what_an_interruption_left_unmeasured(two_layers, own_store):
    store = Store(own_store)
    manager.start(two_layers, store, accuracy=FEW)
    runs = list(store.runs())
    until(lambda: not missing_accuracy(runs, FEW) and all(run.metrics() for run in runs), "all are measured")
    until(lambda: worker_gone(store), "the worker ends")
    found = measured(runs)
    for run in runs:
        run.drop_metrics()
    # As after a SIGKILL in between: one run has to go on, the finished ones beside it lack their accuracies.
    last = store.create(replace(two_layers[0], id="01JABCDEFGHJKMNPQRSTVWXYZ0"))
    last.write_status(replace(last.status, state=State.KILLED))
    manager.resume(last, accuracy=FEW)
    everything = [*runs, last]
    until(lambda: all(run.metrics() for run in everything), "all are measured")
    until(lambda: worker_gone(store), "the worker ends")
    assert measured(runs) == found
    assert measured([last]) == [found[0]]
    # Runs that have all finished: nothing to carry out, and a worker for the accuracies alone.
    runs[1].drop_metrics()
    assert manager.start(runs, store, confirm=True, accuracy=FEW) == [runs[1].id]
    until(runs[1].metrics, "it is measured")
    until(lambda: worker_gone(store), "the worker ends")
    assert measured(runs) == found


def test_killed_during_a_measurement(own_store):
    work = ["--model", "lenet5-qat", "--selection", "single_filter", "--grid", "3x4", "--generations", 300]
    command = [*ROOT_COMMAND, "evolve", *map(str, work), "--runs", "6", "--strategy", "5", "--jobs", "1"]
    store = Store(own_store)
    with started(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until(lambda: any(run.metrics() for run in store.runs()), "the first is measured")
        process.kill()
    runs = list(store.runs())
    assert {run.status.state for run in runs} == {State.FINISHED}
    assert [found for run in runs for found in verify_run(run)] == []
    lacking = missing_accuracy(runs)
    assert lacking == [run for run in runs if not run.metrics()]
    assert 0 < len(lacking) < len(runs)


def test_ctrl_c_during_a_measurement_says_what_is_left(own_store):
    work = ["--model", "lenet5-qat", "--selection", "single_filter", "--grid", "3x4", "--generations", "300"]
    command = [*ROOT_COMMAND, "evolve", *work, "--runs", "6", "--strategy", "5", "--jobs", "1"]
    store = Store(own_store)
    with started(*command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: any(run.metrics() for run in store.runs()), "the first is measured")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 130, errors
    lacking = missing_accuracy(store.runs())
    assert "stopped: 6 finished" in errors
    assert f"{counted(len(lacking), 'accuracy', 'accuracies')} to measure: cgplab metrics --batch last" in errors


def test_the_command_says_what_comes_next(own_store):
    work = ["--model", "lenet5-qat", "--selection", "single_filter", "--grid", "3x4", "--generations", 300]
    with_it = cgplab("evolve", *work, accuracy=True)
    assert with_it.returncode == 0
    assert "next: cgplab figures --all --batch last" in with_it.stdout
    assert "acc. loss" in with_it.stdout
    assert "next: cgplab metrics --batch last" in cgplab("evolve", *work).stdout
    first, second = Store(own_store).runs()
    assert first.metrics()["mnist/test"]["n"] == 10_000
    assert second.metrics() == {}


@pytest.mark.parametrize("text", ["{", '{"images": 0}', '{"picture": 1}'])
def test_a_worker_refuses_images_that_make_no_sense(quick, own_store, text):
    run = Store(own_store).create(plan(quick)[0])
    done = subprocess.run(
        [*WORKER, run.directory, "--accuracy", text], env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("cgplab worker: the option --accuracy ")
    assert done.stderr.count("\n") == 1
    assert run.status.state is State.PENDING
