"""How many of a child's hits matter: the binomial distribution, from whole numbers alone."""

import numpy as np
import pytest
from scipy.stats import binom, chisquare

from cgplab.cgp.kernels import jit
from cgplab.cgp.kernels.incremental_hits import hits_that_matter

DRAWS = 200_000


@jit.kernel
def _histogram(hits, matter, n, state, counts):
    counter = state[0]
    for _ in range(DRAWS):
        drawn, counter = hits_that_matter(hits, matter, n, counter)
        counts[drawn] += 1
    state[0] = counter


def histogram(hits, matter, n, seed=1):
    counts = np.zeros(hits + 1, dtype=np.int64)
    _histogram(hits, matter, n, np.array([seed], dtype=np.uint64), counts)
    return counts


@pytest.mark.parametrize(
    ("hits", "matter", "n"),
    [(1, 1, 3), (7, 500, 1001), (63, 20, 999), (64, 2, 5), (65, 998, 999), (130, 300, 1024), (700, 5, 26_000),
     (1000, 2**31, 2**32 - 1)],
)  # fmt: skip
def test_binomial(hits, matter, n):
    counts = histogram(hits, matter, n)
    assert counts.sum() == DRAWS
    expected = DRAWS * binom.pmf(np.arange(hits + 1), hits, matter / n)
    # Rare numbers count as one, as the test of frequencies wants it.
    common = expected >= 20
    found = np.append(counts[common], counts[~common].sum())
    wanted = np.append(expected[common], expected[~common].sum())
    keep = wanted > 1e-3
    assert chisquare(found[keep], wanted[keep] * found[keep].sum() / wanted[keep].sum()).pvalue > 0.002


def test_certain_and_impossible():
    assert histogram(200, 9, 9)[200] == DRAWS
    assert histogram(200, 0, 9)[0] == DRAWS
    assert histogram(0, 3, 9)[0] == DRAWS


def test_the_same_bits_everywhere():
    # Drawn once and written down: a machine that draws anything else searches differently.
    assert histogram(100, 1, 3, seed=7)[30:37].tolist() == [13470, 15208, 16435, 16725, 16509, 15674, 14148]
