"""A measure layer by layer, all strategies in one row each; legible for 52 layers."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.figures.outcomes import by_strategy, layers_of, listed, per_strategy
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, points
from cgplab.figures.style import LABELS, TEXT_WIDTH, in_lines, looks, publication_style
from cgplab.words import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HOVER = ("layer", "strategy", "median", "low", "high", "n")


def spread(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Median, quartiles and range of a measure by layer and strategy.

    Returns
    -------
    pandas.DataFrame
        ``layer``, ``strategy``, ``median``, ``q1``, ``q3``, ``low``, ``high`` in the measure's unit, ``n`` runs,
        ``over`` runs above their budget, ``row`` the layer's place from the top, ``place`` row and strategy.
    """
    layers = layers_of(frame)
    strategies = sorted(frame["strategy"].unique())
    grouped = frame.assign(over=~frame["within"]).groupby(["layer", "strategy"])
    values = grouped[measure]
    table = pd.DataFrame(
        {
            "median": values.median(), "q1": values.quantile(0.25), "q3": values.quantile(0.75), "low": values.min(),
            "high": values.max(), "n": values.size(), "over": grouped["over"].sum(),
        }
    ).reset_index()  # fmt: skip
    row = table["layer"].map({layer: i for i, layer in enumerate(layers)})
    apart = np.linspace(-0.3, 0.3, len(strategies)) if len(strategies) > 1 else np.zeros(1)
    offset = table["strategy"].map(dict(zip(strategies, apart, strict=True)))
    return table.assign(row=row, place=row + offset).sort_values("place", ignore_index=True)


def table(frame: pd.DataFrame, measure: str, label: str) -> str:
    """LaTeX table: median (least to greatest) of a measure, a row per layer and a column per strategy."""
    from cgplab.statistics.latex import table as latex

    spans = spread(frame, measure)
    cells = {
        (layer, strategy): f"{middle:.3g} ({low:.3g} to {high:.3g})" if low < high else f"{middle:.3g}"
        for layer, strategy, middle, low, high in spans[["layer", "strategy", "median", "low", "high"]].itertuples(
            index=False
        )
    }
    layers = layers_of(frame)
    columns = {"layer": layers} | {
        f"t = {t:g}": [cells.get((layer, t), "–") for layer in layers] for t, _ in per_strategy(spans)
    }
    caption = f"{LABELS[measure]} of {heading(frame)}: median and range {_per_cell(spans)}."
    return latex(pd.DataFrame(columns), caption, label)


def publish(frame: pd.DataFrame, measure: str, title: str) -> Figure:
    """Draw for print: layers down the page, a marker at the median, bars over quartiles and range."""
    table = spread(frame, measure)
    layers = layers_of(frame)
    styles = looks(table["strategy"].unique().tolist())
    scale = scale_for(frame[measure])
    dense = len(layers) > 20
    with publication_style():
        row_height = 0.155 if dense else 0.32
        figure = Figure(figsize=(TEXT_WIDTH, 1.25 + row_height * len(layers)), layout="constrained")
        axes = figure.add_subplot()
        scale.apply(axes, "x")
        _stripes(axes, len(layers))
        for strategy, group in per_strategy(table):
            colour, marker = styles[strategy]
            axes.hlines(group["place"], group["low"], group["high"], color=colour, linewidth=0.6, alpha=0.7, zorder=2)
            axes.hlines(group["place"], group["q1"], group["q3"], color=colour, linewidth=1.9, zorder=2)
            for met in (True, False):
                part = group[(group["over"] * 2 <= group["n"]) == met]
                axes.scatter(
                    part["median"], part["place"], s=9 if dense else 20, marker=marker, linewidth=0.8,
                    facecolor=colour if met else "white", edgecolor=colour, zorder=3, clip_on=False,
                )  # fmt: skip
            axes.scatter([], [], s=20, marker=marker, color=colour, label=f"t = {strategy:g} (n = {group['n'].sum()})")
        if (table["over"] * 2 > table["n"]).any():
            axes.scatter([], [], s=20, facecolor="white", edgecolor="#444444", label="most above budget")
        axes.set_yticks(range(len(layers)), layers, fontsize=6 if dense else 8)
        axes.set_ylim(len(layers) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        axes.set_xlabel(f"{LABELS[measure]}\nmedian, quartiles, range {_per_cell(table)}")
        figure.legend(loc="outside upper center", ncols=4, handletextpad=0.2, columnspacing=1.2)
        axes.set_title(in_lines(title), loc="left")
    return figure


def show(frame: pd.DataFrame, measure: str, title: str) -> Any:
    """Draw for a screen."""
    from cgplab.figures.screens import holoviews

    hv = holoviews()
    table = spread(frame, measure)
    layers = layers_of(frame)
    scale = scale_for(frame[measure])
    table = table.assign(
        centre=scale.forward(table["median"]), start=scale.forward(table["low"]), end=scale.forward(table["high"])
    )
    table = table.assign(layer_place=-table["place"])
    groups = by_strategy(table, lambda t, rows: f"t = {t:g} (n = {rows['n'].sum()})")
    styles = looks(table["strategy"].unique().tolist())
    ranges = [
        hv.Segments(
            rows[["start", "layer_place", "end", "layer_place"]].to_numpy(), kdims=["x0", "y0", "x1", "y1"]
        ).opts(color=styles[t][0], line_width=1.5, alpha=0.6, backend="bokeh")
        for t, rows in per_strategy(table)
    ]
    drawn = hv.Overlay(ranges) * points(table, "centre", "layer_place", groups, _HOVER)
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
    low, high = table["n"].min(), table["n"].max()
    return f"of {counted(low, 'run')} each" if low == high else f"of {low:,} to {high:,} runs each"


def heading(frame: pd.DataFrame) -> str:
    """Title: models and selections."""
    return ", ".join(
        listed([str(v) for v in frame[name].dropna().unique()], f"{name}s") for name in ("model", "selection")
    )
