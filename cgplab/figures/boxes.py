"""A measure by groups: a box for each, and every run as a point beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cgplab.figures.outcomes import draw_runs, side_by_side
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import dress, holoviews, jitter, points
from cgplab.figures.style import look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HOVER = ("id", "layer", "kernel", "grid", "seed", "energy", "error", "accuracy_loss", "missing_weights")


def draw_boxes(axes: "Axes", groups: Sequence[tuple[str, pd.DataFrame]], measure: str, scale: Scale) -> None:
    """Draw a box and the runs of each group; hollow points are above their budget.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    groups : sequence of (label, rows)
        Rows hold the measure and ``within``.
    measure : str
    scale : Scale
        Of the measure.
    """
    scale.apply(axes)
    for index, (_, rows) in enumerate(groups):
        values = rows[measure].to_numpy(dtype=float)
        colour, marker = look(index)
        axes.boxplot(
            values, positions=[index], widths=0.55, showfliers=False, patch_artist=True, manage_ticks=False,
            boxprops={"facecolor": f"{colour}26", "edgecolor": colour, "linewidth": 1.0},
            medianprops={"color": colour, "linewidth": 1.8},
            whiskerprops={"color": colour}, capprops={"color": colour}, zorder=2,
        )  # fmt: skip
        x = index + side_by_side(len(values))
        draw_runs(axes, x, values, rows["within"].to_numpy(), colour, marker, size=24 if len(values) <= 20 else 7)
    axes.set_xticks(range(len(groups)), [f"{label}\nn = {len(rows)}" for label, rows in groups])
    axes.set_xlim(-0.6, len(groups) - 0.4)


def interactive_boxes(
    groups: Sequence[tuple[str, pd.DataFrame]], measure: str, label: str, xlabel: str, title: str, **more: Any
) -> Any:
    """The same for a screen: boxes with jittered points, tool tips on each."""
    hv = holoviews()
    scale = scale_for(np.concatenate([rows[measure].to_numpy(dtype=float) for _, rows in groups]))
    placed, boxes = [], []
    for index, (name, rows) in enumerate(groups):
        heights = scale.forward(rows[measure].astype(float))
        placed.append((name, rows.assign(place=index + jitter(len(rows), 0.16), height=heights)))
        boxes.append(_box(hv, index, heights))
    everything = pd.concat([rows for _, rows in placed])
    dots = points(everything, "place", "height", placed, HOVER)
    ticks = [(i, f"{name} (n = {len(rows)})") for i, (name, rows) in enumerate(groups)]
    labels = {"x": xlabel, "y": label}
    return dress(
        hv.Overlay([part for parts in boxes for part in parts]) * dots, title, labels, {"y": scale},
        xticks=ticks, xlim=(-0.6, len(groups) - 0.4), show_legend=False, **more,
    )  # fmt: skip


def _box(hv: Any, index: int, heights: np.ndarray) -> list[Any]:
    """Box from quartile to quartile, whiskers to the furthest run within 1.5 times its height."""
    colour, _ = look(index)
    low, middle, high = np.quantile(heights, [0.25, 0.5, 0.75])
    inside = heights[(heights >= low - 1.5 * (high - low)) & (heights <= high + 1.5 * (high - low))]
    half = 0.28
    box = hv.Rectangles([(index - half, low, index + half, high)], kdims=["x0", "y0", "x1", "y1"]).opts(
        color=colour, alpha=0.15, line_color=colour, backend="bokeh"
    )
    lines = [
        (index - half, middle, index + half, middle),
        (index, min(low, inside.min()), index, low),
        (index, high, index, max(high, inside.max())),
    ]
    return [box, hv.Segments(lines, kdims=["x0", "y0", "x1", "y1"]).opts(color=colour, line_width=2, backend="bokeh")]
