"""Gap table, sets of values and carrier look-up of the nearest-value kernel, against their obvious twins."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from cgplab.cgp.gap_errors import gap_table, target_weights
from cgplab.cgp.kernels.nearest_presence import gain, next_above, next_below
from cgplab.cgp.kernels.nearest_values import next_carrier
from tests.thorough import examples


@njit
def neighbours(members, value):
    return next_below(members, value), next_above(members, value)


@njit
def gain_of(gaps, members, value):
    return gain(gaps, members, value)


@njit
def carrier(words, value, pin, end):
    return next_carrier(words, value, pin, end)


def as_set(values):
    members = np.zeros(4, dtype=np.uint64)
    for value in values:
        members[value >> 6] |= np.uint64(1) << np.uint64(value & 63)
    return members


def error_of(weights, members, absolute):
    """Error if every target takes the closest member."""
    total = 0
    for target, weight in enumerate(weights.tolist()):
        distance = min(abs(target - member) for member in members)
        total += weight * (distance if absolute else distance**2)
    return total


members_of = st.sets(st.integers(0, 255), min_size=1, max_size=256)


@settings(max_examples=examples(60))
@given(members_of, st.booleans(), st.integers(0, 2**32), st.sampled_from([1, 10**6, 2**38]))
def test_gaps_add_up_to_the_error(members, absolute, seed, scale):
    random = np.random.default_rng(seed)
    weights = random.integers(0, 3, 256) * random.integers(0, 2, 256) * scale
    gaps = gap_table(weights, absolute)
    assert (gaps >= 0).all()
    ends = [-1, *sorted(members), 256]
    total = sum(int(gaps[low + 1, high + 1]) for low, high in pairwise(ends))
    assert total == error_of(weights, members, absolute)
    assert gaps[0, 257] >= total


@settings(max_examples=examples(60))
@given(members_of, st.integers(0, 255), st.booleans(), st.integers(0, 2**32))
def test_gain_is_the_difference_of_two_errors(members, value, absolute, seed):
    weights = np.random.default_rng(seed).integers(0, 9, 256)
    gaps = gap_table(weights, absolute)
    rest = members - {value}
    if not rest:
        return
    expected = error_of(weights, rest, absolute) - error_of(weights, rest | {value}, absolute)
    assert gain_of(gaps, as_set(rest), value) == expected


@settings(max_examples=examples(100))
@given(st.sets(st.integers(0, 255)), st.integers(0, 255))
def test_neighbours_in_a_set(members, value):
    below = max((m for m in members if m < value), default=-1)
    above = min((m for m in members if m > value), default=256)
    assert neighbours(as_set(members), value) == (below, above)


@settings(max_examples=examples(100))
@given(st.lists(st.sampled_from([-128, -127, -1, 0, 1, 126, 127]), min_size=1, max_size=70), st.data())
def test_next_carrier(values, data):
    words = np.zeros(len(values) // 8 + 1, dtype=np.uint64)
    words.view(np.int8)[: len(values)] = values
    pin, end = data.draw(st.integers(0, len(values))), data.draw(st.integers(0, len(values)))
    for value in (-128, -127, -1, 0, 1, 127, 5):
        expected = next((p for p in range(pin, end) if values[p] == value), -1)
        assert carrier(words, value + 128, pin, end) == expected


def test_equal_targets_are_one():
    weights = target_weights(np.array([5, 5, -128, 127], dtype=np.int8), np.array([1, 2, 0, 7]))
    assert weights[[133, 0, 255]].tolist() == [3, 0, 7]
    assert weights.sum() == 10


@pytest.mark.parametrize("absolute", [False, True])
def test_no_set_is_as_bad_as_none(absolute):
    gaps = gap_table(np.full(256, 3), absolute)
    assert gaps[0, 257] > max(gaps[0, 1:257].max(), gaps[1:, 257].max())
