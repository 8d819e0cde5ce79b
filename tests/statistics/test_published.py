"""Comparisons against worked examples in print and in R's help pages."""

import numpy as np
import pytest
import scikit_posthocs
from scipy import stats

from cgplab.statistics import compare, correlate, one_sample, regress
from cgplab.statistics.overall import signed_rank
from tests.statistics.published import (
    CLASSIFIERS,
    DEMSAR,
    INSECT_SPRAYS,
    PLANT_GROWTH,
    ROUNDING_TIMES,
    SLEEP,
    blocked,
    grouped,
)


@pytest.fixture(scope="module")
def demsar():
    return compare(blocked(DEMSAR, CLASSIFIERS), "value", "level", "block", best="highest")


def test_demsar_friedman(demsar):
    # Demsar prints chi-squared 9.28 and F 3.69, neither corrected for ties, and the ranks to three digits.
    untied = dict(demsar.test.also)["chi-squared without the correction for ties"]
    assert untied == pytest.approx(9.28, abs=0.005)
    assert 13 * untied / (14 * 3 - untied) == pytest.approx(3.69, abs=0.005)
    ranks = demsar.levels["average_rank"]
    assert [round(float(ranks[name]), 3) for name in CLASSIFIERS] == [3.143, 2.000, 2.893, 1.964]


def test_demsar_ties_are_corrected_as_scipy_does(demsar):
    assert demsar.test.statistic == pytest.approx(stats.friedmanchisquare(*DEMSAR.T).statistic)
    assert demsar.test.statistic > 9.28
    assert demsar.effect.value == pytest.approx(demsar.test.statistic / (14 * 3))
    assert demsar.effect.low < demsar.effect.value < demsar.effect.high


def test_demsar_critical_difference(demsar):
    # Demsar: CD = 1.25 at 0.05 (q = 2.569); with the variance of tied ranks it is a little less.
    assert demsar.posthoc.uncorrected == pytest.approx(1.25, abs=0.005)
    assert demsar.critical_difference < demsar.posthoc.uncorrected
    # The paper finds no pair apart by 1.25: "the post-hoc test is not powerful enough". Its largest distance is 1.179.
    assert np.ptp(demsar.levels["average_rank"]) == pytest.approx(1.179, abs=0.001)


def test_demsar_wilcoxon():
    # Demsar, section 3.1.3: C4.5 against C4.5+m gives T = min(93, 12) = 12; significant at 0.05.
    statistic, p = signed_rank(DEMSAR[:, 1] - DEMSAR[:, 0])
    assert statistic == 12
    assert p.value < 0.05


def test_rounding_times_as_r_prints_them():
    # R: Friedman chi-squared = 11.143, df = 2, p-value = 0.003805.
    found = compare(blocked(ROUNDING_TIMES), "value", "level", "block", resamples=0)
    assert found.test.statistic == pytest.approx(11.143, abs=5e-4)
    assert found.test.p == pytest.approx(0.003805, abs=5e-7)


def test_plant_growth_as_r_prints_it():
    # R: F value 4.846, Pr(>F) 0.0159; TukeyHSD p adj 0.3908711, 0.1979960, 0.0120064.
    found = compare(grouped(PLANT_GROWTH), "value", "level", resamples=0)
    assert found.test.name == "one-way ANOVA"
    assert found.test.statistic == pytest.approx(4.846, abs=5e-4)
    assert found.test.p == pytest.approx(0.01591, abs=5e-6)
    assert found.pairs["p_adjusted"].tolist() == pytest.approx([0.3908711, 0.1979960, 0.0120064], abs=2e-5)
    assert found.pairs["different"].tolist() == [False, False, True]


def test_insect_sprays_as_r_prints_them():
    # R: Kruskal-Wallis chi-squared = 54.691, df = 5, p-value = 1.511e-10.
    found = compare(grouped(INSECT_SPRAYS), "value", "level", resamples=0)
    assert found.test.name == "Kruskal-Wallis"
    assert found.test.statistic == pytest.approx(54.691, abs=5e-4)
    assert found.test.p == pytest.approx(1.511e-10, rel=1e-3)
    assert found.effect.value == pytest.approx(54.691 / 71, abs=1e-5)


def test_sleep_as_r_prints_it():
    # R: t = -4.0621, df = 9, p-value = 0.002833 (paired); Student's t = -1.8608, df = 18, p = 0.07919.
    # R: shapiro.test of the differences W = 0.82987, p-value = 0.03334, so ranks decide.
    paired = compare(grouped(SLEEP), "value", "level", "block", resamples=0)
    assert paired.checks.normality == (pytest.approx(0.03334, abs=5e-6),)
    assert paired.test.name == "Wilcoxon signed-rank"
    assert paired.significant
    apart = compare(grouped(SLEEP), "value", "level", resamples=0)
    assert apart.test.name == "Student's t"
    assert apart.test.statistic == pytest.approx(-1.8608, abs=5e-5)
    assert apart.test.p == pytest.approx(0.07919, abs=5e-6)


def test_nemenyi_without_ties_is_that_of_scikit_posthocs(random):
    matrix = random.normal(size=(20, 5)) + np.arange(5) * 0.4
    found = compare(blocked(matrix), "value", "level", "block", resamples=0)
    theirs = scikit_posthocs.posthoc_nemenyi_friedman(matrix).to_numpy()
    assert found.posthoc.adjusted == pytest.approx(theirs, abs=1e-3)
    assert found.critical_difference == pytest.approx(found.posthoc.uncorrected)


def test_correlation_and_regression_on_known_figures():
    # R: cor.test(mtcars) needs a table; Anscombe's first set is small: r = 0.81642, lm slope 0.5001, intercept 3.0001.
    x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]
    found = correlate(x, y)
    assert found.pearson.value == pytest.approx(0.81642, abs=5e-6)
    assert (found.pearson.low, found.pearson.high) == pytest.approx((0.4243912, 0.9506933), abs=1e-6)
    assert regress(x, y).slope == pytest.approx(0.5, abs=0.05)


def test_anscombes_outlier_does_not_turn_the_line():
    # Third set: all but one point on y = 4 + 0.346 x; least squares give 0.4997.
    x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    y = [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73]
    line = regress(x, y)
    assert line.slope == pytest.approx(0.345, abs=0.005)
    assert line.intercept == pytest.approx(4.0, abs=0.05)


def test_one_sample_as_student_and_r_print_it():
    # Student, "The probable error of a mean", 1908: mean gain 0.75 of the first drug; R: t = 1.3257, p = 0.2176.
    found = one_sample(SLEEP["1"], 0)
    assert found.test == "Student's t test"
    assert found.effect.value == pytest.approx(0.75)
    assert found.statistic == pytest.approx(1.3257, abs=5e-5)
    assert found.p == pytest.approx(0.2176, abs=5e-5)
    assert not found.different
