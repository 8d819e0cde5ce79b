"""Two to four vectors: one circuit serves all of them."""

import numpy as np
import pytest

from cgplab.cgp import Geometry, Problem
from cgplab.cgp.construct import construct
from cgplab.cgp.evaluation import output_error
from cgplab.errors import InputError
from tests.cgp.construct.conftest import small_problem


@pytest.mark.parametrize("l_back", [31, 30])
def test_two_vectors_exact(costs, l_back):
    problem = small_problem(1, 20, 12, vectors=2)
    result = construct(problem, Geometry(20, 12, 20, 30, l_back), costs)
    assert result.evaluation.error == 0
    assert "mux" not in result.evaluation.gate_usage


def test_budgets_of_three_vectors_are_spent(costs):
    problem = small_problem(4, 7, 2, vectors=3)
    geometry = Geometry(7, 2, 3, 6, 7, arity=3)
    exact, within = (construct(problem, geometry, costs, budget, "area") for budget in (0, 2000))
    assert exact.evaluation.error == 0
    assert within.evaluation.error <= 2000
    assert within.cost < exact.cost


def test_evolution_finds_what_building_does_not_fit(costs):
    """Building makes 23 of two masks in six gates; one addition does."""
    problem = Problem([[20, 1, 3], [-7, 2, 5]], [[23], [-2]])
    result = construct(problem, Geometry(3, 1, 1, 1, 2), costs, objective="gate_count")
    assert result.evaluation.error == 0
    assert result.cost == 1


@pytest.mark.parametrize("objective", ["energy_per_op", "area", "gate_count"])
def test_two_vectors_other_objectives(costs, objective):
    problem = small_problem(2, 12, 6, vectors=2)
    geometry = Geometry(12, 6, 20, 30, 31)
    result = construct(problem, geometry, costs, objective=objective, time_limit=2)
    assert result.evaluation.error == 0
    assert result.cost_quanta > 0


def test_masked_halves_are_served_by_any_pair(costs):
    problem = Problem([[8, 4], [1, 2]], [[4, 2], [0, 1]], mask=[[True, False], [False, True]])
    result = construct(problem, Geometry(2, 2, 2, 2, 3), costs)
    assert result.cost == 0


def test_inputs_that_are_alike_need_a_selector(costs):
    problem = Problem([[0], [0]], [[5, -9], [7, 100]])
    result = construct(problem, Geometry(1, 2, 20, 30, 31), costs)
    assert result.evaluation.error == 0
    assert {"mux", "demux"} & set(result.evaluation.gate_usage)


def test_budget_lowers_the_cost(costs):
    problem = small_problem(4, 20, 12, vectors=2)
    geometry = Geometry(20, 12, 20, 30, 31)
    exact, close, loose = (construct(problem, geometry, costs, budget) for budget in (0, 60, 5000))
    assert close.evaluation.error <= 60
    assert loose.evaluation.error <= 5000
    assert loose.cost <= close.cost <= exact.cost
    assert loose.cost < exact.cost


def test_budget_per_vector(costs):
    problem = small_problem(4, 20, 12, vectors=2)
    result = construct(problem, Geometry(20, 12, 20, 30, 31), costs, [5, 400])
    outputs = result.evaluation.outputs
    for vector, limit in enumerate((5, 400)):
        one = Problem(problem.inputs[vector], problem.targets[vector])
        assert output_error(outputs[vector : vector + 1], one) <= limit


@pytest.mark.parametrize("vectors", [3, 4])
def test_few_vectors(costs, vectors):
    problem = small_problem(7, 40, 30, vectors=vectors)
    for l_back in (40, 41):
        result = construct(problem, Geometry(40, 30, 64, 40, l_back), costs)
        assert result.evaluation.error == 0
        assert result.bound is None


def test_three_alike_vectors_need_a_wide_mux(costs):
    problem = Problem(np.zeros((3, 1), dtype=int), [[5], [7], [9]])
    with pytest.raises(InputError, match="arity 3"):
        construct(problem, Geometry(1, 1, 20, 20, 21), costs)
    result = construct(problem, Geometry(1, 1, 20, 20, 21, arity=3), costs)
    assert result.evaluation.gate_usage["mux"] == 1
