"""The cheapest circuit of a tiny grid, by trying them all, and random requests for one."""

import itertools

from hypothesis import strategies as st

from cgplab.cgp import OPERATORS, CostTable
from cgplab.cgp.operators import CODED
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


def table(price):
    """Cost table in which an operator costs its price in each measure, and all others much."""
    entries = {operator.name: price.get(operator.id, DEAR) for operator in CODED if not operator.selects}
    return CostTable.from_mapping(
        {name: {"energy": cost * 1e-9, "area": cost, "delay": 0} for name, cost in entries.items()}, "few operators"
    )
