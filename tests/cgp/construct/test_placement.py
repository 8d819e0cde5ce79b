"""Grids and l-back: the result is legal (Circuit checks it) and correct, or the error names what would fit."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.cgp import Geometry, Problem
from cgplab.cgp.construct import construct
from cgplab.errors import InputError
from tests.cgp.construct.conftest import small_problem
from tests.thorough import examples


@settings(max_examples=examples(5))
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 6), st.integers(1, 7))
def test_random_grids(costs, seed, rows, cols, l_back):
    problem = small_problem(seed)
    try:
        result = construct(problem, Geometry(4, 8, rows, cols, l_back), costs, bound=False)
    except InputError as error:
        assert "grid" in str(error)  # noqa: PT017
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert result.evaluation.error == 0


@pytest.mark.parametrize("l_back", [1, 2, 3, 5, 6, 7])
def test_short_l_back_is_bridged_by_wires(costs, l_back):
    problem = Problem([10, -3, 64], [10, -3, 64, 20, 11, -64, 127])
    result = construct(problem, Geometry(3, 7, 20, 6, l_back), costs, bound=False)
    assert result.evaluation.error == 0
    assert ("id" in result.evaluation.gate_usage) == (l_back <= 6)


def test_grids_named_by_errors_lead_to_one_that_fits(costs):
    """The first error counts gates and knows a lower limit only, the next has tried to build the circuit."""
    problem = small_problem(3, n_in=2, n_out=12)
    named = []
    geometry = Geometry(2, 12, 2, 2, 3)
    for pattern in (r"at least (\d+)x(\d+), not 2x2;", r"to hold one is (\d+)x(\d+) with l-back (\d+)"):
        with pytest.raises(InputError, match=pattern) as error:
            construct(problem, geometry, costs, bound=False)
        rows, cols, *_ = map(int, re.search(pattern, str(error.value)).groups())
        named.append(rows * cols)
        geometry = Geometry(2, 12, rows, cols, cols + 1)
    assert named == sorted(named)
    assert construct(problem, geometry, costs, bound=False).evaluation.error == 0


@pytest.mark.parametrize(("seed", "rows", "cols", "l_back"), [(0, 2, 2, 2), (1, 4, 2, 3)])
def test_the_grid_named_is_the_smallest_that_is_found(costs, seed, rows, cols, l_back):
    random = np.random.default_rng(seed)
    n_in, n_out = int(random.integers(1, 10)), int(random.integers(2, 40))
    problem = Problem(*(random.normal(0, 40, n).clip(-128, 127).astype(np.int8) for n in (n_in, n_out)))
    budget = int(problem.n_outputs)

    def ask(rows, l_back):
        return construct(problem, Geometry(n_in, n_out, rows, cols, l_back), costs, budget, bound=False)

    with pytest.raises(InputError, match="to hold one") as error:
        ask(rows, l_back)
    named, _, l_back = map(int, re.search(r"one is (\d+)x(\d+) with l-back (\d+)", str(error.value)).groups())
    assert ask(named, l_back).evaluation.error <= budget
    if named > 1:
        with pytest.raises(InputError, match=f"to hold one is {named}x"):
            ask(named - 1, l_back)


def test_tight_grid_trades_cost_for_gates(costs):
    problem = small_problem(3, n_in=2, n_out=12)
    roomy = construct(problem, Geometry(2, 12, 30, 12, 13), costs, bound=False)
    fewest = construct(problem, Geometry(2, 12, 30, 12, 13), costs, objective="gate_count", bound=False)
    gates = fewest.evaluation.gate_count + 1
    assert gates < roomy.evaluation.gate_count
    tight = construct(problem, Geometry(2, 12, 1, gates, gates + 1), costs, bound=False)
    assert tight.evaluation.error == 0
    assert tight.cost >= roomy.cost
