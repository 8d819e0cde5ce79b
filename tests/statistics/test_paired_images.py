"""McNemar's exact test and the paired interval, and the bootstrap over images that layers share."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from cgplab.statistics import against_control, compare, equivalence
from cgplab.statistics.paired_images import PairedImages
from cgplab.statistics.samples import gather
from cgplab.statistics.shared_images import over_shared_images
from tests import naive


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_that_of_statsmodels(lost, gained):
    table = [[900, lost], [gained, 60]]
    assert PairedImages(1000, lost, gained).p == pytest.approx(mcnemar(table, exact=True).pvalue, rel=1e-9)


def test_counts_of_images():
    reference = np.array([True, True, False, False, True])
    changed = np.array([True, False, True, False, False])
    assert PairedImages.of(reference, changed) == PairedImages(5, 2, 1)


def test_one_image_of_a_thousand_is_not_told_from_no_loss():
    one = PairedImages(1000, 1, 0)
    assert one.loss == pytest.approx(0.1)
    assert one.p == 1.0
    assert one.interval[0] < 0
    assert one.interval[1] > 0.1


def test_the_interval_by_hand():
    # Bonett and Price: 12 lost and 3 gained of 100 count as 13 and 4 of 102.
    lost, gained = 13 / 102, 4 / 102
    half = 1.959964 * np.sqrt((lost + gained - (lost - gained) ** 2) / 102)
    assert PairedImages(100, 12, 3).interval == pytest.approx(
        (100 * (lost - gained - half), 100 * (lost - gained + half)), rel=1e-5
    )


def test_the_interval_covers_the_true_loss_about_as_often_as_it_says():
    random = np.random.default_rng(2)
    held = 0
    for lost, gained, _ in random.multinomial(1000, [0.01, 0.004, 0.986], size=2000):
        low, high = PairedImages(1000, int(lost), int(gained)).interval
        held += low <= 0.6 <= high
    assert 0.93 < held / 2000 < 0.98


def losses(blocks, levels, n, shares, seed=0):
    """Losses in {-1, 0, 1}; ``shares`` of images lost per level, each image's fate the same in all blocks."""
    random = np.random.default_rng(seed)
    fate = random.random((levels, n))
    own = np.array([(fate[level] < share).astype(float) for level, share in enumerate(shares)])
    return np.repeat(own[None], blocks, axis=0)


def test_images_that_all_layers_share_count_once():
    """52 layers that lose the same two images of 1,000 are two images' worth of evidence, not 104."""
    same = np.zeros((52, 2, 1000))
    same[:, 1, :2] = 1
    found = over_shared_images(same, ["t = 0", "t = 1"], "layer")
    (pair,) = found.pairs.to_dict("records")
    assert pair["difference"] == pytest.approx(-0.2)
    assert pair["low"] < -0.3 < 0 < pair["high"]
    assert not pair["different"]
    assert "0 is not excluded" in found.report()
    assert "1,000 images, which all 52 blocks (layer) share" in found.report()


@pytest.mark.parametrize(("images", "told"), [(1, False), (3, False), (5, False), (6, True), (20, True)])
def test_few_lost_images_are_judged_as_mcnemars_exact_test_does(images, told):
    some = np.zeros((52, 2, 1000))
    some[:, 1, :images] = 1
    assert over_shared_images(some, [0, 1], "layer").pairs["different"].tolist() == [told]
    assert (PairedImages(1000, images, 0).p <= 0.05) == told


def test_a_large_loss_is_told():
    found = over_shared_images(losses(20, 3, 1000, (0.0, 0.0, 0.2)), [0, 1, 11], "layer")
    assert found.pairs["different"].tolist() == [False, True, True]
    assert found.levels.loc[11, "low"] < 20 < found.levels.loc[11, "high"] + 3


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 4), st.integers(2, 4), st.integers(5, 60), st.integers(0, 10**6))
def test_estimates_lie_within_their_intervals(blocks, levels, n, seed):
    drawn = np.random.default_rng(seed).integers(-1, 2, size=(blocks, levels, n)).astype(float)
    found = over_shared_images(drawn, list(range(levels)), "layer" if blocks > 1 else None, resamples=200)
    assert (found.levels["low"] <= found.levels["mean"]).all()
    assert (found.levels["mean"] <= found.levels["high"]).all()
    assert (
        (found.pairs["low"] <= found.pairs["difference"]) & (found.pairs["difference"] <= found.pairs["high"])
    ).all()
    assert found.levels["mean"].to_numpy() == pytest.approx(100 * drawn.mean(axis=(0, 2)))


def test_resampling_has_the_spread_of_a_resampling_image_by_image():
    drawn = losses(6, 2, 80, (0.05, 0.2), seed=5)
    drawn[3:, 1] = 0
    quick = over_shared_images(drawn, ["a", "b"], "layer")
    slow = naive.losses_over_images_and_blocks(drawn, 2000, seed=9)
    added = 100 * np.abs(drawn.mean(axis=0)).max(axis=1) / 82
    # Six blocks: wider by sqrt(6 / 5), and Student's t with 5 degrees of freedom.
    expected = stats.t.isf(0.025, 5) * np.sqrt(6 / 5 * np.var(slow, axis=0) + 2 * added**2)
    assert (quick.levels["high"] - quick.levels["mean"]).to_numpy() == pytest.approx(expected, rel=0.06)


def test_without_blocks_only_images_are_drawn():
    one = losses(1, 2, 400, (0.0, 0.1))
    found = over_shared_images(one, ["a", "b"], None)
    assert found.block is None
    assert found.report().startswith("Accuracies were measured on 400 images. Bootstrap over images, ")
    assert found.pairs["different"].tolist() == [True]


def test_coverage_where_levels_are_alike():
    """Levels with equal chances on every image are told apart in about one of twenty data sets, or fewer."""
    random = np.random.default_rng(11)
    false = 0
    for seed in range(100):
        hard = random.random(300) < 0.1  # images at which a coin decides, in every layer
        drawn = np.where(hard, random.integers(0, 2, size=(10, 3, 300)), 0).astype(float)
        false += over_shared_images(drawn, [0, 1, 2], "layer", resamples=300, seed=seed).pairs["different"].any()
    assert false <= 12


@pytest.mark.parametrize("layers", [3, 5, 16])
def test_coverage_over_few_layers(layers):
    """Two levels whose difference varies around 0 from layer to layer: the interval rarely excludes 0."""
    random = np.random.default_rng(7)
    false = 0
    for seed in range(200):
        shares = 0.1 + 0.05 * random.normal(size=(layers, 2, 1)).clip(-1.9, 1.9)
        drawn = (random.random((layers, 2, 200)) < shares).astype(float)
        false += over_shared_images(drawn, [0, 1], "layer", resamples=200, seed=seed).pairs["different"].any()
    assert false <= 20


def test_two_levels_are_decided_in_words():
    some = np.zeros((52, 2, 1000))
    some[:, 1, :2] = 1
    some[::2, 1, 500] = 1
    samples = of_images(some)
    frame = pd.DataFrame(
        [
            {"layer": block, "strategy": level, "loss": value}
            for level, values in zip(samples.levels, samples.values, strict=True)
            for block, value in zip(samples.blocks, values, strict=True)
        ]
    )
    found = compare(frame, "loss", "strategy", "layer")
    assert found.significant
    over = found.over_images(over_shared_images(some, samples.levels, "layer"))
    assert over.report().splitlines()[-1] == (
        f"{found.test.name} and the interval over images: the two levels cannot be told apart."
    )


# --- what else is tested of accuracies ---------------------------------------------------------------------


def of_images(found):
    """Samples of the same losses, a cell of every block and level."""
    cells = {f"t = {level}": 100 * found[:, level].mean(axis=1) for level in range(found.shape[1])}
    frame = pd.DataFrame(cells).rename_axis("layer").reset_index()
    return gather(frame.melt("layer", var_name="strategy", value_name="loss"), "loss", "strategy", "layer")


@pytest.mark.parametrize(("images", "holds"), [(2, True), (8, False)])
def test_equivalence_needs_the_images_too(images, holds):
    """52 layers that lose the same 8 images of 10,000: .08 pp in each of them, but other images could cost .1 pp."""
    some = np.zeros((52, 2, 10_000))
    some[:, 1, :images] = 1
    some[::2, 1, 5000] = 1  # so that layers differ at all
    samples = of_images(some)
    over = over_shared_images(some, samples.levels, "layer")
    assert equivalence(samples, 0.1, "t = 0").levels["verdict"].tolist() == ["equivalent"]
    found = equivalence(samples, 0.1, "t = 0", images=over)
    (row,) = found.levels.to_dict("records")
    assert row["verdict"] == ("equivalent" if holds else "equivalence not shown")
    assert (row["p_images"] <= 0.05) == holds
    error = over.pairs["error"].iloc[0]
    assert row["p_images"] == pytest.approx(stats.t.cdf((row["difference"] - 0.1) / error, 51), rel=1e-6)
    half = stats.t.isf(0.05, 51) * error
    assert (row["images_low"], row["images_high"]) == pytest.approx(
        (row["difference"] - half, row["difference"] + half)
    )
    assert "only if the bootstrap over images and layers bears it out (n = 10,000 images)" in found.report()
    assert "p over images" in found.to_latex()


@pytest.mark.parametrize(("lost", "verdict"), [(0.0, "every difference is 0"), (0.3, "beyond the margin")])
def test_equivalence_with_0_rests_on_the_levels_own_interval(lost, verdict):
    some = losses(30, 2, 2000, (lost, lost))
    some[::2, :, 7] = bool(lost)  # so that layers differ where anything is lost
    samples = of_images(some)
    found = equivalence(samples, 0.1, images=over_shared_images(some, samples.levels, "layer"))
    assert found.levels["verdict"].tolist() == [verdict] * 2


def test_a_loss_beyond_the_margin_by_chance_of_the_images_is_not_beyond():
    some = np.zeros((52, 2, 1000))
    some[:, 1, :2] = 1  # .2 pp, which two images of 1,000 do not show
    some[::2, 1, 500] = 1
    samples = of_images(some)
    assert equivalence(samples, 0.1, "t = 0").levels["verdict"].tolist() == ["beyond the margin"]
    over = over_shared_images(some, samples.levels, "layer")
    assert equivalence(samples, 0.1, "t = 0", images=over).levels["verdict"].tolist() == ["equivalence not shown"]


def test_a_control_differs_only_on_other_images_too():
    some = np.zeros((52, 3, 1000))
    some[:, 1, :2] = 1
    some[:, 2, :100] = 1
    samples = of_images(some)
    over = over_shared_images(some, samples.levels, "layer")
    assert against_control(samples, "t = 0").levels["different"].tolist() == [True, True]
    found = against_control(samples, "t = 0", images=over)
    assert found.levels["different"].tolist() == [False, True]
    assert "A level differs only if the bootstrap over images and layers tells it apart too." in found.report()
    assert "tells it apart too" in found.to_latex()
    assert over.tells_apart("t = 2", "t = 0")
    assert over.tells_apart("t = 0", "t = 2")
    assert over.beside("t = 0", "t = 2")[0] == pytest.approx(-over.beside("t = 2", "t = 0")[0])
