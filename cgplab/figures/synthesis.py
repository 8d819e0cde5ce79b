"""Sum of gates against synthesis: what a circuit is charged for, and what logic synthesis makes of it as a whole."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis.frame_types import is_set
from cgplab.errors import InputError
from cgplab.figures.canvas import finish, stroke
from cgplab.figures.outcomes import SHARES, by_strategy, counted, draw_runs, entries, listed, subject
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import beside, dress, holoviews, points
from cgplab.figures.style import TEXT_WIDTH, publication_style
from cgplab.hardware.tables import QUANTITY_LABELS

if TYPE_CHECKING:
    import holoviews as hv
    from matplotlib.axes import Axes

_HOVER = (
    "id",
    "layer",
    "kernel",
    "strategy",
    "seed",
    "within",
    "library",
    "inputs",
    "estimate",
    "synthesis",
    "ratio",
    "cells",
)
_X, _Y = "sum of gates", "whole circuit synthesised"
_DIAGONAL = "#555555"
_TIED = "_"


def data(synthesis: pd.DataFrame) -> pd.DataFrame:
    """Estimates and results that are known, and ``ratio``: synthesis / estimate, missing where the estimate is 0.

    Parameters
    ----------
    synthesis : pandas.DataFrame
        Frame ``synthesis``.

    Raises
    ------
    InputError
        No run was synthesised yet.
    """
    frame = synthesis.dropna(subset=["estimate", "synthesis"]).reset_index(drop=True)
    if frame.empty:
        raise InputError("no run was synthesised yet; do it with: cgplab synth RUN --liberty FILE")
    return frame.assign(ratio=frame["synthesis"] / frame["estimate"].where(frame["estimate"] > 0))


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what the ratios are of."""
    told = ["ratios: whole circuit over sum of gates, median of the runs within budget whose sum is above 0"]
    if (frame["inputs"] == "tied").any():
        told.append("the ratios are of circuits with kept weights at ports; dashes: inputs tied to constants")
    return told


def interactive(synthesis: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen, inputs as ports only; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(synthesis)
    panels = []
    for quantity, rows in _panels(frame):
        scale = _scale(rows)
        ports = rows[rows["inputs"] == "ports"]
        placed = ports.assign(across=scale.forward(ports["estimate"]), height=scale.forward(ports["synthesis"]))
        low, high = scale.span
        line = hv.Curve([(low, low), (high, high)], "across", "height").opts(
            color=_DIAGONAL, line_dash="dashed", line_width=1, backend="bokeh"
        )
        groups = by_strategy(placed, counted)
        title = f"{QUANTITY_LABELS[quantity]}; {_summary(rows)}"
        panels.append(
            dress(
                line * points(placed, "across", "height", groups, _HOVER), title, {"x": _X, "y": _Y},
                {"x": scale, "y": scale}, min_height=300,
            )
        )  # fmt: skip
    return beside(panels, _title(frame), 2)


def publication(synthesis: pd.DataFrame) -> Figure:
    """Draw the figure for print; below the diagonal synthesis is cheaper. See :func:`data` for errors."""
    frame = data(synthesis)
    panels = _panels(frame)
    height = -(-len(panels) // 2)
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.1 + 2.65 * height), layout="constrained")
        axes = figure.subplots(height, 2, squeeze=False).ravel()
        for panel, (quantity, rows) in zip(axes, panels, strict=False):
            _draw(panel, rows)
            panel.set_title(QUANTITY_LABELS[quantity], loc="left")
            panel.set_xlabel(f"{_X}\n{_summary(rows)}", fontsize=8)
            panel.set_ylabel(_Y, fontsize=8)
        for panel in axes[len(panels) :]:
            panel.set_axis_off()
        marks = {"linestyle": "none", "markersize": 5}
        told = [
            *entries(by_strategy(frame.drop_duplicates("id"), counted), not is_set(frame["within"]).all()),
            (stroke(_DIAGONAL, marker="o", **marks), "inputs: ports"),
            (stroke(_DIAGONAL, marker=_TIED, **marks), "tied to constants"),
        ]
        finish(figure, _title(frame), told, SHARES)
    return figure


def _draw(axes: "Axes", rows: pd.DataFrame) -> None:
    scale = _scale(rows)
    scale.apply(axes, "x")
    scale.apply(axes, "y")
    axes.grid(axis="x", visible=True)
    axes.plot(scale.limits, scale.limits, color=_DIAGONAL, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for group in by_strategy(rows):
        for inputs, own in group.rows.groupby("inputs"):
            x, y = own["estimate"].to_numpy(), own["synthesis"].to_numpy()
            if inputs == "tied":
                axes.scatter(x, y, s=26, marker=_TIED, color=group.look.colour, linewidth=1.0, zorder=3, clip_on=False)
            else:
                draw_runs(axes, x, y, own["within"].to_numpy(dtype=bool), group.look, size=16)


def _panels(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Rows of each quantity that is known."""
    groups = [(quantity, frame[frame["quantity"] == quantity]) for quantity in QUANTITY_LABELS]
    return [(quantity, rows) for quantity, rows in groups if len(rows)]


def _scale(rows: pd.DataFrame) -> Scale:
    """One scale for both axes, so that the diagonal means equality."""
    return scale_for(pd.concat([rows["estimate"], rows["synthesis"]]))


def _summary(rows: pd.DataFrame) -> str:
    """Median of synthesis / estimate with inputs as ports, of the runs within budget."""
    ratios = rows.loc[(rows["inputs"] == "ports") & is_set(rows["within"]), "ratio"].dropna()
    return (
        f"ratio {ratios.median():.2f} (median, n = {len(ratios)})"
        if len(ratios)
        else "no run within budget that costs something"
    )


def _title(frame: pd.DataFrame) -> str:
    libraries = listed([str(name) for name in frame["library"].unique()], "libraries")
    return f"{subject(frame)}; {libraries}"
