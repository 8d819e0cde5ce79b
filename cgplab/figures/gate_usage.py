"""Which operators the best circuits use, and what they spend on each."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.errors import InputError
from cgplab.figures.outcomes import by_strategy, per_strategy, subject
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import beside, dress, points
from cgplab.figures.style import TEXT_WIDTH, in_lines, looks, publication_style
from cgplab.words import counted

if TYPE_CHECKING:
    import holoviews as hv

_PANELS = {"count": "active gates per circuit (mean)", "energy": "energy per circuit (mean) [pJ]"}
_HOVER = ("function", "strategy", "count", "energy", "circuits")


def data(gate_usage: pd.DataFrame) -> pd.DataFrame:
    """Mean use per circuit by operator and strategy.

    Parameters
    ----------
    gate_usage : pandas.DataFrame
        Frame ``gate_usage``.

    Returns
    -------
    pandas.DataFrame
        ``function``, ``strategy``, ``count`` (gates per circuit), ``energy`` (pJ per circuit, NaN where the cost table
        is gone), ``circuits`` of the strategy; most used operator first. Circuits without an operator count 0.

    Raises
    ------
    InputError
        No run has a circuit with gates.
    """
    if gate_usage.empty:
        raise InputError("no run has a circuit with active gates yet; make some with: cgplab evolve")
    circuits = gate_usage.groupby("strategy")["id"].nunique()
    sums = gate_usage.groupby(["function", "strategy"])[["count", "energy"]].sum(min_count=1)
    sums = (
        sums.div(circuits, level="strategy", axis=0)
        .reset_index()
        .assign(circuits=lambda t: t["strategy"].map(circuits))
    )
    order = gate_usage.groupby("function")["count"].sum().sort_values(ascending=False, kind="stable").index
    place = sums["function"].map({name: i for i, name in enumerate(order)})
    return sums.assign(place=place).sort_values(["place", "strategy"], ignore_index=True)


def interactive(gate_usage: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(gate_usage)
    names = frame["function"].unique()
    panels = []
    for measure, label in _PANELS.items():
        known = frame.dropna(subset=[measure])
        scale = scale_for(known[measure])
        known = known.assign(across=scale.forward(known[measure]), height=-_dodged(known))
        groups = by_strategy(known, lambda t, rows: f"t = {t:g} (n = {rows['circuits'].iloc[0]})")
        panels.append(
            dress(
                points(known, "across", "height", groups, _HOVER), "", {"x": label, "y": ""}, {"x": scale},
                yticks=[(-i, name.replace("_", " ")) for i, name in enumerate(names)], ylim=(0.6 - len(names), 0.6),
                min_height=140 + 18 * len(names), show_legend=measure == "energy",
            )
        )  # fmt: skip
    return beside(panels, subject(gate_usage), 2)


def publication(gate_usage: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(gate_usage)
    names = frame["function"].unique()
    styles = looks(frame["strategy"].unique().tolist())
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 1.2 + 0.19 * len(names)), layout="constrained")
        axes = figure.subplots(1, 2, sharey=True)
        for panel, (measure, label) in zip(axes, _PANELS.items(), strict=True):
            known = frame.dropna(subset=[measure])
            scale_for(known[measure]).apply(panel, "x")
            panel.grid(axis="x", visible=True)
            for strategy, rows in per_strategy(known):
                colour, marker = styles[strategy]
                text = f"t = {strategy:g} (n = {counted(int(rows['circuits'].iloc[0]), 'circuit')})"
                panel.scatter(
                    rows[measure], _dodged(known)[rows.index], s=14, marker=marker, color=colour, label=text, zorder=3
                )
            panel.set_xlabel(label)
        axes[0].set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
        axes[0].set_ylim(len(names) - 0.4, -0.6)
        figure.legend(
            *axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2 if len(styles) > 3 else 3
        )
        axes[0].set_title(in_lines(subject(gate_usage)), loc="left")
    return figure


def _dodged(frame: pd.DataFrame) -> pd.Series:
    """Rows of the operators, the strategies a little apart."""
    strategies = sorted(frame["strategy"].unique())
    apart = np.linspace(-0.27, 0.27, len(strategies)) if len(strategies) > 1 else [0.0]
    return frame["place"] + frame["strategy"].map(dict(zip(strategies, apart, strict=True)))
