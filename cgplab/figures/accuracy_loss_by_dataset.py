"""Accuracy loss by strategy on every data set and split that runs were measured on."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.errors import InputError
from cgplab.figures.outcomes import Group, subject, swarm
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, points
from cgplab.figures.style import LABELS, in_lines, look, new_figure, publication_style

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("id", "layer", "kernel", "strategy", "seed", "dataset", "accuracy_loss")


def data(accuracies: pd.DataFrame) -> pd.DataFrame:
    """Accuracies with ``across``, where each point stands: strategies side by side, data sets within.

    Parameters
    ----------
    accuracies : pandas.DataFrame
        Frame ``accuracies``.

    Raises
    ------
    InputError
        No run was measured.
    """
    frame = accuracies.dropna(subset=["accuracy_loss"]).reset_index(drop=True)
    if frame.empty:
        raise InputError("no run has an accuracy yet; measure it with: cgplab metrics")
    frame["accuracy_loss"] = frame["accuracy_loss"].astype(float)
    strategies, datasets = sorted(frame["strategy"].unique()), sorted(frame["dataset"].unique())
    width = 0.8 / len(datasets)
    across = pd.Series(np.nan, index=frame.index)
    for (strategy, dataset), rows in frame.groupby(["strategy", "dataset"]):
        centre = strategies.index(strategy) + width * (datasets.index(dataset) - (len(datasets) - 1) / 2)
        across[rows.index] = centre + swarm(rows["accuracy_loss"].to_numpy(), 0.42 * width)
    return frame.assign(across=across)


def interactive(accuracies: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(accuracies)
    scale = scale_for(frame["accuracy_loss"])
    frame = frame.assign(height=scale.forward(frame["accuracy_loss"]))
    names = sorted(frame["dataset"].unique())
    parts = [frame[frame["dataset"] == name] for name in names]
    groups = [
        Group(f"{name} (n = {len(rows)})", rows, i) for i, (name, rows) in enumerate(zip(names, parts, strict=True))
    ]
    drawn = points(frame, "across", "height", groups, _HOVER)
    labels = {"x": LABELS["strategy"], "y": LABELS["accuracy_loss"]}
    ticks = [(i, f"{t:g}") for i, t in enumerate(sorted(frame["strategy"].unique()))]
    return dress(drawn, subject(frame), labels, {"y": scale}, xticks=ticks, xlim=(-0.6, len(ticks) - 0.4))


def publication(accuracies: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(accuracies)
    strategies = sorted(frame["strategy"].unique())
    with publication_style():
        figure, axes = new_figure()
        scale_for(frame["accuracy_loss"]).apply(axes)
        axes.axhline(0, color="#555555", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        for index, (name, rows) in enumerate(frame.groupby("dataset")):
            colour, marker = look(index)
            axes.scatter(
                rows["across"], rows["accuracy_loss"], s=10, marker=marker, color=colour, linewidth=0, alpha=0.8,
                label=f"{name} (n = {len(rows)})", zorder=3,
            )  # fmt: skip
        axes.set_xticks(range(len(strategies)), [f"{t:g}" for t in strategies])
        axes.set_xlim(-0.6, len(strategies) - 0.4)
        axes.set_xlabel(LABELS["strategy"])
        axes.set_ylabel(LABELS["accuracy_loss"])
        axes.set_title(in_lines(subject(frame)), loc="left")
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure
