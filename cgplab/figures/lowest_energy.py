"""Lowest energy of each layer beside its missing weights."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis import missing_weights
from cgplab.errors import InputError
from cgplab.figures.layers import heading
from cgplab.figures.outcomes import by_strategy, layers_of, per_strategy
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, TEXT_WIDTH, in_lines, looks, publication_style

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("layer", "strategy", "lowest_energy", "missing_weights", "n_outputs", "runs")
_BAR = "#9a9a9a"


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Lowest energy by layer and strategy, of the runs within their budget.

    Returns
    -------
    pandas.DataFrame
        ``layer``, ``strategy``, ``lowest_energy`` (pJ), ``missing_weights`` (the most of the layer's problems),
        ``n_outputs``, ``runs`` within their budget, ``model``, ``selection``, ``row`` the layer's place from the top.

    Raises
    ------
    InputError
        No run is within its budget.
    """
    table = missing_weights(runs).dropna(subset=["lowest_energy"])
    if table.empty:
        raise InputError("no run is within what its strategy allows yet; search longer, or with: --method construct")
    layers = layers_of(table)
    grouped = table.groupby(["layer", "strategy"])
    found = grouped.agg(
        lowest_energy=("lowest_energy", "min"), n_outputs=("n_outputs", "max"), runs=("runs_within", "sum"),
        model=("model", "first"), selection=("selection", "first"),
    ).reset_index()  # fmt: skip
    most = table.groupby("layer")["missing_weights"].max()
    row = found["layer"].map({layer: i for i, layer in enumerate(layers)})
    return found.assign(missing_weights=found["layer"].map(most), row=row).sort_values(
        ["row", "strategy"], ignore_index=True
    )


def interactive(runs: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    scale = scale_for(frame["lowest_energy"])
    placed = frame.assign(across=scale.forward(frame["lowest_energy"]), height=-frame["row"].astype(float))
    layers = frame.drop_duplicates("layer")
    rows = {"yticks": [(-i, name) for i, name in zip(layers["row"], layers["layer"], strict=True)]}
    ends = {"ylim": (-len(layers) + 0.4, 0.6), "min_height": max(320, 17 * len(layers) + 120)}
    groups = by_strategy(placed, lambda t, rows: f"t = {t:g} (n = {rows['runs'].sum()})")
    energies = dress(
        points(placed, "across", "height", groups, _HOVER), heading(frame),
        {"x": f"lowest {LABELS['energy']}", "y": ""}, {"x": scale}, **rows, **ends,
    )  # fmt: skip
    boxes = [(0, -i - 0.35, m, -i + 0.35) for i, m in zip(layers["row"], layers["missing_weights"], strict=True)]
    bars = hv.Rectangles(boxes, kdims=["x0", "y0", "x1", "y1"]).opts(color=_BAR, line_alpha=0, backend="bokeh")
    missing = dress(bars, "", {"x": "missing weights", "y": ""}, {}, show_legend=False, **rows, **ends)
    return hv.Layout([energies, missing]).opts(shared_axes=False, backend="bokeh").cols(2)


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    layers = frame.drop_duplicates("layer")
    styles = looks(frame["strategy"].unique().tolist())
    dense = len(layers) > 20
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 1.2 + (0.15 if dense else 0.28) * len(layers)), layout="constrained")
        energies, missing = figure.subplots(1, 2, sharey=True, width_ratios=[2.4, 1])
        scale_for(frame["lowest_energy"]).apply(energies, "x")
        energies.grid(axis="x", visible=True)
        apart = np.linspace(-0.25, 0.25, len(styles)) if len(styles) > 1 else [0.0]
        for offset, (strategy, group) in zip(apart, per_strategy(frame), strict=True):
            colour, marker = styles[strategy]
            energies.scatter(
                group["lowest_energy"], group["row"] + offset, s=10 if dense else 20, marker=marker, color=colour,
                label=f"t = {strategy:g} (n = {group['runs'].sum()})", zorder=3,
            )  # fmt: skip
        energies.set_xlabel(f"lowest {LABELS['energy']}")
        missing.barh(layers["row"], layers["missing_weights"], height=0.7, color=_BAR)
        missing.grid(axis="x", visible=True)
        missing.set_xlabel("missing weights")
        energies.set_yticks(layers["row"], layers["layer"], fontsize=6 if dense else 8)
        energies.set_ylim(len(layers) - 0.4, -0.6)
        figure.legend(*energies.get_legend_handles_labels(), loc="outside upper center", ncols=4, handletextpad=0.2)
        energies.set_title(in_lines(f"{heading(frame)}; runs within their budget"), loc="left")
    return figure
