"""What a run keeps of its improvements: circuits it went through, up to the best one, however often it is resumed."""

import threading
from dataclasses import replace

import pytest

from cgplab.cgp import evaluate
from cgplab.running import plan
from cgplab.running.execute import execute
from cgplab.store import State, Store
from cgplab.work import load_work


@pytest.fixture
def run(quick, tmp_path):
    request = replace(quick, strategies=[5.0], grids=["6x8"], wiring="evolved", generations=100_000)
    return Store(tmp_path / "s").create(plan(request)[0])


def carry_out(run, slices=None):
    """Carry a run out, with a checkpoint after every slice; interrupt it after some of them."""
    stop = threading.Event()
    seen = []

    def report(_, progress):
        seen.append(progress)
        if len(seen) == slices:
            stop.set()

    return execute(run, stop, report, checkpoint_seconds=0.0)


def check(run):
    work = load_work(run.manifest)
    told = {row["generation"]: row for row in run.progress()}
    history = run.history()
    assert history[-1].circuit == run.best()
    generations = [snapshot.generation for snapshot in history]
    assert generations == sorted(set(generations))
    for snapshot in history:
        measured = evaluate(snapshot.circuit, work.problem, work.costs, work.settings.metric)
        assert snapshot.error == measured.error
        if snapshot.generation:
            row = told[snapshot.generation]
            assert (snapshot.error, snapshot.energy) == (row["error"], row["energy"])
        if snapshot.energy is not None:
            assert snapshot.energy == pytest.approx(measured.energy)
    return history


def test_the_last_is_the_best_after_every_interruption(run):
    before = []
    for slices in (3, 2, 3):
        assert carry_out(run, slices).state is State.KILLED
        now = check(run)
        assert now[: max(len(before) - 1, 0)] == before[:-1]
        before = now
    assert carry_out(run).state is State.FINISHED
    assert len(check(run)) > len(before) > 1
    assert "history.npz" in (run.directory / "checksums.json").read_text()


def test_a_damaged_history_hinders_no_run(run):
    carry_out(run, 5)
    (run.directory / "history.npz").write_bytes(b"nothing")
    assert carry_out(run).state is State.FINISHED
    check(run)
    assert any(event["event"] == "history left out" for event in run.events())
