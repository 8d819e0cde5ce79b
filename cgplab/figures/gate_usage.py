"""Which operators the best circuits use, and what they spend on each."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis.frame_types import is_set
from cgplab.errors import InputError
from cgplab.figures.canvas import finish, mark
from cgplab.figures.layers import name_rows, row_looks
from cgplab.figures.outcomes import by_strategy, subject
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import beside, dress, points
from cgplab.figures.style import TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    import holoviews as hv

_PANELS = {"count": "active gates per circuit (mean)", "energy": "energy per circuit (mean) [pJ]"}
_HOVER = ("function", "strategy", "count", "energy", "circuits", "runs")


def data(gate_usage: pd.DataFrame) -> pd.DataFrame:
    """Mean use per circuit within budget by operator and strategy.

    Parameters
    ----------
    gate_usage : pandas.DataFrame
        Frame ``gate_usage``.

    Returns
    -------
    pandas.DataFrame
        ``function``, ``strategy``, ``count`` (gates per circuit), ``energy`` (pJ per circuit, NaN where the cost table
        is gone), ``circuits`` of the strategy within budget, of ``runs`` with gates; most used operator first. Circuits
        without an operator count 0.

    Raises
    ------
    InputError
        No run within its budget has a circuit with gates.
    """
    gate_usage = gate_usage.dropna(subset=["count"])
    if gate_usage.empty:
        raise InputError("no run has a circuit with active gates yet; make some with: cgplab evolve")
    runs = gate_usage.groupby("strategy")["id"].nunique()
    gate_usage = gate_usage[is_set(gate_usage["within"])]
    if gate_usage.empty:
        raise InputError("no run is within what its strategy allows yet; search longer, or with: --method construct")
    circuits = gate_usage.groupby("strategy")["id"].nunique()
    sums = gate_usage.groupby(["function", "strategy"])[["count", "energy"]].sum(min_count=1)
    sums = (
        sums.div(circuits, level="strategy", axis=0)
        .reset_index()
        .assign(circuits=lambda t: t["strategy"].map(circuits), runs=lambda t: t["strategy"].map(runs))
    )
    order = gate_usage.groupby("function")["count"].sum().sort_values(ascending=False, kind="stable").index
    place = sums["function"].map({name: i for i, name in enumerate(order)})
    return sums.assign(place=place).sort_values(["place", "strategy"], ignore_index=True)


def _panels(frame: pd.DataFrame) -> dict[str, str]:
    """Measures that are known, with their labels: without the cost table there are no energies."""
    return {measure: label for measure, label in _PANELS.items() if frame[measure].notna().any()}


def interactive(gate_usage: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(gate_usage)
    names = frame["function"].unique()
    panels = []
    for measure, label in _panels(frame).items():
        known = frame.dropna(subset=[measure])
        scale = scale_for(known[measure])
        known = known.assign(across=scale.forward(known[measure]), height=-_dodged(known))
        groups = by_strategy(known, _label)
        panels.append(
            dress(
                points(known, "across", "height", groups, _HOVER), "", {"x": label, "y": ""}, {"x": scale},
                yticks=[(-i, name.replace("_", " ")) for i, name in enumerate(names)], ylim=(0.6 - len(names), 0.6),
                min_height=140 + 18 * len(names), show_legend=measure == [*_panels(frame)][-1],
            )
        )  # fmt: skip
    return beside(panels, subject(gate_usage), 2)


def publication(gate_usage: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(gate_usage)
    names = [name.replace("_", " ") for name in frame["function"].unique()]
    groups = by_strategy(frame, _label)
    height, size, type_size = row_looks(len(names), len(groups))
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.7 + height * len(names)), layout="constrained")
        panels = _panels(frame)
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False).ravel()
        for panel, (measure, label) in zip(axes, panels.items(), strict=True):
            known = frame.dropna(subset=[measure])
            scale_for(known[measure]).apply(panel, "x")
            places = _dodged(frame)
            for group in groups:
                rows = group.rows.dropna(subset=[measure])
                panel.scatter(
                    rows[measure], places[rows.index], s=size, marker=group.look.marker, color=group.look.colour,
                    linewidth=0, zorder=3,
                )  # fmt: skip
            panel.set_xlabel(label)
        name_rows(axes[0], names, type_size)
        for panel in axes[1:]:
            panel.grid(axis="x", visible=True)
            panel.tick_params(axis="y", length=0)
        finish(figure, subject(gate_usage), [(mark(group.look), group.label) for group in groups], _HEADING)
    return figure


_HEADING = "strategy t (circuits within budget, which the means are over / circuits with gates)"


def _label(strategy: float, rows: pd.DataFrame) -> str:
    return f"t = {strategy:g} ({rows['circuits'].iloc[0]:,}/{rows['runs'].iloc[0]:,})"


def _dodged(frame: pd.DataFrame) -> pd.Series:
    """Rows of the operators, the strategies a little apart."""
    strategies = sorted(frame["strategy"].unique())
    apart = np.linspace(-0.27, 0.27, len(strategies)) if len(strategies) > 1 else [0.0]
    return frame["place"] + frame["strategy"].map(dict(zip(strategies, apart, strict=True)))
