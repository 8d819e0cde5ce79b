"""Fixtures and rules of the whole suite.

* Time: a test waits for conditions with :func:`tests.waiting.until`; limits in seconds, and sleeping, stand in that
  module only (``tests/test_lint.py`` holds every test to it).
* Processes: start one with :func:`tests.processes.started`. A process that outlives the test that started it, however
  far detached, is killed and fails that test; what a fixture of wider scope starts may live until the session's end.
* Tiers: ``tests/tiers.py`` tells by a file's place whether its tests are ``quick`` or need a browser or a cluster.
"""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from cgplab.models import load_model
from cgplab.running import Request
from tests.ownership import own
from tests.thorough import SUITE
from tests.tiers import TIERS, assign
from tests.waiting import HANG

settings.load_profile(SUITE)

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


def pytest_configure(config):
    """Tiers are markers, and processes have owners."""
    for name, meaning in TIERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    own(config)


def pytest_collection_modifyitems(items):
    """Every test is in one tier, in their order, and ends at last."""
    assign(items)
    for item in items:
        item.add_marker(pytest.mark.timeout(HANG))


@pytest.fixture(scope="session")
def shared():
    """Directory of the development material; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the development material (../shared) is not here")
    return SHARED


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    """Keep every test away from the user's own store."""
    monkeypatch.setenv("CGPLAB_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture(scope="session")
def model():
    """The shipped QAT LeNet-5."""
    return load_model("lenet5-qat")


@pytest.fixture
def quick():
    """Request for two short, reproducible runs."""
    return Request(
        model="lenet5-qat", selection="single_filter", strategies=[0.0, 5.0], grids=["3x4"], seed=7, generations=300
    )


@pytest.fixture
def read_only(tmp_path):
    """A directory nobody can write; skipped for root, whom permissions do not stop."""
    if os.geteuid() == 0:
        pytest.skip("permissions do not stop root")
    directory = tmp_path / "locked"
    directory.mkdir(mode=0o555)
    return directory


@pytest.fixture
def random():
    """Seeded generator."""
    return np.random.default_rng(20260101)
