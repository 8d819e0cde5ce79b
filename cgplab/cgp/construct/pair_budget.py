"""Two vectors within an error budget: every target takes the state with the least weight plus priced error."""

from dataclasses import dataclass

import numpy as np

from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.pair_search import FAR, Derivations, PairSearch, PairTargets, Report, closure

PASSES = 3
STEPS = 14
"""Halvings of the search for the price of error."""

Target = tuple[int, int]
"""Which map of :class:`PairTargets` (0 both, 1 first, 2 second) and the key in it."""


@dataclass(frozen=True, eq=False)
class Serving:
    """Derivations and the state that serves each target."""

    derived: Derivations
    served: dict[Target, int]
    errors: tuple[int, int]


def solve_within(
    search: PairSearch,
    targets: PairTargets,
    limits: list[int] | int,
    power: int,
    seed: int,
    clock: Clock,
    report: Report,
) -> Serving | None:
    """Cheapest serving found within the error limits (one for both vectors, or one each).

    One price per unit of error turns the budget into a weight. It is doubled until the budget holds, then
    bisected; with limits per vector the vector that misses its own is made dearer.
    """
    best: tuple[int, int, Serving] | None = None
    # A price at which one unit of error costs as much as the dearest gate leaves hardly any error.
    top = float(search.weights.max())
    low, high = np.log(top * 1e-9), np.log(top)
    tilt = np.zeros(2)
    for step in range(STEPS):
        if best is not None and clock.over():
            break
        middle = high if step == 0 else low if step == 1 else (low + high) / 2
        serving = _serve(search, targets, np.exp(middle + tilt), power, seed)
        weight = search.cost(serving.derived)
        if _within(serving.errors, limits):
            if best is None or (weight, sum(serving.errors)) < best[:2]:
                best = (weight, sum(serving.errors), serving)
                report(weight)
            high = middle
            if step == 1:
                break
        elif step == 0:
            high = middle = middle + np.log(1e3)
        else:
            low = middle
        if isinstance(limits, list):
            # Balance: the vector closer to its limit (or further beyond it) has the dearer error.
            used = np.log((np.array(serving.errors) + 1.0) / (np.array(limits) + 1.0))
            tilt = np.clip(tilt + 0.25 * (used - used.mean()), -6, 6)
    return None if best is None else best[2]


def _within(errors: tuple[int, int], limits: list[int] | int) -> bool:
    if isinstance(limits, int):
        return sum(errors) <= limits
    return errors[0] <= limits[0] and errors[1] <= limits[1]


def _signed(byte: int) -> int:
    return (byte ^ 128) - 128


def _components(targets: PairTargets) -> dict[Target, tuple[int, int, int, int]]:
    """Value and weight of both components of every target."""
    result: dict[Target, tuple[int, int, int, int]] = {}
    for state, (w0, w1) in sorted(targets.both.items()):
        result[0, state] = (_signed(state >> 8), _signed(state & 255), w0, w1)
    for byte, weight in sorted(targets.first.items()):
        result[1, byte] = (_signed(byte), 0, weight, 0)
    for byte, weight in sorted(targets.second.items()):
        result[2, byte] = (0, _signed(byte), 0, weight)
    return result


def _serve(search: PairSearch, targets: PairTargets, prices: np.ndarray, power: int, seed: int) -> Serving:
    """Assign targets one by one, then each anew in random order, given what the others use."""
    components = _components(targets)
    order = list(components)
    random = np.random.default_rng(seed)
    served: dict[Target, int] = {}
    search.start()
    for target in order:
        served[target] = _assign(search, target, components[target], prices, power)
    for _ in range(PASSES):
        for i in random.permutation(len(order)):
            target = order[i]
            del served[target]
            kept = closure(search.derived, served.values())
            if len(kept) < len(search.derived):
                search.start({state: how for state, how in search.derived.items() if state in kept})
            served[target] = _assign(search, target, components[target], prices, power)
    kept = closure(search.derived, served.values())
    errors = [0, 0]
    for target, state in served.items():
        v0, v1, w0, w1 = components[target]
        errors[0] += w0 * abs(((state >> 8) ^ 128) - 128 - v0) ** power
        errors[1] += w1 * abs(((state & 255) ^ 128) - 128 - v1) ** power
    return Serving({s: how for s, how in search.derived.items() if s in kept}, served, (errors[0], errors[1]))


def _assign(
    search: PairSearch, target: Target, component: tuple[int, int, int, int], prices: np.ndarray, power: int
) -> int:
    from cgplab.cgp.construct.pair_kernels import best_served

    reached = np.flatnonzero(search.distance < FAR)
    total, state = best_served(*component, power, reached, search.distance, prices)
    kind, key = target
    if kind == 0 and total > search.cheapest_merge:
        search.find_halves()
        way = search.merges([key])[0]
        if way[0] < total:
            search.merge(key, way)
            return key
    search.take(int(state))
    return int(state)
