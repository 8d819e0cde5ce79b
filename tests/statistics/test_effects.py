"""Intervals of effect sizes: they hold their estimate, are never a point, and reach 0 where nothing differs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from cgplab.statistics import compare, effects
from tests.statistics.published import PLANT_GROWTH, blocked, grouped
from tests.thorough import examples

few = st.integers(0, 5).map(float)
many = st.floats(-1e3, 1e3, allow_subnormal=False)


def holds(effect):
    if effect.untold:
        assert np.isnan(effect.low)
        return
    assert effect.low <= effect.value <= effect.high, effect
    if not np.isnan(effect.corrected):
        assert 0 <= effect.corrected <= effect.value
        assert effect.low <= effect.corrected <= effect.high, effect
    assert effect.high > effect.low or effect.value == effect.high == 0, effect


@pytest.mark.slow
@settings(max_examples=examples(25))
@given(
    st.tuples(st.integers(3, 9), st.integers(2, 5)).flatmap(
        lambda shape: arrays(float, shape, elements=st.one_of(few, many))
    )
)
def test_every_interval_holds_its_estimate(matrix):
    for block in (None, "block"):
        found = compare(blocked(matrix), "value", "level", block, resamples=0)
        holds(found.effect)
        pairs = found.pairs
        assert ((pairs["delta_low"] <= pairs["delta"]) & (pairs["delta"] <= pairs["delta_high"])).all()
        assert (pairs["delta_high"] > pairs["delta_low"]).all()
        assert pairs["delta_low"].ge(-1).all()
        assert pairs["delta_high"].le(1).all()


SIMULATED = 400


def share_of_null_intervals_with_zero(draw):
    random = np.random.default_rng(15)
    return np.mean([draw(random).low <= 1e-9 for _ in range(SIMULATED)])


@pytest.mark.parametrize("blocks", [4, 12])
def test_where_nothing_differs_95_of_100_intervals_of_w_hold_0(blocks):
    def draw(random):
        return effects.concordance(list(stats.rankdata(random.normal(size=(blocks, 4)), axis=1).T))

    assert share_of_null_intervals_with_zero(draw) >= 0.93


@pytest.mark.parametrize("kind", ["epsilon", "omega"])
def test_where_nothing_differs_95_of_100_intervals_hold_0(kind):
    def draw(random):
        samples = [random.normal(size=8) for _ in range(4)]
        if kind == "epsilon":
            return effects.epsilon_squared_of(samples)
        return effects.omega_squared(float(stats.f_oneway(*samples).statistic), 3, 28, 32)

    assert 0.93 <= share_of_null_intervals_with_zero(draw) <= 1


@pytest.mark.parametrize(("shift", "least"), [(0.0, 0.93), (1.0, 0.9), (2.5, 0.9)])
def test_intervals_of_deltas_hold_the_truth(shift, least):
    random = np.random.default_rng(15)
    truth = 2 * stats.norm.cdf(shift / np.sqrt(2)) - 1
    apart = within = 0
    for _ in range(SIMULATED):
        x, y = random.normal(size=12) + shift, random.normal(size=12)
        apart += effects.delta(x, y).low <= truth <= effects.delta(x, y).high
        within += effects.delta_within(x, y).low <= truth <= effects.delta_within(x, y).high
    assert apart / SIMULATED >= least
    assert within / SIMULATED >= least


@pytest.mark.parametrize("spread", [0.5, 1.5])
def test_intervals_of_w_hold_the_truth(spread):
    random = np.random.default_rng(15)
    means = np.linspace(0, spread * 2, 4)
    ranks = lambda n: stats.rankdata(random.normal(size=(n, 4)) + means, axis=1)
    truth = effects.concordance(list(ranks(3000).T)).corrected
    hits = [(e := effects.concordance(list(ranks(16).T))).low <= truth <= e.high for _ in range(SIMULATED)]
    assert np.mean(hits) >= 0.91


def test_w_of_blocks_that_nearly_agree_has_an_interval():
    ranks = np.tile([1.0, 2.0, 3.0], (20, 1))
    ranks[0] = [2, 1, 3]
    found = effects.concordance(list(ranks.T))
    assert found.low < found.value < 1
    assert found.high <= 1


def test_w_without_bias_is_the_mean_correlation_of_two_blocks(random):
    ranks = stats.rankdata(random.normal(size=(7, 5)) + np.arange(5), axis=1)
    correlations = np.corrcoef(ranks)[np.triu_indices(7, 1)]
    assert effects.concordance(list(ranks.T)).corrected == pytest.approx(correlations.mean())


def test_omega_squared_of_plant_growth():
    # From the table of R's summary(aov(weight ~ group)): sums of squares 3.76634 and 10.49209, mean square 0.3886.
    found = compare(grouped(PLANT_GROWTH), "value", "level").effect
    assert found.name == "omega squared"
    assert found.value == pytest.approx((3.76634 - 2 * 0.3885959) / (3.76634 + 10.49209 + 0.3885959), abs=1e-5)
    # Each bound is the noncentrality that gives F = 4.846088 or more (less) with a probability of .025.
    for bound, tail in ((found.low, stats.ncf.sf), (found.high, stats.ncf.cdf)):
        assert tail(4.846088, 2, 27, 30 * bound / (1 - bound)) == pytest.approx(0.025, abs=1e-5)
