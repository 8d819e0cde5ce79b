"""Equivalence, controls, mixed models and power: published and exact values, plain words, one line for bad input."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cgplab.errors import InputError
from cgplab.statistics import against_control, compare, equivalence, mixed, power
from cgplab.statistics.samples import gather
from tests import naive
from tests.statistics.published import DEMSAR, PLANT_GROWTH, SLEEP, blocked, grouped
from tests.thorough import examples

mixed_model = import_module("cgplab.statistics.mixed")


def samples(frame, block=None):
    return gather(frame, "value", "level", block)


# --- equivalence -------------------------------------------------------------------------------------------


def test_two_one_sided_tests_of_sleep_are_rs():
    # R, with d the ten gains by drug 2 less those by drug 1: t.test(d, mu = 2.5, alternative = "less") p = 0.02111686,
    # mu = -2.5, "greater" p = 1.200242e-06; t.test(d, conf.level = 0.9) 0.8669947 to 2.2930053.
    found = equivalence(samples(grouped(SLEEP), "block"), 2.5, "1").levels.iloc[0]
    assert found["difference"] == pytest.approx(1.58)
    assert found["p_below"] == pytest.approx(0.02111686, abs=5e-9)
    assert found["p_above"] == pytest.approx(1.200242e-06, rel=1e-5)
    assert (found["low"], found["high"]) == pytest.approx((0.8669947, 2.2930053), abs=1e-6)
    assert found["p"] == max(found["p_below"], found["p_above"])
    assert found["verdict"] == "equivalent"


def test_equivalence_of_independent_samples_is_welchs(random):
    x, y = random.normal(size=30), random.normal(size=20) * 2
    found = equivalence(samples(grouped({"x": x, "y": y})), 1.5, "x")
    below = stats.ttest_ind(y - 1.5, x, equal_var=False, alternative="less").pvalue
    assert found.levels.iloc[0]["p_below"] == pytest.approx(below)
    assert np.isnan(found.levels.iloc[0]["within"])
    assert "No Bayesian signed-rank test: it needs blocks" in found.report()


@settings(max_examples=examples(8))
@given(st.lists(st.integers(-5, 5).map(float), min_size=3, max_size=12), st.integers(1, 4))
def test_the_bayesian_test_is_the_share_of_weighted_pairs(differences, margin):
    matrix = np.column_stack([np.zeros(len(differences)), differences])
    found = equivalence(samples(blocked(matrix), "block"), float(margin), "level 0", seed=3).levels.iloc[0]
    expected = naive.signed_rank_posterior(differences, margin, draws=400, seed=5)
    for share, name in zip(expected, ("below", "within", "above"), strict=True):
        assert found[name] == pytest.approx(share, abs=0.12)


def test_the_words_of_equivalence(random):
    matrix = np.column_stack([np.zeros(20), random.normal(0.02, 0.01, 20), random.normal(0.3, 0.01, 20)])
    found = equivalence(samples(blocked(matrix), "block"), 0.1)
    assert found.levels["verdict"].tolist() == ["every difference is 0", "equivalent", "beyond the margin"]
    report = found.report()
    assert "Equivalence of value with 0 within ±0.1: 20 blocks (block), each cell one run." in report
    assert "level 0: mean difference 0, n = 20; no t test, as nothing varies" in report
    assert found.levels["within"].tolist() == pytest.approx([1, 1, 0])
    assert equivalence(samples(blocked(matrix), "block"), 0.1).report() == report
    gains = np.column_stack([random.normal(-0.3, 0.01, 20), random.normal(0, 1, 20)])
    verdicts = equivalence(samples(blocked(gains), "block"), 0.1).levels["verdict"].tolist()
    assert verdicts == ["below the margin", "equivalence not shown"]


def test_every_verdict_of_equivalence_is_adjusted(random):
    """Ten levels just beyond the margin, each at p = .03 alone: after Holm none is beyond."""
    one = random.normal(size=12)
    one = (one - one.mean()) / one.std(ddof=1)
    shift = stats.t.isf(0.015, 11) / np.sqrt(12)
    single = equivalence(samples(blocked((one + 0.1 + shift)[:, None].repeat(2, axis=1)), "block"), 0.1)
    assert single.levels["verdict"].tolist() == ["equivalence not shown"] * 2
    assert single.levels["p_beyond"].to_numpy() == pytest.approx([0.06, 0.06])
    (alone,) = equivalence(
        samples(blocked(np.column_stack([np.zeros(12), one + 0.1 + shift])), "block"), 0.1, "level 0"
    ).levels.to_dict("records")
    assert (alone["verdict"], alone["p_beyond"]) == ("beyond the margin", pytest.approx(0.03))


def test_equivalence_needs_a_level_below_a_half():
    with pytest.raises(InputError, match=r"alpha is 0\.6; for equivalence it must lie between 0 and 0\.5"):
        equivalence(samples(grouped(SLEEP), "block"), 1.0, alpha=0.6)


@pytest.mark.parametrize("margin", [0.0, -1.0, np.nan, np.inf])
def test_a_margin_must_be_above_0(margin):
    with pytest.raises(InputError, match="must be a finite number above 0"):
        equivalence(samples(grouped(SLEEP), "block"), margin)


def test_one_value_has_no_equivalence():
    with pytest.raises(InputError, match="one value of value at b; equivalence needs two or more"):
        equivalence(samples(grouped({"a": [1, 2, 3], "b": [1]})), 1.0)


# --- controls ----------------------------------------------------------------------------------------------

# Dunnett, 1955: blood counts of a control and of animals under drugs A and B.
BLOOD = {
    "control": (7.40, 8.50, 7.20, 8.24, 9.84, 8.32),
    "A": (9.76, 8.80, 7.68, 9.36),
    "B": (12.80, 9.68, 12.16, 9.20, 10.55),
}


def test_dunnetts_own_example():
    found = against_control(samples(grouped(BLOOD)), "control")
    assert found.test == "Dunnett's test"
    # As scipy's documentation and R's DescTools::DunnettTest print them: 0.6201 and 0.0059.
    assert found.levels.set_index("level")["p_adjusted"].to_dict() == pytest.approx({"A": 0.620, "B": 0.0059}, abs=1e-3)
    assert found.levels.set_index("level")["different"].to_dict() == {"A": False, "B": True}
    assert "; difference of means 2.628; Cliff's delta +0.87" in found.report()


def test_demsars_z_against_a_control():
    # Demsar, section 3.2.2 of the same data: SE = sqrt(4 * 5 / (6 * 14)) = 0.488 and CD (Bonferroni-Dunn) = 2.394 SE =
    # 1.16; with the variance of tied ranks both are a little less.
    ranks = stats.rankdata(-DEMSAR, axis=1)
    frame = blocked(ranks, ["C4.5", "m", "cf", "m+cf"])
    found = against_control(samples(frame, "block"), "C4.5")
    assert found.test == "z test of average ranks with Holm's method"
    variance = ((ranks - 2.5) ** 2).sum() / (14 * 3)
    assert found.critical_difference == pytest.approx(2.394 * np.sqrt(2 * variance / 14), abs=1e-3)
    assert found.critical_difference == pytest.approx(1.16, abs=0.05)
    z = (ranks.mean(axis=0) - ranks.mean(axis=0)[0])[1:] / np.sqrt(2 * variance / 14)
    assert sorted(found.levels["statistic"]) == pytest.approx(sorted(z))


def test_without_ties_z_is_demsars(random):
    matrix = random.normal(size=(20, 4))
    found = against_control(samples(blocked(matrix), "block"), "level 0")
    mean = stats.rankdata(matrix, axis=1).mean(axis=0)
    assert found.levels["statistic"].to_numpy() == pytest.approx((mean[1:] - mean[0]) / np.sqrt(4 * 5 / (6 * 20)))


def test_few_blocks_are_compared_by_exact_signed_ranks(random):
    found = against_control(samples(blocked(random.normal(size=(6, 3)) + np.arange(3)), "block"), "level 1")
    assert found.test == "Wilcoxon signed-rank tests (exact) with Holm's method"
    assert "there are 6 blocks and 3 levels" in found.report()
    asked = against_control(samples(blocked(random.normal(size=(12, 3))), "block"), "level 1", posthoc="wilcoxon")
    assert "it was asked for" in asked.report()


def test_skewed_samples_are_compared_by_ranks(random):
    frame = grouped({c: random.exponential(size=12) ** 4 + i for i, c in enumerate("abc")})
    found = against_control(samples(frame), "b")
    assert found.test == "Mann-Whitney tests (exact) with Holm's method"
    assert found.levels["level"].tolist() == ["a", "c"]


def test_an_unknown_control_is_named():
    with pytest.raises(InputError, match="level has no level 9; there are: ctrl, trt1, trt2"):
        against_control(samples(grouped(PLANT_GROWTH)), "9")


def test_a_number_names_its_level():
    frame = grouped({0.0: [1, 2, 3], 5.0: [2, 3, 5]})
    assert against_control(samples(frame), "5").control == 5.0


# --- mixed models ------------------------------------------------------------------------------------------


def nested(random, layers=8, kernels=4, seeds=3, effect=1.0):
    rows = []
    for i in range(layers):
        of_layer = random.normal(0, 2)
        for j in range(kernels):
            of_kernel = random.normal(0, 1)
            rows += [
                {
                    "layer": f"l{i}",
                    "kernel": f"{j}",
                    "strategy": t,
                    "y": of_layer + of_kernel + effect * t + random.normal(0, 0.5),
                }
                for t in (0.0, 1.0, 2.0)
                for _ in range(seeds)
            ]
    return pd.DataFrame(rows)


def test_a_balanced_model_has_the_estimates_of_the_analysis_of_variance():
    # With one random effect and equal counts, restricted likelihood gives the classical estimates by mean squares.
    random = np.random.default_rng(4)
    frame = nested(random, layers=12, kernels=1)
    found = mixed(frame, "y", "strategy", ["layer"])
    table = frame.groupby(["layer", "strategy"])["y"]
    mean = frame.groupby("strategy")["y"].mean()
    assert found.levels["difference"].to_numpy() == pytest.approx((mean - mean[0.0])[1:].to_numpy(), abs=1e-6)
    centred = frame["y"] - frame["strategy"].map(mean)
    of_layer = centred.groupby(frame["layer"]).mean()
    within = ((centred - frame["layer"].map(of_layer)) ** 2).sum() / (len(frame) - 12 - 2)
    between = 9 * (of_layer**2).sum() / 11
    assert found.variances["sd"].to_numpy() == pytest.approx(np.sqrt([(between - within) / 9, within]), rel=1e-3), (
        table.size()
    )
    assert found.messages == ()


def test_layers_and_kernels_share_out_the_variance():
    found = mixed(nested(np.random.default_rng(4), layers=40), "y", "strategy")
    assert found.random == ("layer", "kernel")
    assert found.variances["groups"].tolist() == [40, 160, 0]
    assert found.variances["sd"].tolist() == pytest.approx([2, 1, 0.5], rel=0.25)
    assert found.levels["low"].iloc[0] < 1 < found.levels["high"].iloc[0]
    assert found.p < 1e-10
    report = found.report()
    assert "Mixed model of y: strategy fixed, layer and kernel random; n = 1,440." in report
    assert "160 groups" in report


def test_a_variance_at_its_border_is_said():
    random = np.random.default_rng(1)
    frame = nested(random, layers=6, kernels=1).assign(
        y=lambda f: f["strategy"] + random.permutation(np.linspace(-1, 1, len(f)))
    )
    frame["y"] -= frame.groupby("layer")["y"].transform("mean")
    found = mixed(frame, "y", "strategy", ["layer"])
    assert "The variance of layer is at its border, 0" in found.report()


def test_a_fit_that_does_not_converge_is_said(monkeypatch):
    fit = mixed_model._fit
    monkeypatch.setattr(mixed_model, "_fit", lambda *arguments, **named: (fit(*arguments, **named)[0], True))
    found = mixed(nested(np.random.default_rng(4), kernels=1), "y", "strategy", ["layer"])
    assert "did not converge" in found.report()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": "a", "kernel": "b"}, "a mixed model needs two or more values of layer or kernel"),
        ({"strategy": 0.0}, "strategy has 1 level with a value"),
        ({"y": 3.0}, "every y is 3; a mixed model needs values that vary"),
        ({"y": np.nan}, "strategy has 0 levels with a value"),
        ({"y": np.inf}, "infinite"),
        ({"y": "x"}, "not a number"),
    ],
)
def test_what_cannot_be_modelled_is_one_line(change, message):
    frame = nested(np.random.default_rng(1), layers=3, kernels=2).assign(**change)
    with pytest.raises(InputError, match=message) as caught:
        mixed(frame, "y", "strategy")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="no column 'z'"):
        mixed(frame, "z", "strategy")


def test_one_row_per_group_is_too_little():
    frame = pd.DataFrame({"y": range(6), "strategy": [0.0, 1.0] * 3, "layer": list("abcdef")})
    with pytest.raises(InputError, match="6 rows for 2 levels and 6 groups of layer; a mixed model needs more rows"):
        mixed(frame, "y", "strategy")


# --- power -------------------------------------------------------------------------------------------------


def standardised(random, n):
    values = random.normal(size=n)
    return (values - values.mean()) / values.std(ddof=1)


def test_power_of_t_tests_is_rs():
    # R's help page of power.t.test: n = 20, delta = 1, sd = 1 gives 0.8689528; power = .90 needs 22.02110.
    random = np.random.default_rng(2)
    two = grouped({"a": standardised(random, 20), "b": standardised(random, 20)})
    found = power(samples(two), 1.0, target=0.9)
    assert (found.sd, found.now) == (pytest.approx(1), (20, 20))
    assert found.power_now == pytest.approx(0.8689528, abs=1e-6)
    assert found.needed == 23
    # R: power.t.test(power = .80, delta = 0.5, sd = 1, type = "paired") needs 33.36713.
    one = blocked(np.column_stack([np.zeros(30), standardised(random, 30)]))
    found = power(samples(one, "block"), 0.5)
    assert found.needed == 34
    assert "Paired t test, as the differences look normal" in found.report()
    assert "34 would give 0.8." in found.report()


@pytest.mark.parametrize("draw", ["normal", "exponential"])
def test_power_of_unequal_samples_is_that_of_the_test_there_is(draw):
    random = np.random.default_rng(4)
    frame = grouped({"a": getattr(random, draw)(size=100), "b": getattr(random, draw)(size=5)})
    found = power(samples(frame), 1.0)
    assert found.now == (100, 5)
    assert "With 100 and 5 values per level" in found.report()
    test = stats.ttest_ind if draw == "normal" else stats.mannwhitneyu
    seen = np.concatenate([values - np.median(values) for values in samples(frame).values])
    scale = found.sd if draw == "normal" else 1.0
    p = [
        test(
            (random.normal(size=100) * scale if draw == "normal" else random.choice(seen, 100)) + 1.0,
            random.normal(size=5) * scale if draw == "normal" else random.choice(seen, 5),
        ).pvalue
        for _ in range(2000)
    ]
    assert found.power_now == pytest.approx(np.mean(np.array(p) <= 0.05), abs=0.05)


def test_power_by_ranks_never_promises_what_an_exact_test_cannot_show():
    # Five differences cannot have a two-sided p below 2 / 32 = 0.0625, however large they are; six have 0.03125.
    skewed = np.column_stack([np.zeros(20), np.r_[np.zeros(18), 5.0, 9.0]])
    found = power(samples(blocked(skewed), "block"), 1000.0)
    assert "signed-rank" in found.method
    assert found.needed == 6
    apart = power(samples(grouped({"a": skewed[:, 1], "b": skewed[:, 1]})), 1000.0)
    assert "Mann-Whitney" in apart.method
    assert apart.needed == 4  # 2 / C(8, 4) = 0.029, and 2 / C(6, 3) = 0.1


def test_power_by_ranks_grows_to_the_target_and_repeats():
    random = np.random.default_rng(3)
    frame = blocked(np.column_stack([np.zeros(30), random.exponential(size=30) ** 2]))
    found = power(samples(frame, "block"), 0.5)
    again = power(samples(frame, "block"), -0.5)
    assert (found.needed, found.power_now) == (again.needed, again.power_now)
    assert 0 < found.power_now < 1
    assert (found.needed > found.now[0]) == (found.power_now < 0.8)
    nothing = power(samples(frame, "block"), 1e-4)
    assert nothing.needed is None
    assert nothing.power_now == pytest.approx(0.05, abs=0.025)  # a skewed distribution is not taken for a difference
    assert "more than 4,096 would give 0.8" in nothing.report()


@pytest.mark.parametrize(
    ("difference", "target", "message"),
    [
        (0.0, 0.8, "other than 0"),
        (np.nan, 0.8, "other than 0"),
        (1.0, 1.0, "between 0.05 and 1"),
        (1.0, 0.01, "between"),
    ],
)
def test_what_has_no_power_is_one_line(difference, target, message):
    with pytest.raises(InputError, match=message):
        power(samples(grouped(SLEEP), "block"), difference, target=target)
    with pytest.raises(InputError, match="the values of value do not vary at any pair of levels of level"):
        power(samples(blocked(np.zeros((5, 3))), "block"), 1.0)


def test_what_follows_takes_the_samples_of_a_comparison():
    found = compare(blocked(DEMSAR), "value", "level", "block")
    assert against_control(found.samples, "level 0").samples is found.samples
