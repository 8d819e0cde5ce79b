"""Two vectors in one grid: from a problem to pairs, and from derived pairs to a placed circuit."""

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.gates_cost import GATE_TIES, gate_weights
from cgplab.cgp.construct.pair_budget import Serving, solve_within
from cgplab.cgp.construct.pair_exact import first_build, refine, serving_states
from cgplab.cgp.construct.pair_search import FAR, Derivations, PairSearch, PairTargets, Report
from cgplab.cgp.construct.placement import WIRE, Netlist, place
from cgplab.cgp.construct.served_error import error_limit
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.problem import Problem

Int64Array = NDArray[np.int64]

PATIENCE = 250
"""Neighbourhoods without improvement after which the search ends."""
CLOSE = 0.8
"""A circuit within the budget that costs less than this part of an unrefined exact one is taken as it is."""
HIDDEN = 1 << 20
"""Added to the state of an input that outputs cannot reach."""


def solve_pairs(
    problem: Problem, geometry: Geometry, quanta: Int64Array, budgets: int | list[int], metric: str, seed: int,
    time_limit: float | None, report: Report,
) -> tuple[Netlist, Circuit | None, bool]:  # fmt: skip
    """Netlist, its circuit (None if it does not fit the grid), and whether the clock cut the search short."""
    weights = gate_weights(quanta)
    base: dict[int, int] = {}
    for pin, state in enumerate(states_of(problem.inputs)):
        base.setdefault(state, pin)
    targets = pair_targets(problem)
    search = PairSearch(base, weights)
    search.compile()
    clock = Clock(time_limit)

    def show(weight: int) -> None:
        report(weight // GATE_TIES)

    serving: Serving | None = None
    for cap in (search.cap, FAR - 1):
        search.cap = cap
        if budgets == 0 or (isinstance(budgets, list) and metric != "MSE" and not any(budgets)):
            serving = _exact(search, targets, geometry.cols, seed, clock, show)
        else:
            limits: int | list[int] = budgets
            if metric == "MSE":
                assert isinstance(budgets, list)
                limits = [error_limit(b, metric, int(n)) for b, n in zip(budgets, problem.n_counted, strict=True)]
            power = 1 if metric == "AE" else 2
            serving = _within(search, targets, limits, power, geometry.cols, seed, clock, show)
        if serving is not None:
            break
    if serving is None:
        return Netlist({}, {}, []), None, False
    netlist = _netlist(problem, geometry, base, serving)
    return netlist, place(netlist, geometry, problem.n_vectors), clock.over()


def _exact(
    search: PairSearch, targets: PairTargets, cols: int, seed: int, clock: Clock, report: Report
) -> Serving | None:
    derived = first_build(search, targets, clock)
    if derived is None:
        return None
    return _serving(search, targets, refine(search, derived, targets, cols, seed, PATIENCE, clock, report))


def _serving(search: PairSearch, targets: PairTargets, derived: Derivations) -> Serving:
    first, second = serving_states(search, derived, targets)
    served = {(0, state): state for state in targets.both}
    served |= {(1, byte): state for byte, state in first.items()}
    served |= {(2, byte): state for byte, state in second.items()}
    return Serving(derived, served, (0, 0))


def _within(
    search: PairSearch, targets: PairTargets, limits: int | list[int], power: int, cols: int, seed: int, clock: Clock,
    report: Report,
) -> Serving | None:  # fmt: skip
    """Priced serving, then the served states derived better; or the exact circuit where that is cheaper."""
    priced = solve_within(search, targets, limits, power, seed, clock, report)
    exact = first_build(search, targets, clock)
    if priced is not None and priced.derived:
        goal = PairTargets()
        for (kind, _), state in priced.served.items():
            if kind == 0:
                goal.both[state] = (1, 1)
            elif kind == 1:
                goal.first[state >> 8] = 1
            else:
                goal.second[state & 255] = 1
        better = _serving(search, goal, refine(search, priced.derived, goal, cols, seed, PATIENCE, clock, report))
        served: dict[tuple[int, int], int] = {}
        for (kind, key), state in priced.served.items():
            wanted = (state, state >> 8, state & 255)[kind]
            served[kind, key] = better.served[kind, wanted]
        priced = Serving(better.derived, served, priced.errors)
    if exact is None or (priced is not None and search.cost(priced.derived) < CLOSE * search.cost(exact)):
        return priced
    whole = _serving(search, targets, refine(search, exact, targets, cols, seed, PATIENCE, clock, report))
    return whole if priced is None or search.cost(whole.derived) < search.cost(priced.derived) else priced


def states_of(words: NDArray[np.int8]) -> list[int]:
    """Pairs of a (2, n) int8 array as states."""
    byte = words.astype(np.int64) & 255
    return [first << 8 | second for first, second in byte.T.tolist()]


def pair_targets(problem: Problem) -> PairTargets:
    """Distinct targets of a two-vector problem with their weights."""
    targets = PairTargets()
    for state, (w0, w1) in zip(states_of(problem.targets), problem.effective_weights.T.tolist(), strict=True):
        if w0 and w1:
            old = targets.both.get(state, (0, 0))
            targets.both[state] = (old[0] + w0, old[1] + w1)
        elif w0:
            targets.first[state >> 8] = targets.first.get(state >> 8, 0) + w0
        elif w1:
            targets.second[state & 255] = targets.second.get(state & 255, 0) + w1
    return targets


def _netlist(problem: Problem, geometry: Geometry, base: dict[int, int], serving: Serving) -> Netlist:
    outputs: list[int] = []
    anything = next(iter(serving.served.values()))
    for state, (w0, w1) in zip(states_of(problem.targets), problem.effective_weights.T.tolist(), strict=True):
        if w0 and w1:
            outputs.append(serving.served[0, state])
        elif w0:
            outputs.append(serving.served[1, state >> 8])
        elif w1:
            outputs.append(serving.served[2, state & 255])
        else:
            outputs.append(anything)
    if geometry.l_back > geometry.cols:
        return Netlist(serving.derived, base, outputs)
    # Outputs cannot reach inputs: those that they take go through a wire.
    gates = {
        state: (
            code,
            tuple(pin + HIDDEN if pin in base and pin not in serving.derived else pin for pin in pins),
        )
        for state, (code, pins) in serving.derived.items()
    }
    for state in sorted({state for state in outputs if state not in gates}):
        gates[state] = (WIRE, (state + HIDDEN,))
    return Netlist(gates, {state + HIDDEN: pin for state, pin in base.items()}, outputs)
