"""What a printed figure shows."""

import numpy as np
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.lines import Line2D


def ticks_by_axis(figure):
    """Texts of the tick labels that are drawn, a list for each axis."""
    figure.canvas.draw()
    shown = [axes for axes in figure.axes if axes.axison]
    return [_ticks(axis) for axes in shown for axis in (axes.xaxis, axes.yaxis)]


def ticks(figure):
    """Texts of all tick labels that are drawn."""
    return [text for texts in ticks_by_axis(figure) for text in texts]


def _ticks(axis):
    low, high = sorted(axis.get_view_interval())
    every = [tick for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()) if low <= tick.get_loc() <= high]
    shown = [tick.label1 for tick in every if tick.get_visible() and tick.label1.get_visible()]
    return [label.get_text() for label in shown if label.get_text()]


def empty_axes(figure):
    """Axes that are drawn without any data."""
    return [axes for axes in figure.axes if axes.axison and not holds_data(axes)]


def holds_data(axes):
    """Whether a mark, line, bar or cell lies in the axes; bands, and lines that part or compare, are no data."""
    data = axes.transData
    places = [c.get_offsets() for c in axes.collections if c.get_offset_transform().contains_branch(data)]
    places += [
        line.get_xydata() for line in axes.lines if _in_data(axes, line.get_transform()) and not line.is_dashed()
    ]
    places += [each for c in axes.collections if hasattr(c, "get_segments") for each in c.get_segments()]
    bars = [p for p in axes.patches if _in_data(axes, p.get_data_transform()) and p.get_fill()]
    cells = [c for c in axes.collections if isinstance(c, QuadMesh)]
    return bool(bars or cells or axes.images) or any(_inside(axes, place) for place in places)


def _inside(axes, places):
    xy = np.ma.filled(np.ma.asarray(places, dtype=float), np.nan).reshape(-1, 2)
    (left, right), (bottom, top) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
    x, y = xy[np.isfinite(xy).all(axis=1)].T
    return bool(((left <= x) & (x <= right) & (bottom <= y) & (y <= top)).any())


def _in_data(axes, transform):
    """Whether both coordinates are values, not shares of the axes."""
    return all(transform.contains_branch_seperately(axes.transData))


def least_mark(figure):
    """Width of the smallest mark in points, of data and of legends; infinite without marks."""
    sizes = [np.inf]
    for scatter in figure.findobj(PathCollection):
        sizes += np.sqrt(scatter.get_sizes()).tolist() if len(scatter.get_offsets()) else []
    lines = [line for line in figure.findobj(Line2D) if line.get_marker() not in ("None", "none", "", " ", None)]
    ticks_ = {id(line) for axes in figure.axes for line in (*axes.get_xticklines(True), *axes.get_yticklines(True))}
    ticks_ |= {id(line) for axes in figure.axes for line in (*axes.get_xticklines(), *axes.get_yticklines())}
    return min(sizes + [line.get_markersize() for line in lines if id(line) not in ticks_])
