"""Accuracy loss by strategy: a box per strategy, every run as a point."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.figures.boxes import SHARES, draw_boxes, interactive_boxes, notes_of_boxes
from cgplab.figures.canvas import HOLLOW, finish
from cgplab.figures.outcomes import ABOVE, by_strategy, outcomes, subject
from cgplab.figures.reference_band import entries_of, notes_of, reference_band, with_ends
from cgplab.figures.scales import scale_for
from cgplab.figures.style import LABELS, TEXT_WIDTH, new_figure, publication_style

if TYPE_CHECKING:
    import holoviews as hv


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with an accuracy; see :func:`cgplab.figures.outcomes.outcomes` for columns and errors."""
    return outcomes(runs, ["accuracy_loss"], "no run has an accuracy yet; measure it with: cgplab metrics")


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(runs)
    return interactive_boxes(
        by_strategy(frame), "accuracy_loss", LABELS["accuracy_loss"], LABELS["strategy"], _title(frame),
        band=reference_band(frame),
    )  # fmt: skip


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    band = reference_band(frame)
    scale = scale_for(with_ends(frame["accuracy_loss"], band))
    with publication_style():
        figure, axes = new_figure()
        if band is not None:
            band.shade(axes)
        axes.axhline(0, color="#555555", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        draw_boxes(axes, by_strategy(frame), "accuracy_loss", scale, 72 * TEXT_WIDTH - 50)
        axes.set_xlabel(f"{LABELS['strategy']}\n{SHARES}")
        axes.set_ylabel(LABELS["accuracy_loss"])
        hollow = [] if frame["within"].all() else [(HOLLOW, ABOVE)]
        finish(figure, _title(frame), [*hollow, *entries_of(band)])
    return figure


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what the band is, and which strategies have no box."""
    return [*notes_of_boxes(by_strategy(frame), "t ="), *notes_of(reference_band(frame))]


def _title(frame: pd.DataFrame) -> str:
    return f"{subject(frame)}; {', '.join(sorted(frame['dataset'].unique()))}"
