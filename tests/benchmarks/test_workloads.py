"""The workloads are fixed: their numbers, grids and settings."""

import numpy as np
import pytest

from cgplab.benchmarks import WORKLOADS
from cgplab.cgp import Evolution
from cgplab.hardware import load_costs


@pytest.mark.parametrize("name", WORKLOADS)
def test_same_as_the_published_ones(shared, name):
    workload = WORKLOADS[name]
    folder = shared / "bench" / name
    lines = (folder / "data.train").read_text().splitlines()
    inputs, targets = (np.array(line.split(), dtype=int) for line in lines[:2])
    problem = workload.problem()
    np.testing.assert_array_equal(problem.inputs[0], inputs)
    np.testing.assert_array_equal(problem.targets[0], targets)
    config = dict(line.split(": ") for line in (folder / "config.cgp").read_text().splitlines())
    assert (workload.rows, workload.cols, workload.l_back) == tuple(
        int(config[key]) for key in ("row_count", "col_count", "look_back_parameter")
    )
    assert workload.mutation_rate == float(config["mutation_max"])
    # The original's population counts parents and children in two halves.
    assert 2 * workload.children == int(config["population_max"])


@pytest.mark.parametrize("name", WORKLOADS)
@pytest.mark.parametrize("wiring", ["evolved", "nearest"])
def test_can_be_evolved(name, wiring):
    workload = WORKLOADS[name]
    Evolution.check(workload.problem(), workload.geometry(), load_costs("freepdk45"), workload.settings(wiring))


def test_e_asks_for_what_c_keeps_and_infers():
    kept, everything = WORKLOADS["C"].problem(), WORKLOADS["E"].problem()
    np.testing.assert_array_equal(everything.inputs, [[0]])
    np.testing.assert_array_equal(everything.targets, np.concatenate([kept.inputs, kept.targets], axis=1))
    assert WORKLOADS["E"].settings().multiplex
    assert not WORKLOADS["E"].settings("nearest").multiplex
