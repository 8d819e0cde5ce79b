"""Words of three or four vectors, one byte per vector, that cheap operators make of the inputs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.construct.placement import WIRE
from cgplab.cgp.operators import BY_NAME, CODE_OF_ID, CODED, PLAIN_CODES, apply_operator

Int64Array = NDArray[np.int64]

POOL = 300_000
"""Words that cheap operators make and a target is merged from."""
CHAIN = 3
AND, DEMUX, WIDEST = (CODE_OF_ID[BY_NAME[name].id] for name in ("bit_and", "demux", "r_shift_5"))


@dataclass(eq=False)
class Words:
    """Growing pool of words with the way each is made.

    Attributes
    ----------
    vectors : int
        Bytes of a word; the last vector's byte is the lowest.
    weights : (codes,) int64
        Of a gate by operator code.
    words : (n,) int64
    by, origin : (n,) int64
        Operator code of each word's last gate, and the word that it reads; -1 where there is none.
    price : (n,) int64
        Weight of the gates that are still missing for each word.
    gates : dict of int to (int, tuple of int)
        Words derived so far -> operator code and the words it reads.
    index : dict of int to int
        Word -> its place in ``words``.
    """

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


def pack(words: NDArray[np.int8]) -> Int64Array:
    """Words of the columns of (vectors, n) int8, (n,) int64."""
    packed = np.zeros(words.shape[1], dtype=np.int64)
    for row in words:
        packed = packed << 8 | (row.astype(np.int64) & 255)
    return packed


def byte_of(words: Int64Array, vectors: int, vector: int) -> Int64Array:
    """One vector's byte of each word, 0 to 255."""
    return words >> (8 * (vectors - 1 - vector)) & 255


def _apply(code: int, words: Int64Array, vectors: int) -> Int64Array:
    result = np.zeros_like(words)
    for vector in range(vectors):
        pins = [byte_of(words, vectors, vector).astype(np.uint8).view(np.int8)]
        result = result << 8 | (apply_operator(CODED[code], pins, vector).astype(np.int64) & 255)
    return result


def word_pool(vectors: int, base: dict[int, int], weights: Int64Array) -> Words:
    """Inputs, all that unary operators make of the constants, masks, then chains of cheap unary operators."""
    empty = np.zeros(0, dtype=np.int64)
    pool = Words(vectors, weights, empty, empty, empty, empty, {}, {})
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
    _chains(pool, np.arange(len(inputs)), [WIDEST], 2, 4 * POOL)
    _chains(pool, np.arange(len(pool.words)), cheap, CHAIN, POOL)
    return pool


def _chains(pool: Words, start: NDArray[np.intp], codes: list[int], length: int, most: int) -> None:
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
