"""A measure by groups: a box for each, and every run as a point beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cgplab.figures.outcomes import Group, draw_runs, swarm
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import dress, holoviews, jitter, points
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
    placed, boxes = [], []
    for index, group in enumerate(groups):
        heights = scale.forward(group.rows[measure].astype(float))
        rows = group.rows.assign(place=index + jitter(len(heights), 0.16), height=heights)
        placed.append(Group(group.label, rows, group.place))
        boxes.append(_box(hv, index, heights, look(group.place)[0]))
    everything = pd.concat([group.rows for group in placed])
    dots = points(everything, "place", "height", placed, HOVER)
    ticks = [(i, f"{group.label} (n = {len(group.rows)})") for i, group in enumerate(groups)]
    labels = {"x": xlabel, "y": label}
    return dress(
        hv.Overlay([part for parts in boxes for part in parts]) * dots, title, labels, {"y": scale},
        xticks=ticks, xlim=(-0.6, len(groups) - 0.4), show_legend=False, **more,
    )  # fmt: skip


def _box(hv: Any, index: int, heights: np.ndarray, colour: str) -> list[Any]:
    """Box from quartile to quartile, whiskers to the furthest run within 1.5 times its height."""
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
