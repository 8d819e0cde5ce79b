"""Tiny grids: the result is the optimum, under all operators, and proved to be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.cgp import Geometry, Problem
from cgplab.cgp.construct import construct
from cgplab.cgp.construct.every_circuit import MOST_PLACES
from cgplab.errors import InputError
from tests.cgp.construct.brute_force import BINARY, DEAR, UNARY, cheapest, requests, table
from tests.thorough import examples

NONE = 10**6


@settings(max_examples=examples(15))
@given(requests(UNARY + BINARY), st.booleans())
def test_the_optimum_or_the_news_that_there_is_none(request, bound):
    problem = Problem(request["inputs"], request["targets"])
    geometry = Geometry(problem.n_inputs, problem.n_outputs, request["rows"], request["cols"], request["l_back"])
    assert geometry.n_gates <= MOST_PLACES
    metric = "AE" if request["power"] == 1 else "SE"
    costs = table(request["price"])
    # An operator without a price is dear, but there: what needs one has no place in the other search.
    least = cheapest(**request, upper=NONE)
    try:
        result = construct(problem, geometry, costs, request["budget"], "area", metric=metric, bound=bound)
    except InputError as refusal:
        assert least == NONE
        assert "grid" in str(refusal)  # noqa: PT017
    else:
        assert result.proved
        assert result.cost == least or (least == NONE and result.cost >= DEAR)


@pytest.mark.parametrize(
    ("inputs", "targets", "weights", "rows", "cols", "l_back", "objective", "metric", "budget", "cost"),
    [
        # One gate of two pins has to come within the budget alone; hidden inputs.
        ([-25, -10], [6, 19, 14], [1, 2, 1], 1, 1, 1, "energy_per_op", "AE", 20, 0.054703),
        # -1 doubled takes two gates of three columns; carrying the input -2 on, three.
        ([-4, -2], [-2], [1], 1, 3, 1, "gate_count", "AE", 0, 2),
        ([-89, 7], [-113], [3], 1, 4, 5, "gate_count", "MSE", 0, 2),
    ],
)
def test_circuits_that_earlier_searches_missed(
    costs, inputs, targets, weights, rows, cols, l_back, objective, metric, budget, cost
):
    problem = Problem(inputs, targets, weights=weights)
    geometry = Geometry(len(inputs), len(targets), rows, cols, l_back)
    result = construct(problem, geometry, costs, budget, objective, metric=metric)
    assert result.proved
    assert result.cost == pytest.approx(cost)


def test_huge_budgets_and_weights_do_not_overflow(costs):
    problem = Problem([1, 2], [3, 100, -100], weights=[1, 2**44, 2**43])
    for metric, budget in (("SE", 2**62), ("MSE", 2**62), ("AE", 2**62), ("SE", 2**50)):
        result = construct(problem, Geometry(2, 3, 2, 2, 2), costs, budget, metric=metric)
        assert result.proved
        assert result.evaluation.error <= budget
