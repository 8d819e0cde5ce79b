"""One vector: budgets, bounds, objectives, and optima found by brute force."""

import heapq
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.cgp import OPERATORS, Geometry, Problem, evaluate
from cgplab.cgp.construct import construct
from cgplab.cgp.operators import CODE_OF_ID
from cgplab.hardware import load_costs
from tests.cgp.construct.conftest import small_problem
from tests.naive import operate
from tests.thorough import examples

OBJECTIVES = ("energy", "energy_per_op", "area", "gate_count")
UNARY = [operator.id for operator in OPERATORS if operator.arity == 1 and not operator.selects]
BINARY = [operator.id for operator in OPERATORS if operator.arity == 2]
CONSTANTS = (1, -1, 0, -128, 127)


@settings(max_examples=examples(8))
@given(st.integers(0, 10**6), st.sampled_from([0, 3, 40, 1000]), st.sampled_from(OBJECTIVES))
def test_within_budget_and_above_the_bound(costs, seed, budget, objective):
    problem = small_problem(seed)
    result = construct(problem, Geometry(4, 8, 8, 8, 9), costs, budget, objective, time_limit=2)
    check = evaluate(result.circuit, problem, costs)
    assert check.error <= budget
    assert result.bound_quanta <= result.cost_quanta
    assert result.proved == (result.bound_quanta == result.cost_quanta)


@settings(max_examples=examples(1))
@given(st.integers(0, 10**6))
def test_more_error_never_costs_more(costs, seed):
    problem = small_problem(seed)
    found = [construct(problem, Geometry(4, 8, 8, 8, 9), costs, budget, bound=False) for budget in (0, 4, 30, 300)]
    for tight, loose in itertools.pairwise(found):
        assert loose.cost_quanta <= tight.cost_quanta


def one_gate(values):
    """All values that one gate makes of ``values``."""
    made = set(CONSTANTS)
    made |= {operate(f, (a, a)) for f in UNARY for a in values}
    return made | {operate(f, (a, b)) for f in BINARY for a in values for b in values}


@pytest.mark.parametrize("seed", range(5))
def test_fewest_gates_against_brute_force(costs, seed):
    problem = small_problem(seed, n_in=2, n_out=2)
    inputs, targets = set(problem.inputs[0].tolist()), set(problem.targets[0].tolist())
    missing = targets - inputs
    reach = one_gate(inputs)
    if not missing:
        fewest = 0
    elif len(missing) == 1 and missing <= reach:
        fewest = 1
    elif any(missing - {v} <= one_gate(inputs | {v}) and len(missing - {v}) <= 1 for v in reach):
        fewest = 2
    else:
        fewest = 3
    result = construct(problem, Geometry(2, 2, 8, 8, 9), costs, objective="gate_count", bound=False)
    assert result.cost == fewest if fewest < 3 else result.cost >= 3


@pytest.mark.parametrize("objective", ["energy", "energy_per_op", "area"])
@pytest.mark.parametrize("seed", range(2))
def test_single_target_against_shortest_path(costs, objective, seed):
    problem = small_problem(seed, n_in=2, n_out=1)
    column = costs.column(objective)
    price = {f: int(column[CODE_OF_ID[f]]) for f in (*UNARY, *BINARY)}
    start = (*problem.inputs[0].tolist(), *CONSTANTS)
    distance = dict.fromkeys(start, 0)
    heap = [(0, value) for value in start]
    while heap:
        near, value = heapq.heappop(heap)
        if near > distance[value]:
            continue
        for f in UNARY:
            reached, far = operate(f, (value, value)), near + price[f]
            if far < distance.get(reached, far + 1):
                distance[reached] = far
                heapq.heappush(heap, (far, reached))
    cheapest = distance[int(problem.targets[0, 0])]
    result = construct(problem, Geometry(2, 1, 8, 12, 13), costs, objective=objective, bound=False)
    # One gate of two pins could only pay where it is cheaper than the whole chain.
    if cheapest <= min(price[f] for f in BINARY):
        assert result.cost_quanta == cheapest
    else:
        assert result.cost_quanta <= cheapest


@pytest.mark.parametrize(("metric", "budget"), [("SE", 50), ("AE", 12), ("MSE", 6)])
def test_metrics(costs, metric, budget):
    problem = small_problem(5)
    geometry = Geometry(4, 8, 8, 8, 9)
    result = construct(problem, geometry, costs, budget, "area", metric=metric, bound=False)
    assert evaluate(result.circuit, problem, costs, metric).error == result.evaluation.error <= budget
    assert result.cost_quanta < construct(problem, geometry, costs, 0, "area", bound=False).cost_quanta


def test_same_seed_same_circuit(costs):
    problem = small_problem(9, n_in=6, n_out=20)
    geometry = Geometry(6, 20, 10, 5, 6)
    first, second = (construct(problem, geometry, costs, 25, seed=3) for _ in range(2))
    assert first.circuit == second.circuit
    assert not first.stopped_early


FIRST_KERNEL = (
    [-127, -125, -80, -63, -62, -36, -15, -2, 105],
    [-42, -31, -27, -15, -10, 3, 6, 19, 49, 55, 58, 61, 76, 97, 106],
)
"""Distinct weights of the first kernel of conv1 of lenet5-qat: core, and what it infers."""


@pytest.mark.parametrize(("cols", "limit"), [(5, 413_798_070), (4, 2_320_042_870)])
def test_where_nearly_all_places_are_needed_seeds_agree(cols, limit):
    problem, geometry, costs = Problem(*FIRST_KERNEL), Geometry(9, 15, 4, cols, cols), load_costs("thesis45")
    for seed in (0, 1):
        result = construct(problem, geometry, costs, seed=seed, bound=False)
        assert result.evaluation.error == 0
        assert result.cost_quanta <= limit


def test_zero_cost_is_found_whenever_shifts_suffice(costs):
    problem = Problem([64], [32, 16, 1, 0, -1, 127, 2])
    result = construct(problem, Geometry(1, 7, 10, 3, 4), costs)
    assert (result.cost, result.proved) == (0, True)


def test_targets_that_do_not_count_cost_nothing(costs):
    problem = Problem([5], [[5, 77]], mask=[[True, False]])
    result = construct(problem, Geometry(1, 2, 1, 1, 2), costs, objective="gate_count")
    assert result.cost == 0


def test_size_of_the_layer_does_not_matter(costs):
    random = np.random.default_rng(0)
    problem = Problem(random.integers(-60, 60, 96), random.normal(0, 30, 200_000).clip(-128, 127).astype(np.int8))
    result = construct(problem, Geometry(96, 200_000, 50, 10, 11), costs)
    assert result.evaluation.error == 0


def test_progress_reports_costs(costs):
    seen = []
    result = construct(small_problem(1), Geometry(4, 8, 8, 8, 9), costs, progress=seen.append)
    assert seen[-1] == result.cost


def test_what_progress_raises_ends_a_long_search(costs, workload):
    problem, geometry, n_targets = workload("E")
    calls = []

    def stop_soon(cost):
        calls.append(cost)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        construct(problem, geometry, costs, n_targets, progress=stop_soon)
    assert len(calls) == 2
