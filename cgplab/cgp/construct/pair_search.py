"""Two vectors: derive pairs of values, merging words of both vectors with single gates."""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.operators import BY_NAME, CODE_OF_ID, CODED, PLAIN_CODES, apply_operator

Int64Array = NDArray[np.int64]
STATES = 65536
FAR = 1 << 58
MERGES = ("bit_and", "bit_or", "bit_xor", "mux")
DEMUX = CODE_OF_ID[BY_NAME["demux"].id]

Derivations = dict[int, tuple[int, tuple[int, ...]]]
"""State -> operator code and the states it reads."""


@dataclass(frozen=True, eq=False)
class PairTargets:
    """Distinct targets: pairs that both count, and single components whose partner does not count.

    Each maps a state, or a byte for the components, to how often it is needed by vector 0 and by vector 1.
    """

    both: dict[int, tuple[int, int]] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)
    second: dict[int, int] = field(default_factory=dict)


def unary_table(codes: Iterable[int]) -> NDArray[np.int32]:
    """Result of each unary operator on every pair, (len(CODED), 65536) int32; other rows are unused."""
    byte = np.arange(256).astype(np.uint8).view(np.int8)
    table = np.zeros((len(CODED), STATES), dtype=np.int32)
    for code in codes:
        results = [apply_operator(CODED[code], [byte], vector).astype(np.int32) & 255 for vector in (0, 1)]
        table[code] = (results[0][:, None] * 256 + results[1][None, :]).ravel()
    return table


class PairSearch:
    """State of one search: distances of all pairs from what has been derived so far.

    Parameters
    ----------
    base : dict of int to int
        State of each input -> pin.
    weights : (len(CODED),) int64
        Weight of each gate, -1 where there is no such gate.
    candidates : int
        Preimages over cheap unary operators that are tried for each two-pin gate.
    """

    def __init__(self, base: dict[int, int], weights: Int64Array, candidates: int = 24) -> None:
        self.base, self.weights, self.candidates = base, weights, candidates
        unary = [code for code in range(PLAIN_CODES) if CODED[code].arity == 1 and CODED[code].name != "id"]
        self.unary = np.array(unary + ([DEMUX] if weights[DEMUX] >= 0 else []), dtype=np.int64)
        self.table = unary_table(self.unary.tolist())
        self.constants = [
            (code, (int(apply_operator(CODED[code], [np.zeros(1, dtype=np.int8)])[0]) & 255) * 257)
            for code in range(PLAIN_CODES)
            if CODED[code].arity == 0
        ]
        self.merge_codes = np.array([CODE_OF_ID[BY_NAME[name].id] for name in MERGES], dtype=np.int64)
        self.merge_weights = weights[self.merge_codes]
        self.cheapest_merge = int(self.merge_weights[self.merge_weights >= 0].min())
        self.cap = 2 * self.cheapest_merge + 16 * int(weights[self.unary].min())
        self.distance = np.empty(STATES, dtype=np.int64)
        self.by, self.origin = np.empty(STATES, dtype=np.int32), np.empty(STATES, dtype=np.int32)
        room = (len(self.unary) + 1) * STATES
        self._heap = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
        self._merge_work = tuple(np.empty(STATES, dtype=np.int64) for _ in range(3))
        self.halves = tuple(np.zeros(256, dtype=np.int64) for _ in range(4))
        self.derived: Derivations = {}
        self._preimages: dict[int, list[tuple[int, int, tuple[int, ...]]]] = {}
        self.inverses = [
            (code, order := np.argsort(self.table[code], kind="stable"),
             np.searchsorted(self.table[code][order], np.arange(STATES + 1)))
            for code in self.unary.tolist()
            if weights[code] < self.cheapest_merge
        ]  # fmt: skip

    def _spread(self, sources: list[int]) -> None:
        from cgplab.cgp.construct.pair_kernels import spread

        spread(
            self.distance, self.by, self.origin, np.array(sources, dtype=np.int64), self.unary, self.table,
            self.weights,
            self.cap, *self._heap,
        )  # fmt: skip

    def compile(self) -> None:
        """Run every kernel once."""
        from cgplab.cgp.construct.pair_kernels import best_served

        self.start()
        self.find_halves()
        self.merges([0])
        best_served(0, 0, 1, 1, 2, np.zeros(1, dtype=np.int64), self.distance, np.ones(2))

    def start(self, derived: Derivations | None = None) -> None:
        """Distances from the inputs, the constants and what is derived already."""
        self.derived = dict(derived or {})
        self.distance[:] = FAR
        present = list({*self.base, *self.derived})
        self.distance[present] = 0
        for code, state in self.constants:
            if self.distance[state] > self.weights[code]:
                self.distance[state] = self.weights[code]
                self.by[state], self.origin[state] = code, -1
                present.append(state)
        self._spread(present)

    def has(self, state: int) -> bool:
        """Whether the state is an input or derived."""
        return state in self.base or state in self.derived

    def take(self, state: int) -> None:
        """Derive a state over the cheapest unary chain."""
        self._commit(self._chain(state))

    def _chain(self, state: int) -> list[int]:
        new: list[int] = []
        while not self.has(state):
            code, origin = int(self.by[state]), int(self.origin[state])
            self.derived[state] = (code, (origin,) if origin >= 0 else ())
            new.append(state)
            if origin < 0:
                break
            state = origin
        return new

    def _commit(self, new: list[int]) -> None:
        self.distance[new] = 0
        if new:
            self._spread(new)

    def preimages(self, target: int) -> list[tuple[int, int, tuple[int, ...]]]:
        """Cheap ways to reach a state over unary operators: (state before, weight, operators)."""
        if target not in self._preimages:
            done: dict[int, tuple[int, tuple[int, ...]]] = {}
            seen = {target: 0}
            heap: list[tuple[int, int, tuple[int, ...]]] = [(0, target, ())]
            while heap and len(done) < self.candidates:
                weight, state, chain = heapq.heappop(heap)
                if state in done:
                    continue
                done[state] = (weight, chain)
                if len(chain) == 3:
                    continue
                for code, order, start in self.inverses:
                    for before in order[start[state] : start[state + 1]][:64].tolist():
                        total = weight + int(self.weights[code])
                        if total < seen.get(before, FAR):
                            seen[before] = total
                            heapq.heappush(heap, (total, before, (code, *chain)))
            self._preimages[target] = [(state, weight, chain) for state, (weight, chain) in done.items()]
        return self._preimages[target]

    def find_halves(self) -> None:
        """Refresh :attr:`halves`: distance and state of every byte of vector 0, then of vector 1."""
        from cgplab.cgp.construct.pair_kernels import closest_halves

        closest_halves(self.distance, *self.halves)

    def merges(self, targets: list[int], preimages: bool = True) -> Int64Array:
        """Cheapest two-pin gate for each target; rows as in :func:`pair_kernels.best_merges`."""
        from cgplab.cgp.construct.pair_kernels import best_merges

        ways = [self.preimages(target) if preimages else [(target, 0, ())] for target in targets]
        result = np.zeros((len(targets), 5), dtype=np.int64)
        pointer = np.cumsum([0] + [len(way) for way in ways])
        best_merges(
            pointer, np.array([w[0] for way in ways for w in way]), np.array([w[1] for way in ways for w in way]),
            self.distance, self.merge_codes, self.merge_weights, *self.halves, self._merge_work, result,
        )  # fmt: skip
        result[:, 1] -= pointer[:-1]
        return result

    def merge(self, target: int, way: Int64Array, preimages: bool = True) -> None:
        """Derive a target by a two-pin gate found by :meth:`merges`."""
        _, which, code, one, other = way.tolist()
        state, _, chain = self.preimages(target)[which] if preimages else (target, 0, ())
        new = self._chain(one) + self._chain(other)
        if not self.has(state):
            self.derived[state] = (code, (one, other))
            new.append(state)
        for operator in chain:
            reached = int(self.table[operator, state])
            if not self.has(reached):
                self.derived[reached] = (operator, (state,))
                new.append(reached)
            state = reached
        self._commit(new)

    def cost(self, derived: Derivations) -> int:
        """Weight of all gates."""
        return sum(int(self.weights[code]) for code, _ in derived.values())


def closure(derived: Derivations, roots: Iterable[int]) -> set[int]:
    """Derived states that ``roots`` depend on, themselves included."""
    used: set[int] = set()
    pending = list(roots)
    while pending:
        state = pending.pop()
        if state not in used and state in derived:
            used.add(state)
            pending.extend(derived[state][1])
    return used


def depth(derived: Derivations) -> int:
    """Gates on the longest path."""
    level: dict[int, int] = {}
    for root in derived:
        pending = [root]
        while pending:
            state = pending[-1]
            open_pins = [pin for pin in derived[state][1] if pin in derived and pin not in level]
            if state in level or not open_pins:
                pending.pop()
                level[state] = 1 + max((level[pin] for pin in derived[state][1] if pin in derived), default=0)
            else:
                pending.extend(open_pins)
    return max(level.values(), default=0)


Report = Callable[[int], None]
