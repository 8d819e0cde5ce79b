"""Box plots of everything a run is judged by, one panel per measure; shared by the figures by strategy and by grid."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.figures.boxes import draw_boxes, interactive_boxes
from cgplab.figures.outcomes import Group, explain_hollow, outcomes, subject
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import beside
from cgplab.figures.style import LABELS, TEXT_WIDTH, in_lines, publication_style

if TYPE_CHECKING:
    import holoviews as hv

MEASURES = ("error", "energy", "area", "delay", "gate_count", "generation", "seconds", "accuracy", "top5")
_COLUMNS = 3

Groups = Sequence[Group]


def measured(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with a circuit; accuracies may be missing. See :func:`cgplab.figures.outcomes.outcomes` for errors."""
    return outcomes(runs, ["error", "energy"], "no run has a circuit yet; make some with: cgplab evolve")


def present(frame: pd.DataFrame) -> list[str]:
    """Measures that some run has."""
    return [name for name in MEASURES if frame[name].notna().any()]


def with_measure(groups: Groups, measure: str) -> list[Group]:
    """Groups without the runs that lack the measure, and without groups left empty."""
    known = [replace(group, rows=group.rows.dropna(subset=[measure])) for group in groups]
    return [group for group in known if len(group.rows)]


def publish(groups: Groups, factor: str) -> Figure:
    """Draw all measures for print."""
    frame = pd.concat([group.rows for group in groups])
    measures = present(frame)
    height = -(-len(measures) // _COLUMNS)
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.5 + 1.6 * height), layout="constrained")
        panels = figure.subplots(height, _COLUMNS, squeeze=False).ravel()
        for panel, measure in zip(panels, measures, strict=False):
            chosen = with_measure(groups, measure)
            scale = scale_for(pd.concat([group.rows[measure] for group in chosen]).astype(float))
            draw_boxes(panel, chosen, measure, scale, sizes=(6, 3))
            panel.set_title(LABELS[measure], loc="left", fontsize=8)
            panel.tick_params(labelsize=6.5)
        for panel in panels[len(measures) :]:
            panel.set_axis_off()
        figure.supxlabel(factor, fontsize=9)
        if explain_hollow(panels[0], frame):
            panels[0].legend(loc="best", fontsize=7, handletextpad=0.1)
        figure.suptitle(in_lines(subject(frame)), x=0.01, ha="left", fontsize=9)
    return figure


def table(groups: Groups, factor: str, label: str) -> str:
    """LaTeX table: median and quartiles of every measure, a row per measure and a column per group."""
    from cgplab.statistics.latex import table as latex

    frame = pd.concat([group.rows for group in groups])
    columns: dict[str, list[str]] = {"measure": [LABELS[name] for name in present(frame)]}
    for group in groups:
        values = [group.rows[name].dropna().astype(float) for name in present(frame)]
        columns[f"{group.label} (n = {len(group.rows)})"] = [_quartiles(known) for known in values]
    caption = f"{subject(frame)} by {factor}: median (quartiles)."
    return latex(pd.DataFrame(columns), caption, label)


def _quartiles(values: pd.Series) -> str:
    if values.empty:
        return "–"
    quartiles = values.quantile([0.25, 0.5, 0.75])
    low, middle, high = (f"{value:,.0f}" if value >= 1000 else f"{value:.4g}" for value in quartiles)
    return middle if low == high else f"{middle} ({low} to {high})"


def show(groups: Groups, factor: str) -> "hv.Layout":
    """Draw all measures for a screen."""
    frame = pd.concat([group.rows for group in groups])
    panels = [
        interactive_boxes(with_measure(groups, measure), measure, "", factor, LABELS[measure], min_height=260)
        for measure in present(frame)
    ]
    return beside(panels, subject(frame), _COLUMNS)
