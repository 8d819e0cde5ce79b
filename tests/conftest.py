"""Fixtures of the whole suite."""

import os
from pathlib import Path

import numpy as np
import pytest

from cgplab.models import load_model
from cgplab.running import Request

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


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
