"""Box plots of everything a run is judged by, one panel per measure; shared by the figures by strategy and by grid."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.figures.boxes import draw_boxes, interactive_boxes
from cgplab.figures.outcomes import explain_hollow, outcomes, subject
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import holoviews
from cgplab.figures.style import LABELS, TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    import holoviews as hv

MEASURES = ("error", "energy", "area", "delay", "gate_count", "generation", "seconds", "accuracy", "top5")
_COLUMNS = 3

Groups = Sequence[tuple[str, pd.DataFrame]]


def measured(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with a circuit; accuracies may be missing. See :func:`cgplab.figures.outcomes.outcomes` for errors."""
    return outcomes(runs, ["error", "energy"], "no run has a circuit yet; make some with: cgplab evolve")


def present(frame: pd.DataFrame) -> list[str]:
    """Measures that some run has."""
    return [name for name in MEASURES if frame[name].notna().any()]


def with_measure(groups: Groups, measure: str) -> list[tuple[str, pd.DataFrame]]:
    """Groups without the runs that lack the measure, and without groups left empty."""
    known = [(label, rows.dropna(subset=[measure])) for label, rows in groups]
    return [(label, rows) for label, rows in known if len(rows)]


def publish(groups: Groups, factor: str) -> Figure:
    """Draw all measures for print."""
    frame = pd.concat([rows for _, rows in groups])
    measures = present(frame)
    height = -(-len(measures) // _COLUMNS)
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH * 1.2, 0.5 + 1.75 * height), layout="constrained")
        panels = figure.subplots(height, _COLUMNS, squeeze=False).ravel()
        for panel, measure in zip(panels, measures, strict=False):
            chosen = with_measure(groups, measure)
            draw_boxes(
                panel, chosen, measure, scale_for(pd.concat([rows[measure] for _, rows in chosen]).astype(float))
            )
            panel.set_title(LABELS[measure], loc="left")
            panel.tick_params(axis="x", labelsize=7)
        for panel in panels[len(measures) :]:
            panel.set_axis_off()
        figure.supxlabel(factor, fontsize=9)
        if explain_hollow(panels[0], frame):
            panels[0].legend(loc="best", fontsize=7, handletextpad=0.1)
        figure.suptitle(subject(frame), x=0.01, ha="left", fontsize=9)
    return figure


def show(groups: Groups, factor: str) -> "hv.Layout":
    """Draw all measures for a screen."""
    hv = holoviews()
    frame = pd.concat([rows for _, rows in groups])
    panels = [
        interactive_boxes(with_measure(groups, measure), measure, "", factor, LABELS[measure], min_height=260)
        for measure in present(frame)
    ]
    return hv.Layout(panels).opts(shared_axes=False, title=subject(frame), backend="bokeh").cols(_COLUMNS)
