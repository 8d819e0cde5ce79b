"""Cost table and workloads shared by the tests of the constructive solver."""

import numpy as np
import pytest

from cgplab.cgp import Geometry, Problem
from cgplab.hardware import load_costs

GRIDS = {"A": (5, 5, 5), "C": (50, 10, 10), "E": (256, 31, 32), "F": (50, 10, 11)}


@pytest.fixture(scope="session")
def costs():
    return load_costs("freepdk45")


@pytest.fixture(scope="session")
def workload(shared):
    def read(name):
        """Problem and geometry of a bench workload; E in its multiplexed form, one output per value."""
        lines = (shared / "bench" / name / "data.train").read_text().splitlines()
        inputs, targets = ([int(word) for word in line.split()] for line in lines[:2])
        rows, cols, l_back = GRIDS[name]
        if name == "E":
            needed = np.bincount(np.array(targets) + 128, minlength=256)
            problem = Problem(inputs, np.arange(-128, 128), weights=needed)
        else:
            problem = Problem(inputs, targets)
        return problem, Geometry(problem.n_inputs, problem.n_outputs, rows, cols, l_back), len(targets)

    return read


def small_problem(seed, n_in=4, n_out=8, vectors=1):
    random = np.random.default_rng(seed)
    return Problem(
        random.normal(0, 40, (vectors, n_in)).clip(-128, 127).astype(np.int8),
        random.normal(0, 40, (vectors, n_out)).clip(-128, 127).astype(np.int8),
    )
