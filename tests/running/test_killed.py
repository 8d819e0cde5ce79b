"""A run that is killed anywhere, however often, ends as if it never was, and loses no row it has told."""

import random as random_module
import threading
from dataclasses import replace

import pytest

from cgplab.running import plan
from cgplab.running.execute import execute
from cgplab.store import State, Store
from cgplab.store.locks import is_held
from tests.running.killing import killed_after, killed_at_call, outcome, quiet, undisturbed_end

KILLS = 50
ALIVE = 0.4  # share of the run's own time that its killed attempts have together


@pytest.fixture
def request_(quick):
    return replace(quick, strategies=[5.0], grids=["6x8"], wiring="evolved", generations=3_000_000)


@pytest.fixture
def pair(tmp_path):
    """Makes two runs of one manifest, the first of them carried out without disturbance."""

    def make(request):
        (manifest,) = plan(request)
        undisturbed = Store(tmp_path / "undisturbed").create(manifest)
        execute(undisturbed, threading.Event(), quiet)
        return undisturbed, Store(tmp_path / "killed").create(manifest)

    return make


@pytest.fixture
def seconds_of(tmp_path):
    """Measures the processor time of a request's run in a process that has its kernels loaded."""

    def measure(request):
        (manifest,) = plan(request)
        run = Store(tmp_path / "timed").create(manifest)
        return undisturbed_end(run)

    return measure


def test_fifty_kills_at_random_moments(pair, seconds_of, request_):
    undisturbed, run = pair(request_)
    latest = 2 * ALIVE * seconds_of(request_) / KILLS  # so that each of them is in mid-run
    moments = random_module.Random(20260101)
    told = []
    for _ in range(KILLS):
        assert killed_after(run, moments.uniform(0.0, latest)), "the run ended before the last kill"
        rows = run.progress()
        assert rows[: len(told)] == told
        told = rows
        if run.status.state is State.RUNNING:
            assert run.observed().state is State.CRASHED
    assert run.status.state is not State.FINISHED
    undisturbed_end(run)
    told = run.progress()
    assert outcome(run) == outcome(undisturbed)
    assert run.status.attempt > KILLS // 2
    generations = [row["generation"] for row in told]
    assert generations == sorted(set(generations))
    assert not is_held(run.directory / "lock")


@pytest.mark.parametrize(("method", "step"), [("evolve", 1), ("construct+evolve", 10)])
def test_killed_at_every_change_of_the_disk(pair, quick, method, step):
    request = replace(quick, strategies=[0.0], grids=["5x5"], generations=60, method=method, wiring="evolved")
    undisturbed, run = pair(request)
    number = 1
    told = []
    while True:
        survived = not killed_at_call(run, number)
        rows = run.progress()
        assert rows[: len(told)] == told
        told = rows
        if survived:
            break
        number += step
    assert number > 20
    assert run.status.state is State.FINISHED
    assert outcome(run) == outcome(undisturbed)
