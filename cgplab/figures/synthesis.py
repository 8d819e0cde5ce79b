"""Sum of gates against synthesis: what a circuit is charged for, and what logic synthesis makes of it as a whole."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.errors import InputError
from cgplab.figures.outcomes import by_strategy, listed, per_strategy, subject
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import beside, dress, holoviews, points
from cgplab.figures.style import TEXT_WIDTH, in_lines, looks, publication_style
from cgplab.hardware.tables import QUANTITY_LABELS

if TYPE_CHECKING:
    import holoviews as hv
    from matplotlib.axes import Axes

_HOVER = ("id", "layer", "kernel", "strategy", "seed", "library", "inputs", "estimate", "synthesis", "ratio", "cells")
_X, _Y = "sum of gates", "whole circuit synthesised"
_DIAGONAL = "#555555"


def data(synthesis: pd.DataFrame) -> pd.DataFrame:
    """Estimates that are known, and ``ratio``: synthesis / estimate, missing where the estimate is 0.

    Parameters
    ----------
    synthesis : pandas.DataFrame
        Frame ``synthesis``.

    Raises
    ------
    InputError
        No run was synthesised yet.
    """
    frame = synthesis.dropna(subset=["estimate"]).reset_index(drop=True)
    if frame.empty:
        raise InputError("no run was synthesised yet; do it with: cgplab synth RUN --liberty FILE")
    return frame.assign(ratio=frame["synthesis"] / frame["estimate"].where(frame["estimate"] > 0))


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
        groups = by_strategy(placed, lambda t, _: f"t = {t:g}")
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
    styles = looks(frame["strategy"].unique().tolist())
    panels = _panels(frame)
    height = -(-len(panels) // 2)
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.75 + 2.55 * height), layout="constrained")
        axes = figure.subplots(height, 2, squeeze=False).ravel()
        for panel, (quantity, rows) in zip(axes, panels, strict=False):
            _draw(panel, rows, styles)
            panel.set_title(QUANTITY_LABELS[quantity], loc="left")
            panel.set_xlabel(f"{_X}; {_summary(rows)}", fontsize=8)
            panel.set_ylabel(_Y, fontsize=8)
        for panel in axes[len(panels) :]:
            panel.set_axis_off()
        for strategy, (colour, marker) in styles.items():
            axes[0].scatter([], [], s=24, color=colour, marker=marker, label=f"t = {strategy:g}")
        axes[0].scatter([], [], s=24, color=_DIAGONAL, label="inputs as ports")
        axes[0].scatter([], [], s=24, facecolor="white", edgecolor=_DIAGONAL, label="inputs tied to constants")
        handles, names = axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=min(len(names), 6), columnspacing=1.2)
        figure.suptitle(in_lines(_title(frame)), x=0.01, ha="left", fontsize=9)
    return figure


def _draw(axes: "Axes", rows: pd.DataFrame, styles: dict[float, tuple[str, str]]) -> None:
    scale = _scale(rows)
    scale.apply(axes, "x")
    scale.apply(axes, "y")
    axes.set_box_aspect(1)
    axes.grid(axis="x", visible=True)
    axes.plot(scale.limits, scale.limits, color=_DIAGONAL, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    for strategy, group in per_strategy(rows):
        colour, marker = styles[strategy]
        for inputs, face in (("tied", "white"), ("ports", colour)):
            of = group[group["inputs"] == inputs]
            axes.scatter(
                of["estimate"], of["synthesis"], s=20, marker=marker, facecolor=face, edgecolor=colour, linewidth=0.8,
                zorder=3, clip_on=False,
            )  # fmt: skip


def _panels(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Rows of each quantity that is known."""
    groups = [(quantity, frame[frame["quantity"] == quantity]) for quantity in QUANTITY_LABELS]
    return [(quantity, rows) for quantity, rows in groups if len(rows)]


def _scale(rows: pd.DataFrame) -> Scale:
    """One scale for both axes, so that the diagonal means equality."""
    return scale_for(pd.concat([rows["estimate"], rows["synthesis"]]))


def _summary(rows: pd.DataFrame) -> str:
    """Median of synthesis / estimate with inputs as ports."""
    ratios = rows.loc[rows["inputs"] == "ports", "ratio"].dropna()
    return f"ratio {ratios.median():.2f} (median, n = {len(ratios)})" if len(ratios) else "all cost nothing"


def _title(frame: pd.DataFrame) -> str:
    libraries = listed([str(name) for name in frame["library"].unique()], "libraries")
    return f"{subject(frame)}; {libraries}"
