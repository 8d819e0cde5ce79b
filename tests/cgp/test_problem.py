"""Problems: what is accepted, and what a circuit's error is counted against."""

import numpy as np
import pytest

from cgplab.cgp import Evolution, Geometry, Problem, Settings
from cgplab.errors import InputError
from cgplab.hardware import load_costs


@pytest.mark.parametrize(
    ("inputs", "targets", "extra", "words"),
    [
        ([], [1], {}, "inputs are empty"),
        ([[]], [[1]], {}, "inputs are empty"),
        ([1], [], {}, "targets are empty"),
        ([1.0], [1], {}, "int8 weights, not float64.*quantize"),
        ([1], [0.5], {}, "targets must be int8"),
        ([128], [1], {}, "between -128 and 127"),
        ([1], [-129], {}, "between -128 and 127"),
        ([[1], [2]], [[1]], {}, "2 vectors but targets have 1"),
        ([[1, 2], [3]], [[1], [2]], {}, "equal length"),
        ([[[1]]], [1], {}, "shaped"),
        ([1], [1, 2], {"mask": [True]}, "mask"),
        ([1], [1], {"mask": [1]}, "bool"),
        ([1], [1], {"mask": [False]}, "no target counts"),
        ([1], [1], {"weights": [0]}, "no target counts"),
        ([1], [1], {"weights": [-1]}, "at least 0"),
        ([1], [1], {"weights": [0.5]}, "whole numbers"),
        ([1], [1, 2], {"weights": [1]}, "shaped like the targets"),
        ([1], [1], {"weights": [2**60]}, "overflow"),
    ],
)
def test_wrong_problems_are_refused(inputs, targets, extra, words):
    with pytest.raises(InputError, match=words):
        Problem(inputs, targets, **extra)


def test_one_vector_may_be_a_plain_list():
    problem = Problem([1, 2], [3, 4, 5])
    assert problem.inputs.shape == (1, 2)
    assert problem.targets.dtype == np.int8
    assert (problem.n_vectors, problem.n_inputs, problem.n_outputs) == (1, 2, 3)


def test_missing_weights_count_distinct_values_that_matter():
    assert Problem([1, 2], [2, 3, 3, 4, 1]).missing_weights == 2
    assert Problem([1], [2, 3, 4], mask=[True, False, True]).missing_weights == 2
    assert Problem([1], [2, 3, 4], weights=[1, 0, 2]).missing_weights == 2
    assert Problem([[1], [2]], [[2, 2], [2, 2]]).missing_weights == 1


def test_a_problem_keeps_its_own_copy():
    inputs = np.array([[1, 2]], dtype=np.int8)
    problem = Problem(inputs, [[3]])
    inputs[0, 0] = 9
    assert problem.inputs[0, 0] == 1


def test_nearest_wiring_refuses_several_vectors():
    problem = Problem([[1], [2]], [[3], [4]])
    with pytest.raises(InputError, match="one vector, not 2"):
        Evolution.check(problem, Geometry(1, 1, 3, 3, 4), load_costs(), Settings(wiring="nearest"))
