"""The kept values of shared_codebook are the best there are."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cgplab.selections.codebook import best_codebook


def squared_error(values, codebook):
    """Every weight takes the nearest value."""
    return int((np.abs(values.astype(int)[:, None] - codebook.astype(int)).min(axis=1) ** 2).sum())


@given(st.lists(st.integers(-128, 127), min_size=1, max_size=14), st.integers(1, 5))
def test_no_other_choice_serves_better(weights, size):
    values = np.array(weights, dtype=np.int8)
    found = np.unique(values)
    size = min(size, len(found))
    chosen = best_codebook(values, size)
    assert chosen.dtype == np.int8
    assert len(chosen) == size
    assert np.isin(chosen, found).all()
    assert (np.diff(chosen.astype(int)) > 0).all()
    best = min(squared_error(values, np.array(some)) for some in combinations(found, size))
    assert squared_error(values, chosen) == best


def test_all_values_keep_everything():
    values = np.arange(-128, 128).astype(np.int8)
    assert best_codebook(values, 256).tolist() == values.tolist()
