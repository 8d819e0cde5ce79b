"""Share of runs within budget by layer or kernel and strategy."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure

from cgplab.figures.canvas import all_fitted, finish, text_width
from cgplab.figures.layers import row_looks
from cgplab.figures.outcomes import outcomes, rows_of, subject
from cgplab.figures.screens import dress, holoviews
from cgplab.figures.style import LABELS, TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    import holoviews as hv

# One hue from white to dark: an ordered scale that needs no key but its numbers.
_COLOURS = LinearSegmentedColormap.from_list("share", ("#ffffff", "#bcd9ee", "#5aa2d0", "#0b5a94"))
_HOVER = ("name", "strategy", "within", "runs")


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs within budget by set of weights and strategy.

    Returns
    -------
    pandas.DataFrame
        ``name`` and ``row`` of the set of weights, ``strategy``, ``column`` of the strategy, ``within``, ``runs``,
        ``share``.

    Raises
    ------
    InputError
        No run has a circuit.
    """
    frame = outcomes(runs, ["error"], "no run has a circuit yet; make some with: cgplab evolve")
    names, order = rows_of(frame)
    grouped = frame.assign(name=names).groupby(["name", "strategy"])["within"]
    found = pd.DataFrame({"within": grouped.sum().astype(int), "runs": grouped.size()}).reset_index()
    columns = {t: i for i, t in enumerate(sorted(found["strategy"].unique()))}
    return found.assign(
        row=found["name"].map({name: i for i, name in enumerate(order)}), column=found["strategy"].map(columns),
        share=found["within"] / found["runs"],
    ).sort_values(["row", "column"], ignore_index=True)  # fmt: skip


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: how many cells are solved by all, some and none of their runs."""
    every, none = int((frame["share"] == 1).sum()), int((frame["share"] == 0).sum())
    return [
        f"of {len(frame):,} cells, {every:,} are within budget in all runs, {len(frame) - every - none:,} in some, "
        f"{none:,} in none"
    ]


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    frame = frame.assign(
        x0=frame["column"] - 0.5, x1=frame["column"] + 0.5, y0=-frame["row"] - 0.5, y1=-frame["row"] + 0.5
    )
    cells = hv.Rectangles(frame, ["x0", "y0", "x1", "y1"], ["share", *_HOVER]).opts(
        color="share", cmap=_palette(), clim=(0, 1), colorbar=True, line_color="#888888", line_width=0.3,
        tools=["hover"], hover_tooltips=[(name, f"@{{{name}}}") for name in _HOVER], backend="bokeh",
    )  # fmt: skip
    names, columns = frame.drop_duplicates("row"), frame.drop_duplicates("column").sort_values("column")
    return dress(
        cells, subject(outcomes(runs, ["error"], "")), {"x": LABELS["strategy"], "y": ""}, {},
        xticks=[(i, f"{t:g}") for i, t in enumerate(columns["strategy"])],
        yticks=[(-i, name) for i, name in zip(names["row"], names["name"], strict=True)],
        ylim=(-len(names) + 0.4, 0.6), xlim=(-0.5, len(columns) - 0.5), min_height=max(320, 17 * len(names) + 120),
        show_legend=False,
    )  # fmt: skip


def _palette() -> list[str]:
    return [to_hex(colour) for colour in _COLOURS(np.linspace(0, 1, 65))]


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print, with the numbers in the cells where they fit; see :func:`data` for errors."""
    frame = data(runs)
    names = frame.drop_duplicates("row")["name"].tolist()
    strategies = sorted(frame["strategy"].unique())
    height, _, type_size = row_looks(len(names), 1)
    shares = np.full((len(names), len(strategies)), np.nan)
    shares[frame["row"], frame["column"]] = frame["share"]
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.75 + height * len(names)), layout="constrained")
        axes = figure.add_subplot()
        axes.pcolormesh(shares, cmap=_COLOURS, vmin=0, vmax=1, edgecolor="#9a9a9a", linewidth=0.3)
        axes.grid(visible=False)
        cell = (72 * TEXT_WIDTH - 140) / len(strategies)
        size = min(7.0, 72 * height * 0.6)
        texts = [f"{within}/{n}" for within, n in zip(frame["within"], frame["runs"], strict=True)]
        if max(text_width(text, size) for text in texts) + 3 < cell:
            for text, row, column, share in zip(texts, frame["row"], frame["column"], frame["share"], strict=True):
                ink = "white" if share > 0.6 else "#222222"
                axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=size, color=ink)
        axes.set_yticks(np.arange(len(names)) + 0.5, all_fitted(names, 115.0, type_size), fontsize=type_size)
        axes.set_xticks(np.arange(len(strategies)) + 0.5, [f"{t:g}" for t in strategies])
        axes.set_ylim(len(names), 0)
        axes.tick_params(length=0)
        axes.set_xlabel(f"{LABELS['strategy']}\ncells: runs within budget / runs, darker for a larger share")
        finish(figure, subject(outcomes(runs, ["error"], "")))
    return figure
