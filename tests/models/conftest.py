"""Fixtures of the models' tests."""

import numpy as np
import pytest

from cgplab.models.datasets import Dataset, load_dataset
from cgplab.models.stored import load_model


@pytest.fixture(autouse=True)
def user_directory(tmp_path, monkeypatch):
    """An empty directory in place of the user's own data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path / "share" / "cgplab"


@pytest.fixture(scope="session")
def mnist_test():
    return load_dataset("mnist", split="test")


@pytest.fixture(scope="session")
def few(mnist_test):
    """300 genuine images."""
    return Dataset(mnist_test.x[:300], mnist_test.y[:300], "few", "")


@pytest.fixture(scope="session")
def few_file(few, tmp_path_factory):
    path = tmp_path_factory.mktemp("few") / "few.npz"
    np.savez_compressed(path, x=few.x, y=few.y)
    return path


@pytest.fixture(scope="session")
def qat():
    return load_model("lenet5-qat")
