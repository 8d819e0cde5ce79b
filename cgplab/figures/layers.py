"""A measure layer by layer, all strategies in one row each; legible for 52 layers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.figures.canvas import all_fitted, finish
from cgplab.figures.outcomes import SHARES, by_strategy, counted, entries, layers_of, listed, per_strategy
from cgplab.figures.reference_band import Band, entries_of, with_ends
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, points
from cgplab.figures.style import LABELS, LEAST_MARK, TEXT_WIDTH, publication_style
from cgplab.words import counted as counted_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HOVER = ("layer", "strategy", "median", "low", "high", "n", "runs")
_HOVER_RUN = ("id", "layer", "kernel", "strategy", "seed", "energy", "accuracy_loss", "error")


_TALLEST = 7.6
"""Inches that the rows of a page may take."""
_BAND = 0.64
"""Share of a row that its marks are spread over."""
_OVERLAP = 0.5
"""Share of its width by which a mark may cover the next one of its row, should both show the same value."""


def spread(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Median, quartiles and range of a measure by layer and strategy, over the runs within budget.

    Returns
    -------
    pandas.DataFrame
        ``layer``, ``strategy``, ``median``, ``q1``, ``q3``, ``low``, ``high`` in the measure's unit (NaN where no run
        is within budget), ``n`` runs within budget, ``runs`` in all, ``row`` the layer's place from the top, ``place``
        row and strategy.
    """
    layers = layers_of(frame)
    keys = ["layer", "strategy"]
    values = frame[frame["within"]].groupby(keys)[measure]
    runs = frame.groupby(keys).size()
    table = pd.DataFrame(
        {
            "median": values.median(), "q1": values.quantile(0.25), "q3": values.quantile(0.75), "low": values.min(),
            "high": values.max(), "n": values.size(),
        }
    ).reindex(runs.index).assign(runs=runs).reset_index()  # fmt: skip
    row = table["layer"].map({layer: i for i, layer in enumerate(layers)})
    offset = table["strategy"].map(offsets_of(frame))
    table["n"] = table["n"].fillna(0).astype(int)
    return table.assign(row=row, place=row + offset).sort_values("place", ignore_index=True)


def offsets_of(frame: pd.DataFrame) -> dict[float, float]:
    """How far each strategy stands from the middle of its row."""
    strategies = sorted(frame["strategy"].unique())
    apart = np.linspace(-_BAND / 2, _BAND / 2, len(strategies)) if len(strategies) > 1 else np.zeros(1)
    return dict(zip(strategies, apart.tolist(), strict=True))


def table(frame: pd.DataFrame, measure: str, label: str) -> str:
    """LaTeX table: median (least to greatest) of a measure, a row per layer and a column per strategy."""
    from cgplab.latex import table as latex

    spans = spread(frame, measure)
    cells = {
        (layer, strategy): _cell(middle, low, high, n, runs)
        for layer, strategy, middle, low, high, n, runs in spans[
            ["layer", "strategy", "median", "low", "high", "n", "runs"]
        ].itertuples(index=False)
    }
    layers = layers_of(frame)
    columns = {"layer": layers} | {
        f"t = {t:g}": [cells.get((layer, t), "–") for layer in layers] for t, _ in per_strategy(spans)
    }
    caption = (
        f"{LABELS[measure]} of {heading(frame)}: median (range) of the runs within budget, {_per_cell(spans)}; "
        "cells such as 2/5 give runs within budget / runs, where some are above budget."
    )
    return latex(pd.DataFrame(columns), caption, label)


def _cell(middle: float, low: float, high: float, n: int, runs: int) -> str:
    if not n:
        return f"0/{runs}"
    value = f"{middle:.3g} ({low:.3g} to {high:.3g})" if low < high else f"{middle:.3g}"
    return value if n == runs else f"{value} {n}/{runs}"


def publish(frame: pd.DataFrame, measure: str, title: str, band: Band | None = None) -> Figure:
    """Draw for print: layers down the page, a marker at the median, bars over quartiles and range."""
    table = spread(frame, measure)
    layers = layers_of(frame)
    groups = by_strategy(frame, counted)
    scale = scale_for(with_ends(frame[measure], band))
    row_height, size, type_size = row_looks(len(layers), len(groups))
    offsets = offsets_of(frame)
    rows = {layer: i for i, layer in enumerate(layers)}
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.75 + row_height * len(layers)), layout="constrained")
        axes = figure.add_subplot()
        scale.apply(axes, "x")
        _stripes(axes, len(layers))
        if band is not None:
            band.shade(axes, "x")
        for group, (strategy, own) in zip(groups, per_strategy(table), strict=True):
            colour = group.look.colour
            known = own[own["n"] > 0]
            axes.hlines(known["place"], known["low"], known["high"], color=colour, linewidth=0.6, alpha=0.7, zorder=2)
            axes.hlines(known["place"], known["q1"], known["q3"], color=colour, linewidth=size**0.5 / 2.4, zorder=2)
            axes.scatter(
                known["median"], known["place"], s=size, marker=group.look.marker, linewidth=0, facecolor=colour,
                zorder=3, clip_on=False,
            )  # fmt: skip
            above = group.rows[~group.rows["within"]]
            axes.scatter(
                above[measure], above["layer"].map(rows).astype(float) + offsets[strategy],
                s=max(LEAST_MARK, 0.6 * size),
                marker=group.look.marker,
                linewidth=0.6, facecolor="white", edgecolor=colour, zorder=2.5, clip_on=False,
            )  # fmt: skip
        name_rows(axes, layers, type_size)
        axes.set_xlabel(LABELS[measure])
        finish(figure, title, [*entries(groups, not frame["within"].all()), *entries_of(band)], SHARES)
    return figure


def row_looks(rows: int, groups: int) -> tuple[float, float, float]:
    """Height of a row in inches, size of a mark in square points, size of type in points: a page holds all rows."""
    height = min(max(0.3 if rows <= 20 else 0.155, 0.06 * groups + 0.06), _TALLEST / max(rows, 1))
    room = 72 * height * _BAND / max(groups - 1, 1)
    return height, min(20.0, max(LEAST_MARK, (0.9 * room) ** 2)), min(8.0, max(4.5, 72 * height * 0.6))


def most_rows(groups: int) -> int:
    """Rows that a page holds without their marks, one of each group, covering each other by more than a half."""
    least = (1 - _OVERLAP) * LEAST_MARK**0.5 * (groups - 1) / _BAND / 72
    return max(1, int(_TALLEST / least)) if least else _ALL_ROWS


_ALL_ROWS = 10**6
"""More than there are."""


def name_rows(axes: "Axes", names: Sequence[str], type_size: float) -> None:
    """Name the rows of a plot, from the top down."""
    axes.set_yticks(range(len(names)), all_fitted(names, _NAME, type_size), fontsize=type_size)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)


_NAME = 115.0
"""Points that the name of a row may take."""


def show(frame: pd.DataFrame, measure: str, title: str, band: Band | None = None) -> Any:
    """Draw for a screen."""
    from cgplab.figures.screens import holoviews

    hv = holoviews()
    table = spread(frame, measure)
    layers = layers_of(frame)
    scale = scale_for(with_ends(frame[measure], band))
    known = table[table["n"] > 0]
    known = known.assign(
        centre=scale.forward(known["median"]), start=scale.forward(known["low"]), end=scale.forward(known["high"]),
        layer_place=-known["place"],
    )  # fmt: skip
    rows, offsets = {layer: i for i, layer in enumerate(layers)}, offsets_of(frame)
    above = frame[~frame["within"]]
    above = above.assign(
        centre=scale.forward(above[measure]),
        layer_place=-(above["layer"].map(rows).astype(float) + above["strategy"].map(offsets).astype(float)),
    )
    looks = {group.rows["strategy"].iloc[0]: group for group in by_strategy(frame, counted)}
    drawn = hv.Overlay(
        [
            hv.Segments(
                own[["start", "layer_place", "end", "layer_place"]].to_numpy(), kdims=["x0", "y0", "x1", "y1"]
            ).opts(color=looks[t].look.colour, line_width=1.5, alpha=0.6, backend="bokeh")
            for t, own in per_strategy(known)
        ]
    )
    medians = [replace(looks[t], rows=own) for t, own in per_strategy(known)]
    failed = [replace(looks[t], rows=own, label=f"t = {t:g}, above budget") for t, own in per_strategy(above)]
    drawn *= points(known, "centre", "layer_place", medians, _HOVER)
    if failed:
        drawn *= points(above, "centre", "layer_place", failed, _HOVER_RUN)
    if band is not None:
        drawn = band.element(scale, "x") * drawn
    return dress(
        drawn, title, {"x": f"{LABELS[measure]}: median and range", "y": "layer"}, {"x": scale},
        yticks=[(-i, name) for i, name in enumerate(layers)], ylim=(-len(layers) + 0.4, 0.6),
        min_height=max(360, 17 * len(layers) + 120),
    )  # fmt: skip


def _stripes(axes: "Axes", n: int) -> None:
    """Shade every other row, so that the eye stays in it."""
    for row in range(0, n, 2):
        axes.axhspan(row - 0.5, row + 0.5, color="#f7f7f7", zorder=-1, linewidth=0)


def _per_cell(table: pd.DataFrame) -> str:
    low, high = table["runs"].min(), table["runs"].max()
    return f"of {counted_words(low, 'run')} each" if low == high else f"of {low:,} to {high:,} runs each"


def heading(frame: pd.DataFrame) -> str:
    """Title: models and selections."""
    return ", ".join(
        listed([str(v) for v in frame[name].dropna().unique()], f"{name}s") for name in ("model", "selection")
    )
