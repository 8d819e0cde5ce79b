"""A store with runs that have ended and one that waits, made once and copied by tests that damage it."""

import threading

from cgplab.running import Request, plan
from cgplab.running.execute import execute
from cgplab.store import Store


def three_runs(root):
    """A store below ``root`` with two finished runs and a pending one; to be copied, never changed."""
    store = Store(root)
    request = Request(
        model="lenet5-qat", selection="single_filter", strategies=[0.0, 5.0, 11.0], grids=["3x4"], seed=7,
        generations=300,
    )  # fmt: skip
    runs = store.create_all(plan(request))
    for run in runs[:2]:
        execute(run, threading.Event(), lambda *_: None)
    return store
