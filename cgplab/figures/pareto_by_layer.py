"""Energy against accuracy loss, layer by layer, each with its own front."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cgplab.figures import pareto
from cgplab.figures.canvas import all_fitted, finish, stroke, text_width
from cgplab.figures.layers import heading
from cgplab.figures.outcomes import SHARES, by_strategy, counted, draw_runs, entries, layers_of, share
from cgplab.figures.pareto import FRONT, HOVER, scales_of
from cgplab.figures.reference_band import SHADE, entries_of, reference_band
from cgplab.figures.scales import Scale
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, LEAST_MARK, TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    import holoviews as hv


_WIDE, _HIGH = 0.9, 0.72
"""Of a panel, as shares of its cell; above it stands its title."""
_FRAME = "#b8b8b8"
_FEW_TICKS = 3
"""About so many ticks has an axis of a panel."""
_FEW, _MANY = 6, 12
"""Numbers of layers up to which panels are larger."""
_SCREEN_COLUMNS, _PRINT_COLUMNS = (3, 4, 5), (3, 3, 6)


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with an accuracy, and ``front``; see :func:`cgplab.figures.pareto.data` for columns and errors."""
    return pareto.data(runs)


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption; see :func:`cgplab.figures.pareto.notes`."""
    return pareto.notes(frame)


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen, all panels as cells of one plot; see :func:`data` for errors.

    Dozens of plots would take a browser, and HoloViews before it, many seconds.
    """
    hv = holoviews()
    frame = data(runs)
    placed = _place(frame, _across(len(layers_of(frame)), _SCREEN_COLUMNS))
    titles = [(x, y + _HIGH, f"{layer} ({n})") for (x, y), layer, n in placed.panels]
    boxes = [(x, y, x + _WIDE, y + _HIGH) for (x, y), *_ in placed.panels]
    drawn = hv.Overlay(
        [
            hv.Rectangles(placed.bands).opts(line_alpha=0, **SHADE, backend="bokeh"),
            hv.Rectangles(boxes).opts(fill_alpha=0, line_color=_FRAME, line_alpha=0.7, line_width=1, backend="bokeh"),
            hv.Labels(titles, ["x", "y"], "layer").opts(
                text_align="left", text_baseline="bottom", text_font_size="10px", text_color=FRONT, backend="bokeh"
            ),
            hv.Path(placed.fronts, label="Pareto front").opts(color=FRONT, line_width=1.3, backend="bokeh"),
        ]
    ) * points(placed.runs, "across", "height", by_strategy(placed.runs, counted), HOVER)
    xlim, ylim = placed.limits
    return dress(
        drawn, heading(frame), {"x": LABELS["energy"], "y": LABELS["accuracy_loss"]}, {},
        xticks=placed.ticks["x"], yticks=placed.ticks["y"], xlim=xlim, ylim=ylim,
        min_height=max(360, 110 * placed.rows + 90),
    )  # fmt: skip


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print, all panels as cells of one plot; see :func:`data` for errors."""
    frame = data(runs)
    layers = layers_of(frame)
    placed = _place(frame, _across(len(layers), _PRINT_COLUMNS))
    groups = by_strategy(placed.runs, counted)
    dense = len(layers) > _MANY
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.55 + placed.rows * (0.92 if dense else 1.4)), layout="constrained")
        axes = figure.add_subplot()
        axes.grid(visible=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        room, size = (72 * TEXT_WIDTH - 46) / (placed.limits[0][1] + 0.04) * _WIDE, 5.5 if dense else 7.5
        taken = 0.0 if dense else text_width(" (999/999)", size)
        titles = all_fitted([layer for _, layer, _ in placed.panels], room - taken, size)
        for left, low, right, high in placed.bands:
            axes.add_patch(Rectangle((left, low), right - left, high - low, linewidth=0, zorder=0.5, **SHADE))
        for ((x, y), _, n), title in zip(placed.panels, titles, strict=True):
            axes.add_patch(Rectangle((x, y), _WIDE, _HIGH, fill=False, edgecolor=_FRAME, linewidth=0.5))
            told = f"{title}\n{n}" if dense else f"{title} ({n})"
            axes.text(x, y + _HIGH + 0.02, told, fontsize=size, va="bottom", linespacing=1.0)
        axes.add_collection(LineCollection(placed.fronts, colors=FRONT, linewidths=0.9, zorder=4))
        for group in groups:
            across, height = (group.rows[name].to_numpy() for name in ("across", "height"))
            draw_runs(axes, across, height, group.rows["within"].to_numpy(), group.look, size=LEAST_MARK)
        for axis, ticks in zip((axes.xaxis, axes.yaxis), placed.ticks.values(), strict=True):
            axis.set_ticks([place for place, _ in ticks], [text for _, text in ticks])
        axes.tick_params(labelsize=5.5 if dense else 7, length=2)
        axes.set_xlim(placed.limits[0])
        axes.set_ylim(placed.limits[1])
        axes.set_xlabel(LABELS["energy"], fontsize=9)
        axes.set_ylabel(LABELS["accuracy_loss"], fontsize=9)
        band = entries_of(reference_band(frame))
        legend = [*entries(groups, not frame["within"].all()), (stroke(FRONT), "Pareto front"), *band]
        finish(figure, heading(frame), legend, f"{SHARES}, also above the panels")
    return figure


@dataclass(frozen=True, eq=False)
class _Placed:
    """Runs, fronts and panels in the coordinates of one plot, in which each panel is a cell of width and height 1.

    Attributes
    ----------
    runs : pandas.DataFrame
        With ``across`` and ``height``.
    fronts : list of (n, 2) float64
        Steps of each front.
    panels : list of ((left, bottom), layer, share)
        Corner, layer, and runs within budget of all.
    bands : list of (left, low, right, high)
        The reference's interval in each panel; empty where it is not known.
    ticks : {axis: [(place, text)]}
    limits : (xlim, ylim)
    rows : int
        Of panels.
    """

    runs: pd.DataFrame
    fronts: list[np.ndarray]
    panels: list[tuple[tuple[int, int], str, str]]
    bands: list[tuple[float, float, float, float]]
    ticks: dict[str, list[tuple[float, str]]]
    limits: tuple[tuple[float, float], tuple[float, float]]
    rows: int


def _place(frame: pd.DataFrame, across: int) -> _Placed:
    scales, layers = scales_of(frame), layers_of(frame)
    cells = {name: (index % across, -(index // across)) for index, name in enumerate(layers)}
    spans = {axis: scale.span for axis, scale in scales.items()}

    def within(axis: str, values: Any) -> np.ndarray:
        """Places as shares of an axis."""
        low, high = spans[axis]
        return (np.asarray(values, dtype=float) - low) / (high - low)

    left, below = (frame["layer"].map({name: cell[i] for name, cell in cells.items()}) for i in (0, 1))
    placed = frame.assign(
        across=left + _WIDE * within("x", scales["x"].forward(frame["energy"])),
        height=below + _HIGH * within("y", scales["y"].forward(frame["accuracy_loss"])),
    )
    steps, panels = [], []
    for layer in layers:
        rows = frame[frame["layer"] == layer]
        column, row = cells[layer]
        for x, y in pareto.fronts(rows, scales):
            shares = within("x", scales["x"].forward(x)), within("y", scales["y"].forward(y))
            steps.append(np.column_stack([column + _WIDE * shares[0], row + _HIGH * shares[1]]))
        panels.append(((column, row), layer, share(rows)))
    lefts, bottoms = (sorted({cell[i] for cell in cells.values()}) for i in (0, 1))
    few = {axis: [(float(within(axis, place)), text) for place, text in _few(scales[axis])] for axis in "xy"}
    ticks = {
        "x": [(column + _WIDE * share, text) for column in lefts for share, text in few["x"]],
        "y": [(row + _HIGH * share, text) for row in bottoms for share, text in few["y"]],
    }
    limits = (-0.04, lefts[-1] + 1.0), (bottoms[0] - 0.06, bottoms[-1] + 1.0)
    bands: list[tuple[float, float, float, float]] = []
    if (band := reference_band(frame)) is not None:
        low, high = (float(_HIGH * share) for share in within("y", scales["y"].forward([band.low, band.high])))
        bands = [(column, row + low, column + _WIDE, row + high) for (column, row), *_ in panels]
    return _Placed(placed, steps, panels, bands, ticks, limits, len(bottoms))


def _across(n: int, columns: tuple[int, int, int]) -> int:
    """Panels side by side, for few, some and many layers."""
    return min(n, columns[0] if n <= _FEW else columns[1] if n <= _MANY else columns[2])


def _few(scale: Scale) -> list[tuple[float, str]]:
    """The ends and the middle of an axis' ticks: the panels are small."""
    known = scale.places or scale.round_places(_FEW_TICKS)
    return list(dict.fromkeys([known[0], known[len(known) // 2], known[-1]]))
