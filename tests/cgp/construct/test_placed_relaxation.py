"""The bound that knows the grid, against every circuit of grids small enough to try them all."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cgplab.benchmarks.workloads import WORKLOADS
from cgplab.cgp import OPERATORS, CostTable, Geometry, Problem, evaluate
from cgplab.cgp.construct import construct
from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.placed_relaxation import relax_placed
from cgplab.cgp.construct.served_error import gap_errors, weighted_values
from cgplab.cgp.construct.solver import input_nodes
from cgplab.cgp.construct.value_graph import value_graph
from cgplab.cgp.construct.value_search import ValueProblem
from cgplab.cgp.operators import BY_NAME, CODE_OF_ID, CODED, PLAIN_CODES
from cgplab.errors import InputError
from tests.naive import operate, pins_read

DEAR = 1000
"""Cost of an operator that no cheapest circuit uses."""
PLAIN = [operator.id for operator in OPERATORS if not operator.selects]
UNARY = [function for function in PLAIN if pins_read(function, 2) < 2]
BINARY = [function for function in PLAIN if pins_read(function, 2) == 2]
GRIDS = [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3), (1, 4), (2, 2)]


def cheapest(inputs, targets, rows, cols, l_back, price, budget, power, upper):
    """Least cost below ``upper`` of a circuit within the budget, by trying all of them; else ``upper``.

    A circuit is the list of what its columns carry: ``rows`` gates at most in each, every one made of what that column
    reads. Outputs take the closest value that they read.
    """
    best = upper

    def readable(columns, column):
        values = set().union(*columns[max(column - l_back, 0) : column]) if column else set()
        return values | set(inputs) if l_back > column else values

    def made(values):
        """Value -> cost of the cheapest gate that makes it."""
        costs = {}
        for function, cost in price.items():
            for pins in itertools.product(values or {0}, repeat=max(pins_read(function, 2), 1)):
                if not values and pins_read(function, 2):
                    continue
                value = operate(function, (*pins, pins[-1]))
                costs[value] = min(cost, costs.get(value, cost))
        return costs

    def add(columns, spent):
        nonlocal best
        column = len(columns)
        if column == cols:
            values = readable(columns, cols)
            if values and sum(min(abs(v - t) for v in values) ** power for t in targets) <= budget:
                best = min(best, spent)
            return
        costs = made(readable(columns, column))
        for n in range(rows + 1):
            for values in itertools.combinations(costs, n):
                cost = spent + sum(costs[value] for value in values)
                if cost < best:
                    add([*columns, set(values)], cost)

    add([], 0)
    return best


@st.composite
def requests(draw, pool):
    """Inputs, targets, a tiny grid, prices of a few operators of the pool, a budget and a power of the error."""
    rows, cols = draw(st.sampled_from(GRIDS))
    few = st.sampled_from(pool)
    price = draw(st.dictionaries(few, st.integers(0, 4), min_size=1, max_size=4 if rows * cols > 3 else 5))
    return {
        "inputs": draw(st.lists(st.integers(-9, 9), min_size=1, max_size=2)),
        "targets": draw(st.lists(st.integers(-12, 12), min_size=1, max_size=3)),
        "rows": rows,
        "cols": cols,
        "l_back": draw(st.integers(1, cols + 1)),
        "price": price,
        "budget": draw(st.sampled_from([0, 0, 1, 3, 20])),
        "power": draw(st.sampled_from([1, 2])),
    }


def solved(request, upper):
    """What the program says about a request of which a circuit of cost ``upper`` is said to be known."""
    problem = Problem(request["inputs"], request["targets"])
    geometry = Geometry(problem.n_inputs, problem.n_outputs, request["rows"], request["cols"], request["l_back"])
    quanta = np.full(PLAIN_CODES, DEAR, dtype=np.int64)
    for function, cost in request["price"].items():
        quanta[CODE_OF_ID[function]] = cost
    needed = weighted_values(problem)
    metric = "AE" if request["power"] == 1 else "SE"
    task = ValueProblem(
        roots=input_nodes(problem, geometry),
        targets=problem.targets[0].astype(np.int64) + 128,
        needed=needed,
        gaps=gap_errors(needed, metric),
        power=request["power"],
        budget=request["budget"],
        quanta=quanta,
        geometry=geometry,
    )
    found = relax_placed(task, value_graph(quanta * 1024 + 1), upper, -1, Clock(None))
    if found.circuit is not None:
        outputs = evaluate(found.circuit, problem, table(request["price"]), metric)
        assert outputs.error <= request["budget"]
        functions = found.circuit.gates[found.circuit.active_gates(), -1].tolist()
        assert sum(request["price"][function] for function in functions) < upper
    return found


def table(price):
    """Cost table in which an operator costs its price in each measure, and all others much."""
    entries = {operator.name: price.get(operator.id, DEAR) for operator in CODED if not operator.selects}
    return CostTable.from_mapping(
        {name: {"energy": cost * 1e-9, "area": cost, "delay": 0} for name, cost in entries.items()}, "few operators"
    )


@settings(max_examples=30, deadline=None)
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


@settings(max_examples=20, deadline=None)
@given(requests(UNARY + 4 * BINARY), st.integers(1, 12))
def test_the_bound_holds_where_binary_operators_pay(request, upper):
    least = cheapest(**request, upper=upper)
    found = solved(request, upper)
    assert found.bound <= least
    if found.circuit is not None:
        assert least < upper


@settings(max_examples=8, deadline=None)
@given(requests(UNARY + BINARY))
def test_what_is_said_to_be_proved_is_the_optimum(request):
    problem = Problem(request["inputs"], request["targets"])
    geometry = Geometry(problem.n_inputs, problem.n_outputs, request["rows"], request["cols"], request["l_back"])
    metric = "AE" if request["power"] == 1 else "SE"
    try:
        result = construct(problem, geometry, table(request["price"]), request["budget"], "area", metric=metric)
    except InputError:
        assume(False)
    cost = round(result.cost)
    least = cheapest(**request, upper=cost)
    assert result.bound <= least
    if result.proved:
        assert least == cost


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
