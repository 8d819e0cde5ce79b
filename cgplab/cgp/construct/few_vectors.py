"""Three or four vectors: every target word is an AND (or OR) of few words that cheap operators make.

A word holds one byte per vector. Arithmetic shifts make masks such as (0, -1, 0) of inputs whose signs differ
between vectors, so bitwise merges reach most words; a ``mux``, or masks, reach the rest. The result is exact
whatever the budget, and no bound is computed.
"""

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.construct.gates_cost import gate_weights
from cgplab.cgp.construct.placement import WIRE, Netlist, place
from cgplab.cgp.construct.word_pool import AND, Words, byte_of, pack, word_pool
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.operators import BY_NAME, CODE_OF_ID
from cgplab.cgp.problem import Problem
from cgplab.errors import InputError

Int64Array = NDArray[np.int64]

MOST_MERGES = 6
CHEAP = 2
"""Words that cost more gates than this many ANDs are looked at only if the others do not do."""
PAIRED = 600
"""Words of which all pairs are looked at."""
HIDDEN = 1 << 40
OR, MUX = (CODE_OF_ID[BY_NAME[name].id] for name in ("bit_or", "mux"))


def solve_words(problem: Problem, geometry: Geometry, quanta: Int64Array) -> tuple[Netlist, Circuit | None]:
    """Netlist and its circuit (None if it does not fit the grid) of a problem of three or four vectors.

    Raises
    ------
    InputError
        Some target cannot be made: the inputs do not tell the vectors apart and no ``mux`` is allowed.
    """
    weights = gate_weights(quanta)
    words = pack(problem.inputs)
    base: dict[int, int] = {}
    for pin, word in enumerate(words.tolist()):
        base.setdefault(word, pin)
    pool = word_pool(problem.n_vectors, base, weights)
    targets = pack(problem.targets)
    cares = pack(np.where(problem.effective_weights > 0, -1, 0).astype(np.int8))
    served: dict[tuple[int, int], int] = {}
    for target, care in sorted(set(zip(targets.tolist(), cares.tolist(), strict=True))):
        if care:
            served[target, care] = _make(pool, target, care, geometry)
    anything = next(iter(served.values()))
    outputs = [served.get(key, anything) for key in zip(targets.tolist(), cares.tolist(), strict=True)]
    netlist = _netlist(pool, base, outputs, geometry.l_back <= geometry.cols)
    return netlist, place(netlist, geometry, problem.n_vectors)


def _make(pool: Words, target: int, care: int, geometry: Geometry) -> int:
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


def _cover(pool: Words, target: int, care: int, flip: int, dearest: int) -> list[int] | None:
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


def _merge_all(pool: Words, code: int, words: list[int]) -> int:
    result = words[0]
    pool.take(result)
    for word in words[1:]:
        merged = result & word if code == AND else result | word
        if merged != result:
            pool.merge(code, (result, word), merged)
            result = merged
    return result


def _select(pool: Words, target: int, care: int, geometry: Geometry) -> int:
    """Choose each vector's byte from a word that carries it: with a mux, else with masks."""
    vectors = pool.vectors
    carriers: list[int] = []
    for vector in range(vectors):
        byte = int(byte_of(np.array([target]), vectors, vector)[0])
        carry = np.flatnonzero(byte_of(pool.words, vectors, vector) == byte)
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


def _netlist(pool: Words, base: dict[int, int], outputs: list[int], hidden: bool) -> Netlist:
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
