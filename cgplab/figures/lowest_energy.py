"""Lowest energy of each layer beside its missing weights."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cgplab.analysis import missing_weights
from cgplab.errors import InputError
from cgplab.figures.canvas import finish
from cgplab.figures.layers import heading, name_rows, offsets_of, row_looks
from cgplab.figures.outcomes import SHARES, by_strategy, entries, per_strategy, rows_of
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("layer", "kernel", "strategy", "lowest_energy", "missing_weights", "n_outputs", "runs_within", "runs")
_BAR = "#9a9a9a"


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Lowest energy by layer, kernel and strategy, of the runs within their budget.

    Returns
    -------
    pandas.DataFrame
        ``layer``, ``kernel``, ``strategy``, ``lowest_energy`` (pJ), ``missing_weights``, ``n_outputs``,
        ``runs_within`` their budget of ``runs``, ``model``, ``selection``, ``name`` of the row and ``row``, its place
        from the top. Problems without a run within budget have no energy.

    Raises
    ------
    InputError
        No run is within its budget.
    """
    table = missing_weights(runs)
    if table["lowest_energy"].isna().all():
        raise InputError("no run is within what its strategy allows yet; search longer, or with: --method construct")
    names, order = rows_of(table)
    table = table.assign(name=names, row=names.map({name: i for i, name in enumerate(order)}))
    found = table.groupby(["row", "name", "strategy"]).agg(
        layer=("layer", "first"), kernel=("kernel", "first"), lowest_energy=("lowest_energy", "min"),
        n_outputs=("n_outputs", "max"), runs_within=("runs_within", "sum"), runs=("runs", "sum"),
        model=("model", "first"), selection=("selection", "first"),
    ).reset_index()  # fmt: skip
    most = table.groupby("name")["missing_weights"].max()
    return found.assign(missing_weights=found["name"].map(most)).sort_values(["row", "strategy"], ignore_index=True)


def _label(strategy: float, rows: pd.DataFrame) -> str:
    return f"t = {strategy:g} ({rows['runs_within'].sum():,}/{rows['runs'].sum():,})"


def interactive(runs: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    scale = scale_for(frame["lowest_energy"].dropna())
    known = frame.dropna(subset=["lowest_energy"])
    placed = known.assign(across=scale.forward(known["lowest_energy"]), height=-known["row"].astype(float))
    layers = frame.drop_duplicates("row")
    rows = {"yticks": [(-i, name) for i, name in zip(layers["row"], layers["name"], strict=True)]}
    ends = {"ylim": (-len(layers) + 0.4, 0.6), "min_height": max(320, 17 * len(layers) + 120)}
    looks = {group.rows["strategy"].iloc[0]: group for group in by_strategy(frame, _label)}
    groups = [replace(looks[t], rows=own) for t, own in per_strategy(placed)]
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
    layers = frame.drop_duplicates("row")
    groups = by_strategy(frame, _label)
    height, size, type_size = row_looks(len(layers), len(groups))
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.75 + height * len(layers)), layout="constrained")
        energies, missing = figure.subplots(1, 2, sharey=True, width_ratios=[2.4, 1])
        scale_for(frame["lowest_energy"].dropna()).apply(energies, "x")
        for offset, group in zip(offsets_of(frame).values(), groups, strict=True):
            energies.scatter(
                group.rows["lowest_energy"], group.rows["row"] + offset, s=size, marker=group.look.marker,
                color=group.look.colour, linewidth=0, zorder=3, clip_on=False,
            )  # fmt: skip
        energies.set_xlabel(f"lowest {LABELS['energy']}")
        missing.barh(layers["row"], layers["missing_weights"], height=0.7, color=_BAR)
        missing.set_xlabel("missing weights")
        missing.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        name_rows(energies, layers["name"].tolist(), type_size)
        missing.grid(axis="x", visible=True)
        missing.tick_params(axis="y", length=0)
        finish(figure, f"{heading(frame)}; runs within budget only", entries(groups, hollow=False), SHARES)
    return figure
