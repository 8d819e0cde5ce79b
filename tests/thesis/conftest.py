"""Experiments of the original to import."""

import pytest

from tests.thesis.golden import cases, write_experiment


@pytest.fixture
def case(shared):
    """A recorded circuit of 9 inputs and 16 outputs, the last five of which do not count."""
    return cases(shared, build="single_output", dataset_size=1)[0]


@pytest.fixture
def experiment(tmp_path, shared, case):
    """Its experiment."""
    return write_experiment(tmp_path / "mse_3.02_5_5", shared, case)
