"""Exact circuits for two vectors: weighted set cover as a start, then large-neighbourhood search."""

import heapq

import numpy as np

from cgplab.cgp.construct.clock import Clock
from cgplab.cgp.construct.pair_search import (
    FAR,
    STATES,
    Derivations,
    PairSearch,
    PairTargets,
    Report,
    closure,
    depth,
)

COVER_LIMIT = 1.6
"""Two-pin gates dearer than this many times the cheapest are no candidates of the cover."""
SAMPLE = 12
"""Targets that a randomised build looks at before each merge."""


def first_build(search: PairSearch, targets: PairTargets, clock: Clock) -> Derivations | None:
    """The cheaper of a plain build and one that starts from a set cover; None if some target cannot be made."""
    best: Derivations | None = None
    for start in (None, cover_start(search, targets, clock)):
        built = build(search, targets, start)
        if built is not None and (best is None or search.cost(built) < search.cost(best)):
            best = built
    return best


def build(
    search: PairSearch,
    targets: PairTargets,
    kept: Derivations | None,
    random: np.random.Generator | None = None,
) -> Derivations | None:
    """Derive all targets, the closest first; a target too far away is made by a two-pin gate.

    ``random`` chooses among almost equal steps. The result holds only what some target needs.
    """
    search.start(kept)
    both = {state for state in targets.both if search.distance[state] > 0}
    first, second = set(targets.first), set(targets.second)
    far_first, at_first, far_second, at_second = search.halves
    while True:
        search.find_halves()
        both = {state for state in both if search.distance[state] > 0}
        first = {byte for byte in first if far_first[byte] > 0}
        second = {byte for byte in second if far_second[byte] > 0}
        steps = [(int(search.distance[state]), state) for state in both]
        steps += [(int(far_first[byte]), int(at_first[byte])) for byte in first]
        steps += [(int(far_second[byte]), int(at_second[byte])) for byte in second]
        if not steps:
            break
        near, state = min(steps)
        if near < search.cheapest_merge or (near < FAR and not both):
            if random is not None:
                close = sorted(step for step in steps if step[0] <= near * 1.2)
                state = close[int(random.integers(len(close)))][1]
            search.take(state)
            continue
        if not both:
            return None
        order = sorted(both)
        if random is not None and len(order) > SAMPLE:
            order = [order[i] for i in random.permutation(len(order))[:SAMPLE]]
        ways = search.merges(order)
        i = int(np.argmin(ways[:, 0]))
        if random is not None:
            close_ways = np.flatnonzero(ways[:, 0] <= ways[i, 0] * 1.03)
            i = int(close_ways[random.integers(len(close_ways))])
        if min(int(ways[i, 0]), int(search.distance[order[i]])) >= FAR:
            return None
        if search.distance[order[i]] <= ways[i, 0]:
            search.take(order[i])
        else:
            search.merge(order[i], ways[i])
    return prune(search, search.derived, targets)


def serving_states(
    search: PairSearch, derived: Derivations, targets: PairTargets
) -> tuple[dict[int, int], dict[int, int]]:
    """State that serves each single component: an input, else one that is needed anyway, else the cheapest."""
    used = closure(derived, targets.both)
    served: list[dict[int, int]] = []
    for needed, shift in ((targets.first, 8), (targets.second, 0)):
        have: dict[int, int] = {}
        for state in (*search.base, *sorted(used)):
            have.setdefault(state >> shift & 255, state)
        chosen: dict[int, int] = {}
        carriers: dict[int, list[int]] = {}
        for state in derived:
            carriers.setdefault(state >> shift & 255, []).append(state)
        for byte in sorted(needed):
            if byte not in have:
                state = min(
                    carriers[byte],
                    key=lambda s: (search.cost({x: derived[x] for x in closure(derived, [s]) - used}), s),
                )
                for new in closure(derived, [state]) - used:
                    have.setdefault(new >> shift & 255, new)
                    used.add(new)
                have[byte] = state
            chosen[byte] = have[byte]
        served.append(chosen)
    return served[0], served[1]


def prune(search: PairSearch, derived: Derivations, targets: PairTargets) -> Derivations:
    """Only what the targets need."""
    first, second = serving_states(search, derived, targets)
    used = closure(derived, [*targets.both, *first.values(), *second.values()])
    return {state: how for state, how in derived.items() if state in used}


def refine(
    search: PairSearch, best: Derivations, targets: PairTargets, cols: int, seed: int, patience: int, clock: Clock,
    report: Report,
) -> Derivations:  # fmt: skip
    """Large-neighbourhood search: forget some derivations and what hangs on them, build again."""
    random = np.random.default_rng(seed)
    cost, deep = search.cost(best), depth(best)
    idle = 0
    while idle < patience and best and not clock.over():
        idle += 1
        states = list(best)
        kills = int(random.integers(1, max(2, min(len(states) // 4, 30)) + 1))
        killed = {states[i] for i in random.integers(0, len(states), kills)}
        grown = True
        while grown:
            hit = {s for s, (_, pins) in best.items() if s not in killed and any(pin in killed for pin in pins)}
            killed |= hit
            grown = bool(hit)
        kept = {state: how for state, how in best.items() if state not in killed}
        if random.random() < 0.5:
            # Also forget what only served the killed ones.
            used = closure(
                kept,
                [s for s in kept if s in targets.both or (s & 255) in targets.second or (s >> 8) in targets.first],
            )
            kept = {state: kept[state] for state in kept if state in used}
        built = build(search, targets, kept, random)
        if built is None:
            continue
        total, deepest = search.cost(built), depth(built)
        if (max(deepest - cols, 0), total) <= (max(deep - cols, 0), cost):
            if total < cost:
                idle = 0
                report(total)
            best, cost, deep = built, total, deepest
    return best


def cover_start(search: PairSearch, targets: PairTargets, clock: Clock) -> Derivations | None:
    """Two-pin gates that together reach all distant targets over cheap chains, by weighted set cover."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    search.start()
    distant = [state for state in sorted(targets.both) if search.distance[state] >= search.cheapest_merge]
    if not distant:
        return None
    limit = search.cheapest_merge // 2
    reach = np.full((STATES, len(distant)), FAR, dtype=np.int64)
    for column, target in enumerate(distant):
        near = {target: 0}
        heap = [(0, target)]
        while heap:
            weight, state = heapq.heappop(heap)
            if weight > near[state]:
                continue
            for code, order, start in search.inverses:
                total = weight + int(search.weights[code])
                if total > limit:
                    continue
                for before in order[start[state] : start[state + 1]].tolist():
                    if total < near.get(before, FAR):
                        near[before] = total
                        heapq.heappush(heap, (total, before))
        reach[list(near), column] = list(near.values())
    outputs = np.flatnonzero((reach < FAR).any(axis=1))
    search.find_halves()
    ways = search.merges(outputs.tolist(), preimages=False)
    columns: dict[bytes, tuple[int, int]] = {}
    for i, output in enumerate(outputs.tolist()):
        if ways[i, 0] > COVER_LIMIT * search.cheapest_merge:
            continue
        covered = reach[output] < FAR
        weight = int(ways[i, 0] + reach[output][covered].sum())
        if weight < columns.get(covered.tobytes(), (FAR, 0))[0]:
            columns[covered.tobytes()] = (weight, i)
    covers = np.array([np.frombuffer(key, dtype=np.bool_) for key in columns])
    if not len(covers) or not covers.any(axis=0).all():
        return None
    chosen = milp(
        np.array([weight for weight, _ in columns.values()]) / search.cheapest_merge,
        constraints=LinearConstraint(csr_matrix(covers.T.astype(float)), 1, np.inf),
        integrality=np.ones(len(covers), dtype=np.int64),
        bounds=Bounds(0, 1),
        options=clock.milp_options(node_limit=200, mip_rel_gap=1e-3),
    )  # fmt: skip
    if chosen.x is None:
        return None
    picked = [i for take, (_, i) in zip(chosen.x > 0.5, columns.values(), strict=True) if take]
    for i in picked:
        search.find_halves()
        output = int(outputs[i])
        if not search.has(output):
            search.merge(output, search.merges([output], preimages=False)[0], preimages=False)
    return dict(search.derived)
