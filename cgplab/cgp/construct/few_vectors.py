"""Three or four vectors: every target word is an AND (or OR) of few words that cheap operators make.

A word holds one byte per vector. Arithmetic shifts make masks such as (0, -1, 0) of inputs whose signs differ
between vectors, so bitwise merges reach most words; a ``mux``, or masks, reach the rest. The result is exact
whatever the budget, and no bound is computed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.placement import WIRE, Netlist, place
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.operators import BY_NAME, CODE_OF_ID, CODED, PLAIN_CODES, apply_operator
from cgplab.cgp.problem import Problem
from cgplab.errors import InputError

Int64Array = NDArray[np.int64]

POOL = 300_000
"""Words that cheap operators make and a target is merged from."""
CHAIN = 3
MOST_MERGES = 6
CHEAP = 2
"""Words that cost more gates than this many ANDs are looked at only if the others do not do."""
PAIRED = 600
"""Words of which all pairs are looked at."""
HIDDEN = 1 << 40
AND, OR, MUX, DEMUX = (CODE_OF_ID[BY_NAME[name].id] for name in ("bit_and", "bit_or", "mux", "demux"))


@dataclass(eq=False)
class _Words:
    """Growing pool of words with the way each is made."""

    vectors: int
    weights: Int64Array
    words: Int64Array
    by: Int64Array
    origin: Int64Array
    price: Int64Array
    gates: dict[int, tuple[int, tuple[int, ...]]]
    index: dict[int, int]

    def extend(self, words: Int64Array, by: Int64Array, origin: Int64Array, price: Int64Array) -> None:
        self.index.update(zip(words.tolist(), range(len(self.words), len(self.words) + len(words)), strict=True))
        self.words = np.concatenate([self.words, words])
        self.by = np.concatenate([self.by, by])
        self.origin = np.concatenate([self.origin, origin])
        self.price = np.concatenate([self.price, price])

    def take(self, word: int) -> None:
        """Derive a word of the pool and all that it is made of; from now on it costs nothing."""
        while word not in self.gates:
            i = self.index[word]
            self.price[i] = 0
            code, origin = int(self.by[i]), int(self.origin[i])
            if code < 0:
                return
            self.gates[word] = (code, (origin,) if origin >= 0 else ())
            if origin < 0:
                return
            word = origin

    def merge(self, code: int, pins: tuple[int, ...], word: int) -> None:
        """Derive a word by a gate of several pins."""
        for pin in pins:
            self.take(pin)
        if word not in self.gates and not (word in self.index and self.price[self.index[word]] == 0):
            self.gates[word] = (code, pins)
        if word in self.index:
            self.price[self.index[word]] = 0
        else:
            self.extend(*(np.array([number], dtype=np.int64) for number in (word, -1, -1, 0)))


def solve_words(problem: Problem, geometry: Geometry, quanta: Int64Array) -> tuple[Netlist, Circuit | None]:
    """Netlist and its circuit (None if it does not fit the grid) of a problem of three or four vectors.

    Raises
    ------
    InputError
        Some target cannot be made: the inputs do not tell the vectors apart and no ``mux`` is allowed.
    """
    weights = np.where(quanta < 0, -1, quanta * 1024 + 1)
    words = _pack(problem.inputs)
    base: dict[int, int] = {}
    for pin, word in enumerate(words.tolist()):
        base.setdefault(word, pin)
    pool = _pool(problem.n_vectors, base, weights)
    targets = _pack(problem.targets)
    cares = _pack(np.where(problem.effective_weights > 0, -1, 0).astype(np.int8))
    served: dict[tuple[int, int], int] = {}
    for target, care in sorted(set(zip(targets.tolist(), cares.tolist(), strict=True))):
        if care:
            served[target, care] = _make(pool, target, care, geometry)
    anything = next(iter(served.values()))
    outputs = [served.get(key, anything) for key in zip(targets.tolist(), cares.tolist(), strict=True)]
    netlist = _netlist(pool, base, outputs, geometry.l_back <= geometry.cols)
    return netlist, place(netlist, geometry, problem.n_vectors)


def _pack(words: NDArray[np.int8]) -> Int64Array:
    packed = np.zeros(words.shape[1], dtype=np.int64)
    for row in words:
        packed = packed << 8 | (row.astype(np.int64) & 255)
    return packed


def _byte(words: Int64Array, vectors: int, vector: int) -> Int64Array:
    return words >> (8 * (vectors - 1 - vector)) & 255


def _apply(code: int, words: Int64Array, vectors: int) -> Int64Array:
    result = np.zeros_like(words)
    for vector in range(vectors):
        pins = [_byte(words, vectors, vector).astype(np.uint8).view(np.int8)]
        result = result << 8 | (apply_operator(CODED[code], pins, vector).astype(np.int64) & 255)
    return result


def _pool(vectors: int, base: dict[int, int], weights: Int64Array) -> _Words:
    """Inputs, all that unary operators make of the constants, masks, then chains of cheap unary operators."""
    empty = np.zeros(0, dtype=np.int64)
    pool = _Words(vectors, weights, empty, empty, empty, empty, {}, {})
    inputs = np.array(list(base), dtype=np.int64)
    pool.extend(inputs, np.full_like(inputs, -1), np.full_like(inputs, -1), np.zeros_like(inputs))
    ones = np.zeros(1, dtype=np.int64)
    for code in range(PLAIN_CODES):
        if CODED[code].arity == 0:
            word = _apply(code, ones, vectors)
            if int(word[0]) not in pool.index:
                pool.extend(word, np.array([code]), np.array([-1]), weights[[code]])
    constants = np.arange(len(inputs), len(pool.words))
    unary = [code for code in range(PLAIN_CODES) if CODED[code].arity == 1 and code != WIRE]
    unary.sort(key=lambda code: (int(weights[code]), code))
    cheap = [code for code in unary if weights[code] < weights[AND]]
    selectors = [DEMUX] if weights[DEMUX] >= 0 else []
    _chains(pool, constants, unary + selectors, 12, 4 * POOL)
    # The widest shift twice leaves only signs: a mask that tells vectors apart.
    widest = CODE_OF_ID[BY_NAME["r_shift_5"].id]
    _chains(pool, np.arange(len(inputs)), [widest], 2, 4 * POOL)
    _chains(pool, np.arange(len(pool.words)), cheap, CHAIN, POOL)
    return pool


def _chains(pool: _Words, start: NDArray[np.intp], codes: list[int], length: int, most: int) -> None:
    frontier = pool.words[start]
    for _ in range(length):
        grown: list[Int64Array] = []
        for code in codes:
            made = _apply(code, frontier, pool.vectors)
            made, at = np.unique(made, return_index=True)
            fresh = np.array([word not in pool.index for word in made.tolist()], dtype=bool)
            made, at = made[fresh], at[fresh]
            before = np.array([pool.price[pool.index[word]] for word in frontier[at].tolist()], dtype=np.int64)
            pool.extend(made, np.full_like(made, code), frontier[at], before + pool.weights[code])
            grown.append(made)
            if len(pool.words) > most:
                return
        frontier = np.concatenate(grown) if grown else frontier[:0]
        if not len(frontier):
            return


def _make(pool: _Words, target: int, care: int, geometry: Geometry) -> int:
    """Word of the pool that serves a target, merged if need be."""
    fits = np.flatnonzero((pool.words & care) == (target & care))
    if len(fits):
        word = int(pool.words[fits[np.argmin(pool.price[fits])]])
        pool.take(word)
        return word
    for code, flip in ((AND, 0), (OR, -1)):
        for dearest in (CHEAP * int(pool.weights[AND]), int(pool.price.max())):
            chosen = _cover(pool, target ^ flip, care, flip, dearest)
            if chosen is not None:
                return _merge_all(pool, code, chosen)
    return _select(pool, target, care, geometry)


def _cover(pool: _Words, target: int, care: int, flip: int, dearest: int) -> list[int] | None:
    """Words with all ones of the target that together have all its zeros, greedily; None if there are none.

    With ``flip`` = -1 target and words are complemented, which turns AND into OR.
    """
    ones, zeros = target & care, ~target & care
    usable = np.flatnonzero((((pool.words ^ flip) & ones) == ones) & (pool.price <= dearest))
    words, price = pool.words[usable], pool.price[usable] + pool.weights[AND]
    words_zeros = ~(words ^ flip) & zeros
    merely_cheap = dearest <= CHEAP * int(pool.weights[AND])
    pair = _cheapest_pair(words, words_zeros, price, zeros) if merely_cheap else None
    if pair is not None:
        return pair
    open_bits = zeros
    chosen: list[int] = []
    while open_bits:
        covered = np.bitwise_count((words_zeros & open_bits).astype(np.uint64)).astype(float)
        if not len(words) or covered.max() == 0 or len(chosen) == MOST_MERGES:
            return None
        best = int(np.argmax(covered**1.5 / price))
        # Two words that finish what is left beat one more greedy step.
        pair = _cheapest_pair(words, words_zeros & open_bits, price, open_bits) if chosen and merely_cheap else None
        if pair is not None:
            return chosen + pair
        chosen.append(int(words[best]))
        open_bits &= int(words[best]) ^ flip
    return chosen


def _cheapest_pair(words: Int64Array, covered: Int64Array, price: Int64Array, zeros: int) -> list[int] | None:
    """Cheapest two words that together cover all zeros; None if no two of the best do."""
    if len(words) > PAIRED:
        best = np.argsort(-np.bitwise_count(covered.astype(np.uint64)).astype(np.int64), kind="stable")[:PAIRED]
        words, covered, price = words[best], covered[best], price[best]
    one, other = np.nonzero((covered[:, None] | covered[None, :]) == zeros)
    if not len(one):
        return None
    i = int(np.argmin(price[one] + price[other]))
    return [int(words[one[i]]), int(words[other[i]])]


def _merge_all(pool: _Words, code: int, words: list[int]) -> int:
    result = words[0]
    pool.take(result)
    for word in words[1:]:
        merged = result & word if code == AND else result | word
        if merged != result:
            pool.merge(code, (result, word), merged)
            result = merged
    return result


def _select(pool: _Words, target: int, care: int, geometry: Geometry) -> int:
    """Choose each vector's byte from a word that carries it: with a mux, else with masks."""
    vectors = pool.vectors
    carriers: list[int] = []
    for vector in range(vectors):
        byte = int(_byte(np.array([target]), vectors, vector)[0])
        carry = np.flatnonzero(_byte(pool.words, vectors, vector) == byte)
        carriers.append(int(pool.words[carry[np.argmin(pool.price[carry])]]))
    if pool.weights[MUX] >= 0 and geometry.arity >= vectors:
        pool.merge(MUX, tuple(carriers), target)
        return target
    parts: list[int] = []
    for vector, carrier in enumerate(carriers):
        if not care >> (8 * (vectors - 1 - vector)) & 255:
            continue
        mask = ((1 << 8 * vectors) - 1) ^ (255 << (8 * (vectors - 1 - vector)))
        if mask not in pool.index:
            raise InputError(
                f"the inputs do not tell the {vectors} vectors apart; give a geometry of arity {vectors} and a cost "
                "table with mux, or more inputs"
            )
        parts.append(_merge_all(pool, OR, [carrier, mask]))
    return _merge_all(pool, AND, parts)


def _netlist(pool: _Words, base: dict[int, int], outputs: list[int], hidden: bool) -> Netlist:
    used: dict[int, tuple[int, tuple[int, ...]]] = {}
    pending = list(outputs)
    while pending:
        word = pending.pop()
        if word not in used and word in pool.gates:
            used[word] = pool.gates[word]
            pending.extend(pool.gates[word][1])
    if not hidden:
        return Netlist(used, base, outputs)
    gates = {
        word: (code, tuple(pin + HIDDEN if pin in base and pin not in used else pin for pin in pins))
        for word, (code, pins) in used.items()
    }
    for word in sorted({word for word in outputs if word not in gates}):
        gates[word] = (WIRE, (word + HIDDEN,))
    return Netlist(gates, {word + HIDDEN: pin for word, pin in base.items()}, outputs)
