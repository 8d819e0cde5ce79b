"""Lower bound of the cost, and often the optimum, by mixed-integer programming (SciPy's HiGHS)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.construct.value_graph import VALUES, ValueGraph

Int64Array = NDArray[np.int64]
SOURCE = -1


@dataclass(frozen=True, eq=False)
class Relaxation:
    """Solution of the relaxed problem.

    Attributes
    ----------
    bound : int
        No circuit within the budget costs less, in quanta; whatever its grid and operators.
    served : list of int, or None
        Values that the relaxed optimum carries (index = value + 128); None if it was not found in time.
    """

    bound: int
    served: list[int] | None


def relax(
    graph: ValueGraph, quanta: Int64Array, roots: NDArray[np.bool_], gaps: Int64Array, budget: int,
    upper: int, nodes: int, time_limit: float,
) -> Relaxation:  # fmt: skip
    """Cheapest set of carried values within the error budget, over unary operators.

    A gate with two pins is relaxed to one that makes any value from nothing at the cost of the cheapest binary
    operator; the grid is ignored. Both only lower the cost, so the optimum is a bound for every circuit.

    Variables: one per edge of the value graph, and one per pair of neighbouring carried values: a path from
    below the least to above the greatest value, whose arcs cost the error of the targets between them. Cuts
    for values that are carried but not connected to an input are added until none is violated.

    Parameters
    ----------
    graph : ValueGraph
    quanta : (PLAIN_CODES,) int64
        Cost of each operator.
    roots : (512,) bool
        Inputs.
    gaps : (258, 258) int64
    budget : int
    upper : int
        Cost of a known circuit, in quanta.
    nodes : int
        Branch-and-bound nodes per solve, so that the result does not depend on the machine.
    time_limit : float
        Seconds, over all solves.
    """
    import time

    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    start = time.monotonic()
    entry = entry_costs(graph, quanta, roots)
    free = entry == 0
    edges = [(SOURCE, value, int(entry[value])) for value in range(VALUES) if not free[value] and entry[value] <= upper]
    for value in np.flatnonzero(~free).tolist():
        for reached, code in zip(graph.target[value].tolist(), graph.code[value].tolist(), strict=True):
            if reached >= 0 and not free[reached] and quanta[code] < entry[reached]:
                edges.append((value, reached, int(quanta[code])))
    arcs = [
        (low, high)
        for low in range(-1, VALUES)
        for high in range(low + 1, VALUES + 1)
        if gaps[low + 1, high + 1] <= budget
    ]
    n_edges, n_arcs = len(edges), len(arcs)
    into: dict[int, list[int]] = {value: [] for value in range(VALUES)}
    for i, (_, value, _) in enumerate(edges):
        into[value].append(i)
    rows: list[tuple[list[int], list[float], float, float]] = []
    arriving: dict[int, list[int]] = {value: [] for value in range(-1, VALUES + 1)}
    leaving: dict[int, list[int]] = {value: [] for value in range(-1, VALUES + 1)}
    for i, (low, high) in enumerate(arcs):
        leaving[low].append(n_edges + i)
        arriving[high].append(n_edges + i)
    rows.append((leaving[-1], [1.0] * len(leaving[-1]), 1, 1))
    for value in range(VALUES):
        arrive, leave = arriving[value], leaving[value]
        rows.append((arrive + leave, [1.0] * len(arrive) + [-1.0] * len(leave), 0, 0))
        if not free[value]:
            rows.append((into[value] + arrive, [1.0] * len(into[value]) + [-1.0] * len(arrive), 0, np.inf))
    if budget > 0:
        rows.append(
            (
                list(range(n_edges, n_edges + n_arcs)),
                [gaps[a + 1, b + 1] / budget for a, b in arcs],
                -np.inf,
                1,
            )
        )
    for i, (origin, value, _) in enumerate(edges):
        if origin != SOURCE:
            others = [j for j in into[origin] if edges[j][0] != value]
            rows.append(([*others, i], [1.0] * len(others) + [-1.0], 0, np.inf))
    unit = float(max((cost for _, _, cost in edges), default=1))
    # Only circuits at most as dear as the known one are of interest.
    rows.append((list(range(n_edges)), [cost / unit for _, _, cost in edges], -np.inf, (upper + 0.5) / unit))
    objective = np.array([cost / unit for _, _, cost in edges] + [0.0] * n_arcs)
    bound = 0
    while True:
        left = time_limit - (time.monotonic() - start)
        if left <= 0:
            return Relaxation(bound, None)
        row = np.concatenate([np.full(len(r[0]), k) for k, r in enumerate(rows)])
        matrix = csr_matrix(
            (
                np.concatenate([r[1] for r in rows]),
                (row, np.concatenate([r[0] for r in rows]).astype(np.int64)),
            ),
            shape=(len(rows), n_edges + n_arcs),
        )
        limits = LinearConstraint(matrix, [r[2] for r in rows], [r[3] for r in rows])
        result = milp(
            objective, constraints=limits, integrality=np.ones(n_edges + n_arcs, dtype=np.int64), bounds=Bounds(0, 1),
            options={"node_limit": nodes, "time_limit": left, "mip_rel_gap": 0.0},
        )  # fmt: skip
        dual = result.mip_dual_bound
        if dual is not None and np.isfinite(dual):
            bound = max(bound, int(np.ceil(dual * unit * (1 - 1e-7) - 0.5)))
        if result.x is None:
            return Relaxation(bound, None)
        chosen = np.flatnonzero(result.x[:n_edges] > 0.5).tolist()
        served = [arcs[i][1] for i in np.flatnonzero(result.x[n_edges:] > 0.5).tolist() if arcs[i][1] < VALUES]
        loose = [value for value in served if value not in (reached := reachable(edges, chosen, free))]
        if not loose:
            solved = result.status == 0
            if solved:
                bound = sum(edges[i][2] for i in chosen)
            return Relaxation(bound, served)
        if result.status != 0:
            return Relaxation(bound, None)
        back: dict[int, list[int]] = {}
        for i in chosen:
            back.setdefault(edges[i][1], []).append(edges[i][0])
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
            entering = [i for i, (origin, end, _) in enumerate(edges) if end in island and origin not in island]
            arrive = arriving[value]
            rows.append((entering + arrive, [1.0] * len(entering) + [-1.0] * len(arrive), 0, np.inf))


def reachable(edges: list[tuple[int, int, int]], chosen: list[int], free: NDArray[np.bool_]) -> set[int]:
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
    from cgplab.cgp.construct.value_graph import WIRE_CODE

    entry = np.full(VALUES, int(quanta[graph.binary_codes].min()), dtype=np.int64)
    for value, code in graph.constants.tolist():
        entry[value] = min(entry[value], quanta[code])
    entry[roots[:VALUES]] = 0
    hidden = np.flatnonzero(roots[VALUES:])
    entry[hidden] = np.minimum(entry[hidden], quanta[WIRE_CODE])
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
