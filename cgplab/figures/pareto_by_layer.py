"""Energy against accuracy loss, layer by layer, each with its own front."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis import pareto
from cgplab.figures.layers import heading
from cgplab.figures.outcomes import by_strategy, counted, draw_runs, layers_of, outcomes, per_strategy
from cgplab.figures.pareto import FRONT, HOVER, OBJECTIVES, scales_of, stairs
from cgplab.figures.scales import Scale
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, TEXT_WIDTH, looks, publication_style

if TYPE_CHECKING:
    import holoviews as hv


_WIDE, _HIGH = 0.9, 0.74
"""Of a panel, as shares of its cell; above it stands its title."""
_FRAME = "#b8b8b8"


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with an accuracy, and ``front``: whether no other run of the layer beats them in both objectives.

    See :func:`cgplab.figures.outcomes.outcomes` for the other columns and errors.
    """
    frame = outcomes(runs, list(OBJECTIVES), "no run has an accuracy yet; measure it with: cgplab metrics")
    return frame.assign(front=frame["id"].isin(pareto(frame, OBJECTIVES, by=["model", "layer"])["id"]))


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen, all panels as cells of one plot; see :func:`data` for errors.

    Dozens of plots would take a browser, and HoloViews before it, many seconds.
    """
    hv = holoviews()
    frame = data(runs)
    scales, cells = scales_of(frame), _cells(layers_of(frame))
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
    fronts, boxes, titles = [], [], []
    for layer, rows in _by_layer(frame):
        x, y = stairs(rows[rows["front"]], scales)
        column, row = cells[layer]
        fronts.append(
            np.column_stack(
                [
                    column + _WIDE * within("x", scales["x"].forward(x)),
                    row + _HIGH * within("y", scales["y"].forward(y)),
                ]
            )
        )
        boxes.append((column, row, column + _WIDE, row + _HIGH))
        titles.append((column, row + _HIGH, f"{layer} (n = {len(rows)})"))
    drawn = hv.Overlay(
        [
            hv.Rectangles(boxes).opts(fill_alpha=0, line_color=_FRAME, line_alpha=0.7, line_width=1, backend="bokeh"),
            hv.Labels(titles, ["x", "y"], "layer").opts(
                text_align="left", text_baseline="bottom", text_font_size="10px", text_color=FRONT, backend="bokeh"
            ),
            hv.Path(fronts, label="Pareto front").opts(color=FRONT, line_width=1.3, backend="bokeh"),
        ]
    ) * points(placed, "across", "height", by_strategy(placed, counted), HOVER)
    lefts, bottoms = sorted({left for left, _ in cells.values()}), sorted({bottom for _, bottom in cells.values()})
    ticks = {axis: [(float(within(axis, place)), text) for place, text in _few(scales[axis])] for axis in "xy"}
    return dress(
        drawn, heading(frame), {"x": LABELS["energy"], "y": LABELS["accuracy_loss"]}, {},
        xticks=[(column + _WIDE * share, text) for column in lefts for share, text in ticks["x"]],
        yticks=[(row + _HIGH * share, text) for row in bottoms for share, text in ticks["y"]],
        xlim=(-0.04, lefts[-1] + 1.0), ylim=(bottoms[0] - 0.06, bottoms[-1] + 1.0),
        min_height=max(360, 110 * len(bottoms) + 90),
    )  # fmt: skip


def _cells(layers: list[str]) -> dict[str, tuple[int, int]]:
    """Left and lower edge of each layer's panel, row by row from the top."""
    across = min(len(layers), 3 if len(layers) <= 6 else 4 if len(layers) <= 12 else 5)
    return {name: (index % across, -(index // across)) for index, name in enumerate(layers)}


def _few(scale: Scale) -> list[tuple[float, str]]:
    """The ends and the middle of an axis' ticks: the panels are small."""
    low, high = scale.span
    known = scale.places or [(low, f"{scale.limits[0]:.2g}"), (high, f"{scale.limits[1]:.2g}")]
    return list(dict.fromkeys([known[0], known[len(known) // 2], known[-1]]))


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    scales = scales_of(frame)
    styles = looks(frame["strategy"].unique().tolist())
    layers = _by_layer(frame)
    columns = min(len(layers), 3 if len(layers) <= 12 else 6)
    height = -(-len(layers) // columns)
    dense = columns > 3
    with publication_style():
        figure = Figure(
            figsize=(TEXT_WIDTH, 0.9 + height * (0.85 if dense else 1.4)),
            layout="constrained",
        )
        panels = figure.subplots(height, columns, squeeze=False, sharex=True, sharey=True).ravel()
        for panel, (layer, rows) in zip(panels, layers, strict=False):
            scales["x"].apply(panel, "x")
            scales["y"].apply(panel, "y")
            _thin(panel)
            for strategy, group in per_strategy(rows):
                colour, marker = styles[strategy]
                energy, loss = (group[name].to_numpy() for name in OBJECTIVES)
                draw_runs(panel, energy, loss, group["within"].to_numpy(), colour, marker, size=4 if dense else 9)
            panel.plot(*stairs(rows[rows["front"]], scales), color=FRONT, linewidth=0.9, zorder=4)
            title = layer if dense else f"{layer} (n = {len(rows)})"
            panel.set_title(title, loc="left", fontsize=5 if dense else 8, pad=2)
            panel.tick_params(labelsize=5.5 if dense else 7)
        for panel in panels[len(layers) :]:
            panel.set_axis_off()
        for panel in panels[max(0, len(layers) - columns) : len(layers)]:
            panel.tick_params(labelbottom=True)  # also where the row below has no panel
        for strategy, (colour, marker) in styles.items():
            panels[0].scatter([], [], s=20, marker=marker, color=colour, label=f"t = {strategy:g}")
        panels[0].plot([], [], color=FRONT, label="Pareto front")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=len(styles) + 1)
        figure.supxlabel(LABELS["energy"], fontsize=9)
        figure.supylabel(LABELS["accuracy_loss"], fontsize=9)
    return figure


def _by_layer(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(layer, frame[frame["layer"] == layer]) for layer in layers_of(frame)]


def _thin(panel) -> None:  # type: ignore[no-untyped-def]
    """Keep every other tick of an energy axis: the panels are small."""
    ticks, texts = panel.get_xticks(), [text.get_text() for text in panel.get_xticklabels()]
    step = -(-len(ticks) // 4)
    panel.set_xticks(ticks[::step], texts[::step])
