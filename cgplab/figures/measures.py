"""Box plots of everything a run is judged by, one panel per measure; shared by the figures by strategy and by grid."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis.best import counting
from cgplab.figures.boxes import SHARES, draw_boxes, interactive_boxes
from cgplab.figures.canvas import HOLLOW, finish
from cgplab.figures.outcomes import ABOVE, Group, outcomes, share, subject
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import beside
from cgplab.figures.style import LABELS, TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    import holoviews as hv

MEASURES = ("error", "energy", "area", "delay", "gate_count", "generation", "seconds", "accuracy", "top5")
_COLUMNS = 3
"""Panels side by side on a screen."""

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
    columns = 3 if len(groups) <= 6 else 2
    height = -(-len(measures) // columns)
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.4 + 1.6 * height), layout="constrained")
        panels = figure.subplots(height, columns, squeeze=False).ravel()
        for panel, measure in zip(panels, measures, strict=False):
            chosen = with_measure(groups, measure)
            scale = scale_for(pd.concat([group.rows[measure] for group in chosen]).astype(float))
            panel.tick_params(labelsize=6.5)
            draw_boxes(panel, chosen, measure, scale, 72 * TEXT_WIDTH / columns - 40, 6.5)
            panel.set_title(LABELS[measure], loc="left", fontsize=8)
        for panel in panels[len(measures) :]:
            panel.set_axis_off()
        figure.supxlabel(f"{factor}\n{SHARES}", fontsize=9)
        hollow = not frame["within"].all()
        finish(figure, subject(frame), [(HOLLOW, ABOVE)] if hollow else [])
    return figure


def table(groups: Groups, factor: str, label: str) -> str:
    """LaTeX table: median and quartiles of every measure, a row per measure and a column per group."""
    from cgplab.latex import table as latex

    frame = pd.concat([group.rows for group in groups])
    columns: dict[str, list[str]] = {"measure": [LABELS[name] for name in present(frame)]}
    for group in groups:
        values = [counting(group.rows, name)[name].dropna().astype(float) for name in present(frame)]
        columns[f"{group.label} ({share(group.rows)})"] = [_quartiles(known) for known in values]
    caption = (
        f"{subject(frame)} by {factor}: median (quartiles). Costs and accuracies are those of the runs within budget "
        "(in parentheses: runs within budget / runs); errors, generations and times are those of all runs."
    )
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
