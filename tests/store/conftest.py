"""A small store with a run in each condition that matters to whoever takes it over."""

import shutil
import threading
from dataclasses import replace

import pytest

from cgplab.running import Request, plan
from cgplab.running.execute import execute
from cgplab.store import Store
from tests.store.three_runs import three_runs


@pytest.fixture(scope="session")
def mixed_template(tmp_path_factory):
    """Two finished runs, one that was stopped and left checkpoints, and a pending one; copied, never changed."""
    store = Store(tmp_path_factory.mktemp("mixed") / "s")
    request = Request(
        model="lenet5-qat", selection="single_filter", strategies=[0.0, 5.0], grids=["3x4"], seed=7, generations=300
    )
    finished = store.create_all(plan(request))
    for run in finished:
        execute(run, threading.Event(), lambda *_: None)
    longer = replace(request, strategies=[0.0], generations=100_000, wiring="evolved")
    stopped, _pending = (store.create(plan(longer)[0]) for _ in range(2))
    stop = threading.Event()

    def stop_soon(_, progress):
        if progress.generation > 500:
            stop.set()

    execute(stopped, stop, stop_soon, checkpoint_seconds=0.0)
    return store


@pytest.fixture
def mixed(mixed_template, tmp_path):
    shutil.copytree(mixed_template.root, tmp_path / "mixed")
    return Store(tmp_path / "mixed")


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A store with two finished runs and a pending one; copied, never changed."""
    return three_runs(tmp_path_factory.mktemp("template") / "s")


@pytest.fixture
def store(template, tmp_path):
    shutil.copytree(template.root, tmp_path / "s")
    return Store(tmp_path / "s")
