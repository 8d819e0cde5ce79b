"""How many of a child's hits matter: the multinomial distribution, from whole numbers alone."""

import numpy as np
import pytest
from scipy.stats import binom, chisquare

from cgplab.cgp.kernels import jit
from cgplab.cgp.kernels.incremental_hits import hits_that_matter

DRAWS = 200_000


@jit.kernel
def _histogram(hits, n_first, n_second, n, state, counts):
    counter = state[0]
    for _ in range(DRAWS):
        on_first, on_second, counter = hits_that_matter(hits, n_first, n_second, n, counter)
        counts[on_first, on_second] += 1
    state[0] = counter


def histogram(hits, n_first, n_second, n, seed=1):
    counts = np.zeros((hits + 1, hits + 1), dtype=np.int64)
    _histogram(hits, n_first, n_second, n, np.array([seed], dtype=np.uint64), counts)
    return counts


def agree(found, chances):
    """Whether numbers drawn fit their chances; the rare ones count as one, as the test of frequencies wants it."""
    expected = DRAWS * chances
    common = expected >= 20
    found = np.append(found[common], found[~common].sum())
    wanted = np.append(expected[common], expected[~common].sum())
    keep = wanted > 1e-3
    if keep.sum() == 1:
        return found[keep][0] == DRAWS
    return chisquare(found[keep], wanted[keep] * found[keep].sum() / wanted[keep].sum()).pvalue > 0.002


@pytest.mark.parametrize(
    ("hits", "n_first", "n_second", "n"),
    [(1, 1, 1, 3), (7, 200, 300, 1001), (63, 20, 0, 999), (63, 0, 20, 999), (64, 2, 2, 5), (65, 900, 98, 999),
     (130, 100, 300, 1024), (700, 5, 40, 26_000), (1000, 2**31, 2**30, 2**32 - 1)],
)  # fmt: skip
def test_multinomial(hits, n_first, n_second, n):
    counts = histogram(hits, n_first, n_second, n)
    assert counts.sum() == DRAWS
    number = np.arange(hits + 1)
    first, second = n_first / n, n_second / n
    assert agree(counts.sum(axis=1), binom.pmf(number, hits, first))
    assert agree(counts.sum(axis=0), binom.pmf(number, hits, second))
    together = np.outer(binom.pmf(number, hits, first), np.ones(hits + 1))
    together *= binom.pmf(number, hits - number[:, None], second / (1 - first))  # 0 where there are not so many
    assert agree(counts.ravel(), np.nan_to_num(together).ravel())


def test_certain_and_impossible():
    assert histogram(200, 9, 0, 9)[200, 0] == DRAWS
    assert histogram(200, 0, 9, 9)[0, 200] == DRAWS
    assert histogram(200, 0, 0, 9)[0, 0] == DRAWS
    assert histogram(0, 3, 3, 9)[0, 0] == DRAWS
    assert np.fliplr(histogram(200, 4, 5, 9)).diagonal().sum() == DRAWS


def test_the_same_bits_everywhere():
    # Drawn once and written down: a machine that draws anything else searches differently.
    drawn = histogram(100, 1, 1, 3, seed=7)
    assert drawn.sum(axis=1)[30:37].tolist() == [13415, 15099, 16352, 17053, 16810, 15777, 14091]
    assert drawn.sum(axis=0)[30:37].tolist() == [13472, 15317, 16204, 16963, 16735, 15645, 13996]
