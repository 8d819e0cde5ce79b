"""Exact p-values of rank tests: the distribution of the statistic when the ranks seen are dealt out anew.

Ties make no difference, because the distribution is that of the ranks as they are. What has too many outcomes to count
is drawn at random, with a fixed seed; the result says which.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

PERMUTATIONS = 99_999
"""Draws where counting all outcomes takes too long; the least p-value then is 0.00001."""
FEW = 10
"""Blocks, or values of the smallest level, below which a chi-squared distribution is not relied on."""
MOST_VALUES = 50
"""Values of a sample below which sums of ranks are counted, as R counts them."""
_MOST_STATES = 1_000_000
"""Outcomes held at once while counting: about half a second of work."""
_MOST_LEVELS = 7
"""Levels whose orders are listed: 5,040."""
_BATCH_VALUES = 2_000_000
_FEWEST_DRAWN = 200
"""Values beyond which permutations are not drawn: the asymptotic distribution holds by then."""


@dataclass(frozen=True)
class P:
    """A p-value, and how it was found: ``exact``, ``permutation, n = 99,999`` or ``asymptotic``."""

    value: float
    how: str


def asymptotic(p: float) -> P:
    """A p-value from the distribution for many values."""
    return P(float(p), "asymptotic")


def friedman(ranks: Array, draws: int, seed: int) -> P | None:
    """P-value of Friedman's test: every order of the ranks within a block is as likely as any other.

    Sums of ranks are convolved block by block. Only their multiset matters, so they are kept in order.

    Parameters
    ----------
    ranks : (blocks, levels) float64
        Ranks within blocks; ties have their average.
    draws : int
        Permutations to draw where there are too many outcomes; 0 for none.
    seed : int
        Of the draws.

    Returns
    -------
    P or None
        None where nothing was counted or drawn: :data:`FEW` blocks or more, or ``draws`` is 0.
    """
    n, k = ranks.shape
    if n >= FEW:
        return None
    doubled = np.rint(2 * ranks).astype(np.int64)
    reached = int((doubled.sum(axis=0) ** 2).sum())
    counted = _sums_of_orders(doubled)
    if counted is not None:
        sums, shares = counted
        return P(_share(shares[(sums**2).sum(axis=1) >= reached]), "exact")
    if draws == 0:
        return None
    rng = np.random.default_rng(seed)
    hits = 0
    for size in _batches(draws, n * k):
        sums = np.zeros((size, k), dtype=np.int64)
        for block in doubled:
            sums += rng.permuted(np.broadcast_to(block, (size, k)), axis=1)
        hits += int(((sums**2).sum(axis=1) >= reached).sum())
    return _drawn(hits, draws)


def rank_sum(x: Array, y: Array) -> P | None:
    """Two-sided p-value of the Wilcoxon-Mann-Whitney test: every choice of the values of ``x`` is equally likely.

    Sums of ranks are counted by the shift algorithm of Streitberg and Röhmel, "Exact distributions for permutation
    and rank tests", 1986; as extreme is what lies as far from the mean.

    Parameters
    ----------
    x, y : (n,) float64

    Returns
    -------
    P or None
        None if a sample has :data:`MOST_VALUES` or more.
    """
    n, m = len(x), len(y)
    if max(n, m) >= MOST_VALUES:
        return None
    doubled = np.rint(2 * stats.rankdata(np.concatenate([x, y]))).astype(np.int64)
    ways = np.zeros((n + 1, int(doubled.sum()) + 1))
    ways[0, 0] = 1
    for rank in doubled:
        ways[1:, rank:] += ways[:-1, : ways.shape[1] - rank].copy()
    sums = np.arange(ways.shape[1])
    middle = n * (n + m + 1)  # of the doubled sum
    far = np.abs(sums - middle) >= abs(int(doubled[:n].sum()) - middle)
    return P(min(1.0, float(ways[n, far].sum() / ways[n].sum())), "exact")


def signed_rank(ranks: Array) -> P | None:
    """Two-sided p-value of Wilcoxon's signed-rank test: every rank is as likely on either side.

    Parameters
    ----------
    ranks : (n,) float64
        Ranks of the absolute differences with the sign of the difference; zeros are left out.

    Returns
    -------
    P or None
        None for :data:`MOST_VALUES` or more.
    """
    if len(ranks) >= MOST_VALUES:
        return None
    doubled = np.rint(2 * np.abs(ranks)).astype(np.int64)
    total = int(doubled.sum())
    ways = np.zeros(total + 1)
    ways[0] = 1
    for rank in doubled:
        ways[rank:] += ways[: total + 1 - rank].copy()
    positive = int(doubled[ranks > 0].sum())
    far = np.abs(2 * np.arange(total + 1) - total) >= abs(2 * positive - total)
    return P(min(1.0, float(ways[far].sum() / ways.sum())), "exact")


def kruskal(samples: Sequence[Array], draws: int, seed: int) -> P | None:
    """P-value of the Kruskal-Wallis test: every way to deal the values out to the levels is equally likely.

    Parameters
    ----------
    samples : sequence of (n,) float64
    draws, seed : int
        As in :func:`friedman`.

    Returns
    -------
    P or None
        None where nothing was counted or drawn: every level has :data:`FEW` values or more, or all of them have more
        than 200, or ``draws`` is 0.
    """
    lengths = np.array([len(values) for values in samples])
    total = int(lengths.sum())
    if lengths.min() >= FEW or total > _FEWEST_DRAWN:
        return None
    doubled = np.rint(2 * stats.rankdata(np.concatenate(samples))).astype(np.int64)
    ends = np.cumsum(lengths)
    reached = _weighted(np.add.reduceat(doubled, ends - lengths)[None, :], lengths)[0] * (1 - 1e-12)
    counted = _sums_of_deals(doubled, lengths)
    if counted is not None:
        sums, shares = counted
        return P(_share(shares[_weighted(sums, lengths) >= reached]), "exact")
    if draws == 0:
        return None
    rng = np.random.default_rng(seed)
    hits = 0
    for size in _batches(draws, total):
        dealt = rng.permuted(np.broadcast_to(doubled, (size, total)), axis=1)
        hits += int((_weighted(np.add.reduceat(dealt, ends - lengths, axis=1), lengths) >= reached).sum())
    return _drawn(hits, draws)


def _weighted(sums: Whole, lengths: Whole) -> Array:
    """What grows with H: the squares of the sums of ranks over the numbers of values."""
    return np.asarray((sums.astype(np.float64) ** 2 / lengths).sum(axis=1))


def _sums_of_orders(doubled: Whole) -> tuple[Whole, Array] | None:
    """Sums over blocks in ascending order, one row each, and their probabilities; None if they are too many."""
    n, k = doubled.shape
    if k > _MOST_LEVELS:
        return None
    base = int(doubled.sum(axis=0).max() + doubled.max()) * n + 1
    if base**k >= 2**62:
        return None
    places = base ** np.arange(k, dtype=np.int64)
    sums = np.sort(doubled[:1], axis=1)
    shares: Array = np.ones(1)
    for block in doubled[1:]:
        orders = np.array(sorted(set(permutations(block.tolist()))), dtype=np.int64)
        if len(sums) * len(orders) > _MOST_STATES:
            return None
        reached = np.sort((sums[:, None, :] + orders[None, :, :]).reshape(-1, k), axis=1)
        weights = np.repeat(shares / len(orders), len(orders))
        _, first, where = np.unique(reached @ places, return_index=True, return_inverse=True)
        sums, shares = reached[first], np.bincount(where, weights).astype(np.float64)
    return sums, shares


def _sums_of_deals(doubled: Whole, lengths: Whole) -> tuple[Whole, Array] | None:
    """Sums of ranks by level, one row for each outcome, and their probabilities; None if they are too many.

    Values are dealt one by one; a state is how many values each level has, and their sum.
    """
    k = len(lengths)
    total = int(doubled.sum())
    bases = [*(int(length) + 1 for length in lengths), *[total + 1] * (k - 1)]
    if float(np.prod(np.array(bases, dtype=float))) >= 2.0**62:
        return None
    places = np.concatenate([[1], np.cumprod(np.array(bases[:-1], dtype=np.int64))])
    state = np.zeros((1, 2 * k - 1), dtype=np.int64)
    ways: Array = np.ones(1)
    for rank in doubled:
        parts, weights = [], []
        for level in range(k):
            free = state[:, level] < lengths[level]
            part = state[free].copy()
            part[:, level] += 1
            if level < k - 1:
                part[:, k + level] += rank
            parts.append(part)
            weights.append(ways[free])
        reached = np.concatenate(parts)
        if len(reached) > _MOST_STATES:
            return None
        _, first, where = np.unique(reached @ places, return_index=True, return_inverse=True)
        state, ways = reached[first], np.bincount(where, np.concatenate(weights)).astype(np.float64)
    sums = state[:, k:]
    return np.column_stack([sums, total - sums.sum(axis=1)]), ways / ways.sum()


def _share(shares: Array) -> float:
    return min(1.0, float(shares.sum()))


def _drawn(hits: int, draws: int) -> P:
    """P-value of draws, never 0 (Phipson and Smyth, "Permutation p-values should never be zero", 2010)."""
    return P((hits + 1) / (draws + 1), f"permutation, n = {draws:,}")


def _batches(draws: int, values: int) -> Iterator[int]:
    """Sizes of batches of draws that hold a bounded number of values."""
    size = max(1, _BATCH_VALUES // values)
    while draws > 0:
        yield min(size, draws)
        draws -= size
