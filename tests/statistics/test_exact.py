"""Exact p-values against counting every outcome, and what is said about where a p-value comes from."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cgplab.statistics import compare, exact
from cgplab.statistics.overall import rank_sum, signed_rank
from tests import naive
from tests.statistics.published import blocked, grouped
from tests.thorough import examples

values = st.integers(0, 4).map(float)  # few values: many ties
columns = lambda k: st.lists(values, min_size=k, max_size=k)


def test_three_blocks_that_agree_on_three_levels():
    ranks = np.tile([1.0, 2.0, 3.0], (3, 1))
    assert naive.friedman_p(ranks.tolist()) == Fraction(6, 216)
    found = compare(blocked(ranks), "value", "level", "block")
    assert found.test.p == pytest.approx(1 / 36, abs=1e-12)
    assert found.test.how == "exact"
    report = found.report()
    assert "p = 0.028 (exact)" in report
    assert "asymptotic p = 0.05" in report
    assert "inf" not in report.replace("no finite value", "")
    assert "W = 1" in report
    assert "1.00 to 1.00" not in report
    assert "no interval: all blocks agree" in report


@settings(max_examples=examples(30))
@given(st.lists(columns(3), min_size=2, max_size=4))
def test_friedman_counts_every_order(rows):
    ranks = stats.rankdata(rows, axis=1)
    found = exact.friedman(ranks, 0, 1)
    assert found.how == "exact"
    assert found.value == pytest.approx(float(naive.friedman_p(ranks.tolist())), abs=1e-12)


@given(st.lists(values, min_size=1, max_size=6), st.lists(values, min_size=1, max_size=6))
def test_rank_sums_count_every_choice(x, y):
    ranks = stats.rankdata([*x, *y]).tolist()
    assert exact.rank_sum(np.array(x), np.array(y)).value == pytest.approx(float(naive.rank_sum_p(ranks, len(x))))


@given(st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=9).filter(any))
def test_signed_ranks_count_every_sign(differences):
    differences = np.array(differences)
    ranks = (np.sign(differences) * stats.rankdata(np.abs(differences)))[differences != 0]
    assert signed_rank(differences)[1].value == pytest.approx(float(naive.signed_rank_p(ranks.tolist())))


@settings(max_examples=examples(15))
@given(st.tuples(columns(2), columns(2), st.lists(values, min_size=1, max_size=3)))
def test_kruskal_counts_every_deal(samples):
    samples = [np.array(sample) for sample in samples]
    ranks = stats.rankdata(np.concatenate(samples)).tolist()
    found = exact.kruskal(samples, 0, 1)
    assert found.value == pytest.approx(float(naive.kruskal_p(ranks, [len(sample) for sample in samples])))


def test_without_ties_they_are_scipys(random):
    x, y = random.normal(size=12), random.normal(size=9) + 0.5
    assert rank_sum(x, y)[1].value == pytest.approx(stats.mannwhitneyu(x, y, method="exact").pvalue)
    assert signed_rank(x)[1].value == pytest.approx(stats.wilcoxon(x, method="exact").pvalue)


def test_drawn_permutations_come_near_what_is_counted(random, monkeypatch):
    ranks = stats.rankdata(random.normal(size=(5, 4)) + np.arange(4) * 0.5, axis=1)
    samples = [random.normal(size=4) + 0.5 * i for i in range(3)]
    counted = exact.friedman(ranks, 0, 1), exact.kruskal(samples, 0, 1)
    monkeypatch.setattr(exact, "_MOST_STATES", 1)
    assert exact.friedman(ranks, 0, 1) is exact.kruskal(samples, 0, 1) is None
    drawn = exact.friedman(ranks, 20_000, 1), exact.kruskal(samples, 20_000, 1)
    for one, other in zip(counted, drawn, strict=True):
        assert (one.how, other.how) == ("exact", "permutation, n = 20,000")
        assert other.value == pytest.approx(one.value, abs=4 * np.sqrt(one.value * (1 - one.value) / 20_000) + 1e-4)
    assert exact.friedman(ranks, 20_000, 1) == drawn[0]


@pytest.mark.parametrize(
    ("frame", "block", "how"),
    [
        (blocked(np.random.default_rng(1).normal(size=(9, 3))), "block", "exact"),
        (blocked(np.random.default_rng(1).normal(size=(5, 12))), "block", "permutation, n = 99,999"),
        (blocked(np.random.default_rng(1).normal(size=(10, 3))), "block", "asymptotic"),
        (blocked(np.random.default_rng(1).exponential(size=(12, 2)) ** 4), "block", "exact"),
        (blocked(np.random.default_rng(1).exponential(size=(60, 2)) ** 4), "block", "asymptotic"),
        (blocked(np.random.default_rng(1).exponential(size=(12, 2)) ** 4), None, "exact"),
        (blocked(np.random.default_rng(1).exponential(size=(60, 2)) ** 4), None, "asymptotic"),
        (blocked(np.random.default_rng(1).exponential(size=(5, 3)) ** 6), None, "exact"),
        (blocked(np.random.default_rng(1).exponential(size=(6, 8)) ** 6), None, "permutation, n = 99,999"),
        (blocked(np.random.default_rng(1).exponential(size=(12, 3)) ** 6), None, "asymptotic"),
        (grouped({"a": np.arange(9.0), "b": np.arange(9.0) + 0.5}), None, ""),  # Student's t
    ],
)
def test_every_test_of_ranks_says_where_its_p_value_comes_from(frame, block, how):
    found = compare(frame, "value", "level", block)
    assert found.test.how == how, found.test.name
    assert (f"({how})" in found.report()) == bool(how)
