"""Carry out a study in processes that are killed at will."""

import sys
from collections import Counter

import psutil

from cgplab.store import State, Store
from cgplab.study.library import Library
from tests.processes import started
from tests.running.killing import outcome
from tests.study.studies import text_of
from tests.waiting import until

GENERATIONS = 2_000_000
"""Of each of the study's four runs; they take a second or more."""
LATEST = 3.5
"""Seconds of processor time, of which the program needs one to begin."""


def studies_end(store, name, spent=None, jobs=2):
    """Carry out a study in a process of its own, killed when it has used so much processor time; whether it was killed.

    Parameters
    ----------
    store : Store
    name : str
    spent : float, optional
        Seconds; default: it is let alone, and has to end well.
    jobs : int
    """
    log = store.root / "log"
    store.root.mkdir(exist_ok=True)
    command = (sys.executable, "-m", "cgplab", "study", "run", name, "--jobs", jobs, "--store", store.root)
    with log.open("wb") as told, started(*command, stdout=told, stderr=told) as process:
        seen = psutil.Process(process.pid)
        if spent is None:
            until(lambda: process.poll() is not None, "the study ends")
            assert process.returncode == 0, log.read_text()
            return False
        until(lambda: process.poll() is not None or sum(seen.cpu_times()[:2]) >= spent)
        killed = process.poll() is None
        process.kill()
        process.wait()
        assert killed or process.returncode == 0, log.read_text()
        return killed


def outcomes(store):
    """Everything of a study's runs that may not depend on how often it was killed, by strategy and seed."""
    runs = list(store.runs())
    assert all(run.status.state is State.FINISHED for run in runs)
    found = {(run.manifest.strategy, run.manifest.seed): (*outcome(run), _accuracies(run)) for run in runs}
    assert len(found) == len(runs), "a run was made twice"
    return found


def _accuracies(run):
    return {
        name: {key: value for key, value in accuracy.items() if key != "measured"}
        for name, accuracy in run.metrics().items()
    }


def killed_study(place, kills, moments, generations=GENERATIONS):
    """Kill a study so many times, and as often again until its runs have come to an end; its store.

    Parameters
    ----------
    place : Path
        Directory of the store, to be made.
    kills : int
    moments : random.Random
    generations : int
        Of each run.

    Returns
    -------
    Store, dict
        And how many kills found how many of its runs finished.
    """
    store, found = Store(place), Counter()
    budget = {"generations": generations}
    Library(store).add(text_of(wiring="evolved", grids=["6x8"], budget=budget, stops={"gate_count": 0}), "long.toml")
    while found.total() < kills and studies_end(store, "kernels", moments.uniform(0.5, LATEST)):
        found[sum(run.status_or_rebuilt().state is State.FINISHED for run in store.runs())] += 1
    studies_end(store, "kernels")
    return store, found
