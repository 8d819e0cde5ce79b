"""Lower bound of the cost in any grid, and often the optimum, by mixed-integer programming (SciPy's HiGHS)."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.value_graph import VALUES, ValueGraph

Int64Array = NDArray[np.int64]
SOURCE = -1
FRACTIONAL_ROUNDS, WHOLE_ROUNDS = 20, 2
"""Rounds of cuts: of solutions in fractions, which are quick, then of whole ones."""
NODES_PER_ROUND = 200
"""Branch-and-bound nodes per whole solution."""
WIDE = 27_000
"""Entries of a program from which no whole solution is sought: it would take a minute, and gaps do not close."""


@dataclass(frozen=True, eq=False)
class Relaxation:
    """Solution of the relaxed problem.

    Attributes
    ----------
    bound : int
        No circuit within the budget costs less, in quanta; whatever its grid and operators.
    carried : list of int, or None
        Values that the relaxed optimum carries (index = value + 128); None if it was not found, or not looked for
        because the bound already is the cost of the known circuit.
    edges : list of (int, int)
        Pairs of them of which it makes the second of the first; none for values that one gate makes of inputs.
    """

    bound: int
    carried: list[int] | None = None
    edges: list[tuple[int, int]] = field(default_factory=list)


def relax(
    graph: ValueGraph,
    quanta: Int64Array,
    roots: NDArray[np.bool_],
    needed: Int64Array,
    power: int,
    budget: int,
    upper: int,
    clock: Clock,
) -> Relaxation:
    """Cheapest set of carried values within the error budget, over unary operators.

    A gate with two pins is relaxed to one that makes any value from nothing at the cost of the cheapest binary
    operator; the grid is ignored. Both only lower the cost, so the optimum is a bound for every circuit.

    Variables: one per edge of the value graph, one per value that is carried at a cost, and one per target and
    value that may serve it: the closest free value, or a closer one. Cuts for values that are carried but not
    connected to an input are added until none is violated, first of solutions in fractions. Rounds and
    branch-and-bound nodes are limited, so the result is the same on every machine unless the clock cuts in.

    Parameters
    ----------
    graph : ValueGraph
    quanta : (PLAIN_CODES,) int64
        Cost of each operator.
    roots : (512,) bool
        Inputs.
    needed : (256,) int64
        How often each value is needed.
    power : int
        Of the difference in the error: 1 or 2.
    budget : int
        Largest weighted error.
    upper : int
        Cost of a known circuit, in quanta; dearer ones are of no interest.
    clock : Clock
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    from cgplab.cgp.construct.cut_sets import violated_sets

    entry = entry_costs(graph, quanta, roots)
    free = entry == 0
    edges = _edges(graph, quanta, entry, upper)
    servings = _servings(needed, power, free, budget)
    dear = sorted({value for _, value, _ in servings if not free[value]})
    n_edges = len(edges)
    carry = {value: n_edges + i for i, value in enumerate(dear)}
    first = n_edges + len(dear)
    n = first + len(servings)
    into: dict[int, list[int]] = {value: [] for value in range(VALUES)}
    for i, (_, value, _) in enumerate(edges):
        into[value].append(i)
    rows: list[tuple[list[int], list[float], float, float]] = []
    serves: dict[int, list[int]] = {}
    for i, (target, value, _) in enumerate(servings):
        serves.setdefault(target, []).append(first + i)
        if not free[value]:
            rows.append(([carry[value], first + i], [1.0, -1.0], 0, np.inf))
    rows.extend((columns, [1.0] * len(columns), 1, 1) for columns in serves.values())
    rows.extend(([*into[value], carry[value]], [1.0] * len(into[value]) + [-1.0], 0, np.inf) for value in dear)
    if budget > 0:
        rows.append((list(range(first, n)), [error / budget for _, _, error in servings], -np.inf, 1))
    for i, (origin, value, _) in enumerate(edges):
        if origin != SOURCE:
            others = [j for j in into[origin] if edges[j][0] != value]
            rows.append(([*others, i], [1.0] * len(others) + [-1.0], 0, np.inf))
    unit = float(max((cost for _, _, cost in edges), default=1))
    objective = np.array([cost / unit for _, _, cost in edges] + [0.0] * (n - n_edges))
    rows.append((list(range(n_edges)), objective[:n_edges].tolist(), -np.inf, (upper + 0.5) / unit))
    origins = np.array(
        [0 if origin == SOURCE or free[origin] else origin + 1 for origin, _, _ in edges], dtype=np.int64
    )
    ends = np.array([value + 1 for _, value, _ in edges], dtype=np.int64)
    step = max(math.gcd(*(cost for _, _, cost in edges)), 1)
    # If what is free does not serve the targets well enough, some other value is carried.
    bound = 0 if _free_error(needed, power, free) <= budget else int(entry[~free].min())
    if bound >= upper:
        return Relaxation(bound)
    wide = sum(len(columns) for columns, *_ in rows) > WIDE
    fractional = True
    for round_ in range(FRACTIONAL_ROUNDS + WHOLE_ROUNDS):
        if clock.over():
            break
        fractional = fractional and round_ < FRACTIONAL_ROUNDS
        if wide and not fractional:
            break
        row = np.concatenate([np.full(len(r[0]), k) for k, r in enumerate(rows)])
        column = np.concatenate([np.array(r[0], dtype=np.int64) for r in rows])
        matrix = csr_matrix((np.concatenate([r[1] for r in rows]), (row, column)), shape=(len(rows), n))
        result = milp(
            objective,
            constraints=LinearConstraint(matrix, [r[2] for r in rows], [r[3] for r in rows]),
            integrality=np.full(n, 0 if fractional else 1, dtype=np.int64),
            bounds=Bounds(0, 1),
            options=clock.milp_options(node_limit=NODES_PER_ROUND, mip_rel_gap=0.0),
        )
        dual = result.fun if fractional and result.status == 0 else result.mip_dual_bound
        if dual is not None and np.isfinite(dual):
            # The solver's tolerance is taken off before rounding up to a multiple of what all costs share.
            bound = max(bound, int(np.ceil((dual * unit * (1 - 1e-6) - 0.5) / step)) * step)
        if result.x is None or bound >= upper:
            break
        if fractional:
            shares = {value + 1: float(result.x[i]) for value, i in carry.items()}
            sets = violated_sets(origins, ends, result.x[:n_edges], shares, VALUES + 1)
            islands = [(node - 1, {member - 1 for member in island}) for node, island in sets]
            fractional = bool(islands)
        else:
            chosen = np.flatnonzero(result.x[:n_edges] > 0.5).tolist()
            served = sorted({servings[i][1] for i in np.flatnonzero(result.x[first:] > 0.5).tolist()})
            reached = reachable(edges, chosen, free)
            loose = [value for value in served if value not in reached]
            if not loose:
                solved = result.status == 0
                ends_of = [edges[i][:2] for i in chosen]
                return Relaxation(
                    bound=sum(edges[i][2] for i in chosen) if solved else bound,
                    carried=sorted({*served, *(value for _, value in ends_of)} & reached),
                    edges=[(origin, value) for origin, value in ends_of if (SOURCE, value) not in ends_of],
                )
            if result.status != 0:
                break
            islands = _islands(loose, [edges[i] for i in chosen], reached)
        for value, island in islands:
            entering = [i for i, (origin, end, _) in enumerate(edges) if end in island and origin not in island]
            rows.append(([*entering, carry[value]], [1.0] * len(entering) + [-1.0], 0, np.inf))
    return Relaxation(bound)


Edge = tuple[int, int, int]
"""Origin (or SOURCE), value, cost."""


def _edges(graph: ValueGraph, quanta: Int64Array, entry: Int64Array, upper: int) -> list[Edge]:
    dear = np.flatnonzero(entry > 0).tolist()
    entering = [(SOURCE, value, int(entry[value])) for value in dear if entry[value] <= upper]
    return entering + [
        (value, reached, int(quanta[code]))
        for value in dear
        for reached, code in zip(graph.target[value].tolist(), graph.code[value].tolist(), strict=True)
        if reached >= 0 and quanta[code] < entry[reached]
    ]


def _servings(needed: Int64Array, power: int, free: NDArray[np.bool_], budget: int) -> list[tuple[int, int, int]]:
    """Target, value that may serve it, weighted error."""
    values = np.arange(VALUES)
    servings: list[tuple[int, int, int]] = []
    for target in np.flatnonzero(needed > 0).tolist():
        errors = int(needed[target]) * np.abs(values - target) ** power
        closest = int(np.argmin(np.where(free, errors, np.iinfo(np.int64).max))) if free.any() else -1
        for value in values.tolist():
            useful = value == closest or (not free[value] and (closest < 0 or errors[value] < errors[closest]))
            if useful and errors[value] <= budget:
                servings.append((target, value, int(errors[value])))
    return servings


def _free_error(needed: Int64Array, power: int, free: NDArray[np.bool_]) -> float:
    """Weighted error if every target takes the closest free value."""
    if not free.any():
        return math.inf
    values = np.arange(VALUES)
    distances = np.abs(values[:, None] - np.flatnonzero(free)).min(axis=1)
    return int((needed * distances**power).sum())


def _islands(loose: list[int], chosen: list[Edge], reached: set[int]) -> list[tuple[int, set[int]]]:
    """Each carried value without connection, and all values it is derived from."""
    back: dict[int, list[int]] = {}
    for origin, value, _ in chosen:
        back.setdefault(value, []).append(origin)
    islands: list[tuple[int, set[int]]] = []
    seen: set[int] = set()
    for value in loose:
        if value in seen:
            continue
        island, pending = {value}, [value]
        while pending:
            for origin in back.get(pending.pop(), []):
                if origin not in island and origin not in reached:
                    island.add(origin)
                    pending.append(origin)
        seen |= island
        islands.append((value, island))
    return islands


def reachable(edges: list[Edge], chosen: list[int], free: NDArray[np.bool_]) -> set[int]:
    """Values connected to the source by the chosen edges."""
    out: dict[int, list[int]] = {}
    for i in chosen:
        out.setdefault(edges[i][0], []).append(edges[i][1])
    reached = {SOURCE, *np.flatnonzero(free).tolist()}
    pending = list(reached)
    while pending:
        for value in out.get(pending.pop(), []):
            if value not in reached:
                reached.add(value)
                pending.append(value)
    return reached


def entry_costs(graph: ValueGraph, quanta: Int64Array, roots: NDArray[np.bool_]) -> Int64Array:
    """Least cost of one gate that makes a value from what is free, (256,) int64; 0 for what is free itself.

    Free are the inputs an output can reach and all that operators of cost 0 make of free values and of inputs.
    """
    entry = np.full(VALUES, int(quanta[graph.binary_codes].min()), dtype=np.int64)
    for value, code in graph.constants.tolist():
        entry[value] = min(entry[value], quanta[code])
    entry[roots[:VALUES]] = 0
    hidden = np.flatnonzero(roots[VALUES:])
    entry[hidden] = np.minimum(entry[hidden], quanta[graph.copier[hidden]])
    pending = [*np.flatnonzero(entry == 0).tolist(), *hidden.tolist()]
    seen = set(pending)
    while pending:
        value = pending.pop()
        for reached, code in zip(graph.target[value].tolist(), graph.code[value].tolist(), strict=True):
            if reached < 0:
                continue
            entry[reached] = min(entry[reached], quanta[code])
            if entry[reached] == 0 and reached not in seen:
                seen.add(reached)
                pending.append(reached)
    return entry
