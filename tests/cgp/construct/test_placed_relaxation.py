"""The bound that knows the grid, against every circuit of grids small enough to try them all."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.benchmarks.workloads import WORKLOADS
from cgplab.cgp import Geometry, Problem, evaluate
from cgplab.cgp.construct import construct
from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.placed_relaxation import relax_placed
from cgplab.cgp.construct.value_graph import value_graph
from cgplab.cgp.construct.value_problem import ValueProblem
from cgplab.cgp.operators import BY_NAME, CODE_OF_ID, PLAIN_CODES
from tests.cgp.construct.brute_force import BINARY, DEAR, UNARY, cheapest, requests, table
from tests.thorough import examples


def solved(request, upper):
    """What the program says about a request of which a circuit of cost ``upper`` is said to be known."""
    problem = Problem(request["inputs"], request["targets"])
    geometry = Geometry(problem.n_inputs, problem.n_outputs, request["rows"], request["cols"], request["l_back"])
    quanta = np.full(PLAIN_CODES, DEAR, dtype=np.int64)
    for function, cost in request["price"].items():
        quanta[CODE_OF_ID[function]] = cost
    metric = "AE" if request["power"] == 1 else "SE"
    task = ValueProblem.of(problem, geometry, quanta, request["budget"], metric)
    found = relax_placed(task, value_graph(quanta * 1024 + 1), upper, -1, Clock(None))
    if found.circuit is not None:
        outputs = evaluate(found.circuit, problem, table(request["price"]), metric)
        assert outputs.error <= request["budget"]
        functions = found.circuit.gates[found.circuit.active_gates(), -1].tolist()
        assert sum(request["price"][function] for function in functions) < upper
    return found


@settings(max_examples=examples(30))
@given(requests(UNARY), st.integers(1, 20))
def test_the_optimum_of_the_grid(request, upper):
    least = cheapest(**request, upper=upper)
    found = solved(request, upper)
    assert found.finished
    assert found.bound == least
    assert (found.circuit is None) == (least == upper)


INC, WIRE = BY_NAME["bit_inc"].id, BY_NAME["id"].id


@pytest.mark.parametrize(
    ("inputs", "targets", "cols", "l_back", "budget", "power", "least"),
    [
        ([5], [6], 3, 1, 0, 2, 3),  # outputs read the last column only: two wires
        ([5], [6], 3, 2, 0, 2, 1),  # the middle column reads the input and is read
        ([5], [6], 4, 2, 0, 2, 2),  # columns 2 and 3 are read, columns 0 and 1 read the input
        ([5], [5], 2, 2, 0, 2, 1),  # a hidden input
        ([5], [5], 2, 3, 0, 2, 0),
        ([0], [3, 3], 4, 5, 2, 1, 2),  # both targets off by one
        ([0], [3, 3], 4, 5, 3, 1, 2),
        ([0], [3, 3], 4, 5, 4, 1, 1),
        ([0], [3, 3], 4, 5, 2, 2, 2),
        ([0], [3, 3], 4, 5, 8, 2, 1),
        ([0], [2, 4], 4, 5, 3, 1, 2),  # 0 and 1 alone would be off by one and by three
        ([0], [3, 4], 3, 4, 0, 2, 9),  # four gates in three columns of one row
    ],
)
def test_optima_known_by_hand(inputs, targets, cols, l_back, budget, power, least):
    request = {
        "inputs": inputs, "targets": targets, "rows": 1, "cols": cols, "l_back": l_back,
        "price": {INC: 1, WIRE: 1}, "budget": budget, "power": power,
    }  # fmt: skip
    assert solved(request, 9).bound == least == cheapest(**request, upper=9)


@settings(max_examples=examples(20))
@given(requests(UNARY + 4 * BINARY), st.integers(1, 12))
def test_the_bound_holds_where_binary_operators_pay(request, upper):
    least = cheapest(**request, upper=upper)
    found = solved(request, upper)
    assert found.bound <= least
    if found.circuit is not None:
        assert least < upper


def test_copies_may_be_cheaper_than_wires(costs):
    problem, geometry = Problem([0], [0]), Geometry(1, 1, 1, 1, 1)
    price = {BY_NAME["half"].id: 1, BY_NAME["id"].id: 3}
    result = construct(problem, geometry, table(price), objective="area")
    assert result.bound <= 1


@pytest.mark.parametrize(("rows", "proved_for", "cost"), [(5, "this grid", 5), (6, "any grid", 4)])
def test_which_bound_was_met_is_told(costs, rows, proved_for, cost):
    workload = WORKLOADS["A"]
    result = construct(workload.problem(), replace(workload.geometry(), rows=rows), costs)
    assert result.proved
    assert f"no circuit of {proved_for} costs less" in result.explanation
    assert result.cost_quanta == cost * min(quanta for quanta in costs.column("energy").tolist() if quanta > 0)
