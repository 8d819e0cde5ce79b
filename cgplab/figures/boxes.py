"""A measure by groups: a box over the runs within budget of each, and every run as a point beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cgplab.analysis.best import counting
from cgplab.figures.canvas import all_fitted, text_width
from cgplab.figures.outcomes import Group, draw_runs, share, swarm
from cgplab.figures.reference_band import Band, with_ends
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import MARKED, dress, holoviews, jitter, marks
from cgplab.figures.style import LEAST_MARK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HOVER = ("id", "layer", "kernel", "grid", "seed", "within", "energy", "error", "accuracy_loss", "missing_weights")


def notes_of_boxes(groups: Sequence[Group], name: str) -> list[str]:
    """Sentence of the caption on groups without boxes of costs and accuracies; ``name`` says what groups are."""
    failed = [group.label for group in groups if not group.rows["within"].any()]
    if not failed:
        return []
    return [f"no box of costs and accuracies at {name} {', '.join(failed)}: no run is within budget"]


def draw_boxes(
    axes: "Axes", groups: Sequence[Group], measure: str, scale: Scale, width: float, type_size: float = 8.0
) -> None:
    """Draw a box over the runs within budget of each group, and all runs as points, hollow above the budget.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    groups : sequence of Group
        Rows hold the measure and ``within``.
    measure : str
    scale : Scale
        Of the measure.
    width : float
        Of the axes, about, in points: how much room the labels of the groups have.
    type_size : float
        Of these labels, in points.
    """
    scale.apply(axes)
    slot = width / (len(groups) + 0.2)
    most = max(len(group.rows) for group in groups)
    size = min((slot / 9) ** 2, 20.0) * (1.0 if most <= 12 else 0.4)
    for index, group in enumerate(groups):
        values = group.rows[measure].to_numpy(dtype=float)
        boxed = counting(group.rows, measure)[measure].to_numpy(dtype=float)
        colour = group.look.colour
        if len(boxed):
            axes.boxplot(
                boxed, positions=[index], widths=0.55, showfliers=False, patch_artist=True, manage_ticks=False,
                boxprops={"facecolor": f"{colour}26", "edgecolor": colour, "linewidth": 1.0},
                medianprops={"color": colour, "linewidth": 1.8},
                whiskerprops={"color": colour}, capprops={"color": colour}, zorder=2,
            )  # fmt: skip
        within = group.rows["within"].to_numpy(dtype=bool)
        draw_runs(axes, index + swarm(values), values, within, group.look, size=max(size, LEAST_MARK))
    axes.set_xticks(range(len(groups)))
    _label(axes, groups, slot, type_size)
    axes.set_xlim(-0.6, len(groups) - 0.4)


SHARES = "below: runs within budget / runs"
"""What the second part of a group's label is, for the axis."""


_SMALLEST = 0.8
"""How far labels shrink before they are set upright."""


def _label(axes: "Axes", groups: Sequence[Group], slot: float, size: float) -> None:
    """Name the groups and their success, one below the other where it fits, else upright."""
    names = all_fitted([group.label for group in groups], 6.5 * size, size)
    shares = [share(group.rows) for group in groups]
    widest = max(text_width(text, size) for text in (*names, *shares))
    size *= max(_SMALLEST, min(1.0, (slot - 3) / widest))
    if max(text_width(text, size) for text in (*names, *shares)) + 2.5 <= slot:
        axes.set_xticklabels([f"{name}\n{n}" for name, n in zip(names, shares, strict=True)], fontsize=size)
        return
    # Upright labels need the height of a line each.
    upright = min(size, slot / 1.35)
    texts = [f"{name} ({n})" for name, n in zip(names, shares, strict=True)]
    axes.set_xticklabels(texts, fontsize=upright, rotation=90)


def interactive_boxes(
    groups: Sequence[Group], measure: str, label: str, xlabel: str, title: str, band: Band | None = None, **more: Any
) -> Any:
    """The same for a screen: boxes and jittered points with tool tips, before the band of the reference if given."""
    hv = holoviews()
    values = np.concatenate([group.rows[measure].to_numpy(dtype=float) for group in groups])
    scale = scale_for(with_ends(values, band))
    placed, boxes, lines = [], [], []
    for index, group in enumerate(groups):
        heights = scale.forward(group.rows[measure].astype(float))
        across = index + jitter(len(heights), 0.16)
        rows = marks(group.rows, group.look)
        placed.append(rows.assign(place=across, height=heights, sign=group.look.sign))
        boxed = scale.forward(counting(group.rows, measure)[measure].astype(float))
        if len(boxed):
            box, strokes = _box(index, boxed)
            boxes.append((*box, group.look.colour))
            lines += [(*stroke, group.look.colour) for stroke in strokes]
    # One element for all groups: HoloViews takes its time for each.
    ends = ["x0", "y0", "x1", "y1"]
    drawn = hv.Overlay(
        [
            hv.Rectangles(boxes, ends, "colour").opts(color="colour", alpha=0.15, line_color="colour", backend="bokeh"),
            hv.Segments(lines, ends, "colour").opts(color="colour", line_width=2, backend="bokeh"),
            _dots(hv, pd.concat(placed)),
        ]
    )
    if band is not None:
        drawn = band.element(scale) * drawn
    ticks = [(i, f"{group.label} ({share(group.rows)})") for i, group in enumerate(groups)]
    return dress(
        drawn, title, {"x": f"{xlabel} (runs within budget / runs)", "y": label}, {"y": scale},
        xticks=ticks, xlim=(-0.6, len(groups) - 0.4), show_legend=False, **more,
    )  # fmt: skip


def _dots(hv: Any, rows: pd.DataFrame) -> Any:
    shown = [name for name in HOVER if name in rows.columns]
    points = hv.Points(rows, ["place", "height"], [*shown, *MARKED, "sign"])
    tool = [(name, f"@{{{name}}}") for name in shown]
    return points.opts(
        color="fill", line_color="edge", line_width="rim", size="extent", marker="sign", alpha=0.85, tools=["hover"],
        hover_tooltips=tool, backend="bokeh",
    )  # fmt: skip


Line = tuple[float, float, float, float]


def _box(index: int, heights: np.ndarray) -> tuple[Line, list[Line]]:
    """Box from quartile to quartile; median and whiskers to the furthest run within 1.5 times its height."""
    low, middle, high = np.quantile(heights, [0.25, 0.5, 0.75])
    inside = heights[(heights >= low - 1.5 * (high - low)) & (heights <= high + 1.5 * (high - low))]
    half = 0.28
    lines = [
        (index - half, middle, index + half, middle),
        (index, min(low, inside.min()), index, low),
        (index, high, index, max(high, inside.max())),
    ]
    return (index - half, low, index + half, high), lines
