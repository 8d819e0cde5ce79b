"""Planned runs are carried out, reproducibly, and interruptions lose nothing that was found."""

import signal
import threading
from dataclasses import replace

import numpy as np
import pytest

from cgplab.cgp import evaluate
from cgplab.errors import InputError
from cgplab.running import Request, measure_accuracy, plan, run_all
from cgplab.running.plan import DEFAULT_TIME_LIMIT
from cgplab.store import State, Store
from cgplab.work import load_work


def quiet(run, progress):
    """Report nothing."""


def carry_out(request, root):
    store = Store(root)
    runs = [store.create(manifest) for manifest in plan(request)]
    return runs, run_all(runs, quiet)


def test_a_finished_run_is_what_its_circuit_computes(quick, tmp_path):
    runs, statuses = carry_out(quick, tmp_path / "s")
    for run, status in zip(runs, statuses, strict=True):
        assert run.status.state is State.FINISHED
        assert status.state is State.FINISHED
        work = load_work(run.manifest)
        evaluation = evaluate(run.best(), work.problem, work.costs)
        assert (status.error, status.energy, status.gate_count) == (
            evaluation.error,
            evaluation.energy,
            evaluation.gate_count,
        )
        expected = work.selected.put_back(work.model, evaluation.outputs)
        assert np.array_equal(run.weights()["conv1"], expected["conv1"])
        errors = [row["error"] for row in run.progress() if row["phase"] == "error"]
        assert errors == sorted(errors, reverse=True)


def test_the_same_seed_gives_the_same_circuit(quick, tmp_path):
    first, _ = carry_out(quick, tmp_path / "a")
    second, _ = carry_out(quick, tmp_path / "b")
    assert [run.best() for run in first] == [run.best() for run in second]
    other, _ = carry_out(replace(quick, seed=8), tmp_path / "c")
    assert [run.best() for run in first] != [run.best() for run in other]


def test_plan_makes_one_run_per_strategy_and_seed(quick):
    manifests = plan(replace(quick, runs=3))
    assert [(m.strategy, m.seed) for m in manifests] == [(t, s) for t in (0.0, 5.0) for s in (7, 8, 9)]
    assert len({m.id for m in manifests}) == 6
    assert len({m.batch for m in manifests}) == 1
    assert [m.threshold for m in manifests] == [0] * 3 + [400] * 3


def test_some_limit_is_always_set(quick):
    assert plan(replace(quick, generations=None))[0].settings["time_limit"] == DEFAULT_TIME_LIMIT
    assert plan(replace(quick, patience=10))[0].settings["time_limit"] is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "alexnet"}, "alexnet.*lenet5-qat"),
        ({"model": "lenet5-float"}, "float"),
        ({"selection": "bypass"}, "bypass.*layer_bypass"),
        ({"parameters": {"layer": "conv7"}}, "conv7.*conv1"),
        ({"grids": ["fifty"]}, "fifty.*ROWSxCOLS"),
        ({"l_back": 0}, "l_back.*at least 1"),
        ({"strategies": []}, "at least one strategy"),
        ({"strategies": [1.0, 1.0]}, "once"),
        ({"strategies": [-1.0]}, "at least 0"),
        ({"runs": 0}, "between 1 and"),
        ({"seed": -1}, "between 0 and"),
        ({"metric": "RMSE"}, "RMSE.*SE, MSE, AE"),
        ({"children": 0}, "children.*between 1"),
        ({"mutation_rate": 0.0}, r"\(0, 1\]"),
        ({"mutation_rate": 1.5}, r"\(0, 1\]"),
        ({"generations": 0}, "generations"),
        ({"patience": 0}, "patience"),
        ({"time_limit": 0.0}, "time limit"),
        ({"time_limit": float("nan")}, "time limit"),
        ({"costs": "gold"}, "gold.*thesis45"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_written(quick, change, words):
    with pytest.raises(InputError, match=words):
        plan(replace(quick, **change))


def test_an_interruption_keeps_finished_runs_and_marks_the_others(quick, tmp_path):
    """Ctrl-C in the middle of the third of four runs, one at a time."""
    store = Store(tmp_path / "s")
    runs = [store.create(m) for m in plan(quick)] + [
        store.create(m) for m in plan(replace(quick, strategies=[0.0], generations=10**9))
    ]
    last = store.create(plan(quick)[0])
    begun = threading.Event()

    def interrupt(run, progress):
        if run.id == runs[2].id and progress.generation > 1000 and not begun.is_set():
            begun.set()
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_all([*runs, last], interrupt, jobs=1)
    assert [run.status.state for run in runs[:2]] == [State.FINISHED] * 2
    assert runs[2].status.state is State.KILLED
    assert runs[2].status.reason == "interrupted"
    assert runs[2].has_weights()
    assert last.status.state is State.KILLED
    assert last.status.reason == "interrupted before it started"


def test_a_stopped_run_stores_its_best_circuit(quick, tmp_path):
    from cgplab.running.execute import execute

    run = Store(tmp_path / "s").create(plan(replace(quick, strategies=[0.0], generations=10**12))[0])
    stop = threading.Event()
    status = execute(run, stop, lambda *_: stop.set())
    assert status.state is State.KILLED
    assert run.status.reason == "interrupted"
    work = load_work(run.manifest)
    assert evaluate(run.best(), work.problem, work.costs).error == status.error


def test_a_changed_model_fails_the_run_with_a_reason(quick, tmp_path):
    store = Store(tmp_path / "s")
    run = store.create(replace(plan(quick)[0], model_sha256="0" * 64))
    (status,) = run_all([run], quiet)
    assert status.state is State.FAILED
    assert "has changed" in run.status.reason


def test_exact_weights_give_exactly_the_reference_accuracy(quick, tmp_path):
    (run, _), _ = carry_out(quick, tmp_path / "s")
    work = load_work(run.manifest)
    targets = work.problem.targets
    run.write_weights(targets, work.selected.put_back(work.model, targets))
    measure_accuracy([run])
    row = run.row()
    assert row["accuracy_loss"] == 0.0
    assert row["accuracy"] >= 99.0
    assert row["dataset"] == "mnist/test"


@pytest.mark.slow
def test_methods_and_a_start_from_a_stored_circuit(quick, tmp_path):
    store = Store(tmp_path / "s")
    (made,) = (store.create(m) for m in plan(replace(quick, strategies=[0.0], grids=["5x5"], method="construct")))
    run_all([made], quiet)
    assert made.status.state is State.FINISHED
    assert made.status.error == 0
    assert made.status.bound is not None
    both = replace(quick, strategies=[0.0], grids=["5x5"], method="construct+evolve")
    onwards = replace(quick, strategies=[0.0], grids=["5x5"], start=made)
    for request in (both, onwards):
        run = store.create(plan(request)[0])
        run_all([run], quiet)
        assert run.status.error == 0
        assert run.status.energy <= made.status.energy
    with pytest.raises(InputError, match="made for"):
        plan(replace(onwards, grids=["4x5"]))
    with pytest.raises(InputError, match="own start"):
        plan(replace(both, start=made))
    with pytest.raises(InputError, match="cannot lower 'delay'"):
        plan(replace(both, objective="delay"))
    with pytest.raises(InputError, match="unknown method"):
        plan(replace(quick, method="guess"))


def test_one_circuit_for_all_layers(tmp_path):
    """Two vectors: evolved wiring by default, multiplexers allowed, weights back into both layers."""
    request = Request(
        model="lenet5-qat", selection="all_layers", strategies=[0.0], grids=["8x4"], seed=3, generations=20
    )
    (run,), (status,) = carry_out(request, tmp_path / "s")
    assert (status.state, status.kernel) == (State.FINISHED, "full")
    assert set(run.weights()) == {"conv1", "conv2"}
    measure_accuracy([run])
    assert run.row()["accuracy"] < 99


@pytest.mark.parametrize("change", [{"wiring": "evolved"}, {"objective": "gate_count"}, {"stops": {"gate_count": 30}}])
def test_search_options_reach_the_search(quick, tmp_path, change):
    request = replace(quick, strategies=[11.0], generations=2000, **change)
    runs, _ = carry_out(request, tmp_path / "s")
    run = runs[0]
    work = load_work(run.manifest)
    assert evaluate(run.best(), work.problem, work.costs).error == run.status.error
    if "stops" in change and run.status.error <= run.manifest.threshold:
        assert run.status.reason == "early stop"
    if "objective" in change:
        assert work.settings.order == ("gate_count", "energy", "error", "delay")
    if "wiring" in change:
        assert run.status.kernel in ("full", "incremental")
