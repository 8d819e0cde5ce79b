"""Bars of the critical-difference diagram against the decisions they stand for."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cgplab.statistics import compare
from cgplab.statistics.bars import bars
from cgplab.statistics.diagram import title_of
from tests.statistics.published import blocked, grouped
from tests.thorough import examples


@st.composite
def decisions(draw):
    k = draw(st.integers(2, 7))
    different = np.zeros((k, k), dtype=bool)
    for i, j in combinations(range(k), 2):
        different[i, j] = different[j, i] = draw(st.booleans())
    return different, draw(st.permutations(range(k)))


def shares(groups, i, j):
    return any(i in group and j in group for group in groups)


@given(decisions())
def test_two_levels_share_a_bar_exactly_when_they_are_not_different(drawn):
    different, order = drawn
    found = bars(different, order)
    for i, j in combinations(range(len(different)), 2):
        assert shares(found, i, j) == (not different[i, j])


@given(decisions())
def test_bars_are_the_largest_sets(drawn):
    different, order = drawn
    found = [set(bar) for bar in bars(different, order)]
    k = len(different)
    naive = [
        set(group)
        for size in range(2, k + 1)
        for group in combinations(range(k), size)
        if not different[np.ix_(group, group)].any()
    ]
    largest = [group for group in naive if not any(group < other for other in naive)]
    assert sorted(map(sorted, found)) == sorted(map(sorted, largest))


values = st.integers(0, 6).map(float)  # few values: many ties


@settings(max_examples=examples(40))
@given(st.tuples(st.integers(3, 12), st.integers(3, 6)).flatmap(lambda shape: arrays(float, shape, elements=values)))
def test_nemenyis_bars_are_intervals_that_agree_with_the_critical_difference(matrix):
    found = compare(blocked(matrix), "value", "level", "block", resamples=0)
    ranks = found.average_ranks
    order = list(ranks.index)
    for bar in found.bars:
        places = [order.index(level) for level in bar]
        assert places == list(range(places[0], places[-1] + 1)), "a bar passes over a level"
    for row in found.pairs.itertuples():
        assert shares(found.bars, row.a, row.b) == (not row.different)
        if found.critical_difference is not None and found.critical_difference > 0:
            apart = abs(ranks[row.a] - ranks[row.b])
            assert row.different == (apart >= found.critical_difference)
            assert row.different == (row.p_adjusted <= found.alpha)


@pytest.mark.slow
@settings(max_examples=examples(10))
@given(st.lists(st.lists(values, min_size=2, max_size=9), min_size=3, max_size=5), st.sampled_from(["conover", "dunn"]))
def test_bars_agree_with_holms_decisions(groups, posthoc):
    found = compare(grouped(dict(enumerate(groups))), "value", "level", posthoc=posthoc, resamples=0)
    for row in found.pairs.itertuples():
        assert shares(found.bars, row.a, row.b) == (not row.different)
        assert row.different == (row.p_adjusted <= found.alpha)


def test_more_bars_than_a_diagram_can_show_are_not_counted():
    """Fourteen pairs that differ leave 2^14 largest sets; none is drawn, and the title says why."""
    different = np.zeros((28, 28), dtype=bool)
    for first in range(0, 28, 2):
        different[first, first + 1] = different[first + 1, first] = True
    assert bars(different, range(28)) == ()
    found = compare(grouped({f"l{i:02}": [1.0, 2.0, 3.0 + i % 2] for i in range(4)}), "value", "level")
    assert "No bars: more than 64 would be needed" in title_of(replace(found, bars=()))
