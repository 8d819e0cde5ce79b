"""A measure by groups: a box for each, and every run as a point beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cgplab.figures.outcomes import Group, draw_runs, swarm
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import bokeh_marker, dress, holoviews, jitter
from cgplab.figures.style import look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HOVER = ("id", "layer", "kernel", "grid", "seed", "energy", "error", "accuracy_loss", "missing_weights")


def draw_boxes(
    axes: "Axes", groups: Sequence[Group], measure: str, scale: Scale, sizes: tuple[float, float] = (20, 7)
) -> None:
    """Draw a box and the runs of each group; hollow points are above their budget.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    groups : sequence of Group
        Rows hold the measure and ``within``.
    measure : str
    scale : Scale
        Of the measure.
    sizes : (float, float)
        Of a point, in square points: in groups of up to a dozen runs, and in larger ones.
    """
    scale.apply(axes)
    for index, group in enumerate(groups):
        rows = group.rows
        values = rows[measure].to_numpy(dtype=float)
        colour, marker = look(group.place)
        axes.boxplot(
            values, positions=[index], widths=0.55, showfliers=False, patch_artist=True, manage_ticks=False,
            boxprops={"facecolor": f"{colour}26", "edgecolor": colour, "linewidth": 1.0},
            medianprops={"color": colour, "linewidth": 1.8},
            whiskerprops={"color": colour}, capprops={"color": colour}, zorder=2,
        )  # fmt: skip
        x = index + swarm(values)
        draw_runs(axes, x, values, rows["within"].to_numpy(), colour, marker, size=sizes[len(values) > 12])
    axes.set_xticks(range(len(groups)), [f"{group.label}\nn = {len(group.rows)}" for group in groups])
    axes.set_xlim(-0.6, len(groups) - 0.4)


def interactive_boxes(groups: Sequence[Group], measure: str, label: str, xlabel: str, title: str, **more: Any) -> Any:
    """The same for a screen: boxes with jittered points, tool tips on each."""
    hv = holoviews()
    scale = scale_for(np.concatenate([group.rows[measure].to_numpy(dtype=float) for group in groups]))
    placed, boxes, lines = [], [], []
    for index, group in enumerate(groups):
        heights = scale.forward(group.rows[measure].astype(float))
        colour, sign = look(group.place)[0], bokeh_marker(group.place)
        across = index + jitter(len(heights), 0.16)
        placed.append(group.rows.assign(place=across, height=heights, colour=colour, sign=sign))
        box, strokes = _box(index, heights)
        boxes.append((*box, colour))
        lines += [(*stroke, colour) for stroke in strokes]
    # One element for all groups: HoloViews takes its time for each.
    ends = ["x0", "y0", "x1", "y1"]
    drawn = hv.Overlay(
        [
            hv.Rectangles(boxes, ends, "colour").opts(color="colour", alpha=0.15, line_color="colour", backend="bokeh"),
            hv.Segments(lines, ends, "colour").opts(color="colour", line_width=2, backend="bokeh"),
            _dots(hv, pd.concat(placed)),
        ]
    )
    ticks = [(i, f"{group.label} (n = {len(group.rows)})") for i, group in enumerate(groups)]
    return dress(
        drawn, title, {"x": xlabel, "y": label}, {"y": scale},
        xticks=ticks, xlim=(-0.6, len(groups) - 0.4), show_legend=False, **more,
    )  # fmt: skip


def _dots(hv: Any, rows: pd.DataFrame) -> Any:
    shown = [name for name in HOVER if name in rows.columns]
    points = hv.Points(rows, ["place", "height"], [*shown, "colour", "sign"])
    tool = [(name, f"@{{{name}}}") for name in shown]
    return points.opts(
        color="colour", marker="sign", size=7, alpha=0.75, line_color="white", line_width=0.4, tools=["hover"],
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
