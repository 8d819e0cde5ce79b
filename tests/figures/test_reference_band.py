"""The band of the reference: its interval, when there is none, and that figures of losses draw and tell it."""

import inspect

import pytest

from cgplab.figures import FIGURES
from cgplab.figures.outcomes import outcomes
from cgplab.figures.reference_band import reference_band
from tests.figures import made_up

BANDED = ("accuracy_loss", "accuracy_loss_by_layer", "accuracy_error", "pareto", "pareto_by_layer")


def losses(**changes):
    return outcomes(made_up.many(4, 2).assign(**changes), ["accuracy_loss"], "")


def test_it_is_wilsons_interval_of_the_reference_as_losses():
    band = reference_band(losses())
    n, z2 = 10_000, 1.959964**2
    middle = (9_952 + z2 / 2) / (n + z2)
    half = (z2 * (9_952 * 48 / n + z2 / 4)) ** 0.5 / (n + z2)
    assert (band.low, band.high) == pytest.approx((99.52 - 100 * (middle + half), 99.52 - 100 * (middle - half)))
    assert band.told == "95 % Wilson interval of the reference's accuracy (99.52 % of 10,000 images)"


def test_without_one_reference_and_one_number_of_images_there_is_none():
    assert reference_band(losses(images=None)) is None
    assert reference_band(losses(accuracy=None)) is None
    assert reference_band(losses(accuracy=99.0)) is None
    frame = losses()
    assert reference_band(frame.assign(images=[1000, *frame["images"].iloc[1:]])) is None


def test_a_reference_without_a_mistake_has_a_band_of_losses_only():
    frame = losses()
    band = reference_band(frame.assign(accuracy=100 - frame["accuracy_loss"], images=1000))
    assert band.low == 0
    assert band.high == pytest.approx(0.3827, abs=1e-3)


def test_all_figures_of_losses_are_known():
    """A figure that draws accuracy losses has the band, or is named here with the reason."""
    without = {
        "rate_accuracy",  # its losses are beside other ways to store the weights, most far outside the band
        "best_solutions",  # bars of runs without a loss
        "measures_by_strategy", "measures_by_grid",  # a small panel of many
        "critical_difference",  # ranks
    }  # fmt: skip
    drawn = set()
    for name, plot in FIGURES.items():
        source = inspect.getsource(plot.module)
        if "accuracy_loss" in source:
            drawn.add(name)
    assert drawn - without == {*BANDED, "sensitivity", "accuracy_loss_by_dataset"}


def test_sensitivity_and_data_sets_have_it_too():
    frames = made_up.frames(made_up.many(2, 2))
    for name in ("sensitivity", "accuracy_loss_by_dataset"):
        plot = FIGURES[name]
        frame = made_up.frame_for(plot, frames)
        (legend,) = plot.publication(frame).legends
        texts = [text.get_text().replace("\n", " ") for text in legend.get_texts()]
        told = plot.notes(plot.data(frame))
        assert ("reference, 95 % interval" in texts) == any("grey band" in note for note in told)
        assert "reference, 95 % interval" in texts, name


@pytest.mark.parametrize("name", BANDED)
def test_figures_of_losses_show_and_tell_it(name):
    plot, runs = FIGURES[name], made_up.many(4, 2)
    (legend,) = plot.publication(runs).legends
    texts = [text.get_text().replace("\n", " ") for text in legend.get_texts()]
    assert "reference, 95 % interval" in texts
    assert any("grey band: 95 % Wilson interval of the reference" in note for note in plot.notes(plot.data(runs)))
    spans = plot.interactive(runs).traverse(lambda element: type(element).__name__)
    assert {"HSpan", "VSpan", "Rectangles"} & set(spans)
    without = runs.assign(images=None)
    assert not any("grey band" in note for note in plot.notes(plot.data(without)))
