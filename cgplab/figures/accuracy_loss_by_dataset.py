"""Accuracy loss by strategy on every data set and split that runs were measured on."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.errors import InputError
from cgplab.figures.canvas import finish
from cgplab.figures.outcomes import Group, draw_runs, entries, share, subject, swarm
from cgplab.figures.reference_band import entries_of, notes_of, reference_band, with_ends
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, points
from cgplab.figures.style import LABELS, look, new_figure, publication_style

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("id", "layer", "kernel", "strategy", "seed", "within", "dataset", "accuracy_loss")


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


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what the band is, where all runs have one reference."""
    return notes_of(reference_band(frame))


def interactive(accuracies: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(accuracies)
    band = reference_band(frame)
    scale = scale_for(with_ends(frame["accuracy_loss"], band))
    frame = frame.assign(height=scale.forward(frame["accuracy_loss"]))
    groups = _groups(frame)
    drawn = points(frame, "across", "height", groups, _HOVER)
    labels = {"x": LABELS["strategy"], "y": LABELS["accuracy_loss"]}
    ticks = [(i, f"{t:g}") for i, t in enumerate(sorted(frame["strategy"].unique()))]
    if band is not None:
        drawn = band.element(scale) * drawn
    return dress(drawn, subject(frame), labels, {"y": scale}, xticks=ticks, xlim=(-0.6, len(ticks) - 0.4))


def _groups(frame: pd.DataFrame) -> list[Group]:
    names = sorted(frame["dataset"].unique())
    parts = [frame[frame["dataset"] == name] for name in names]
    return [
        Group(f"{name} ({share(rows)})", rows, look(i, len(names)))
        for i, (name, rows) in enumerate(zip(names, parts, strict=True))
    ]


def publication(accuracies: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(accuracies)
    strategies = sorted(frame["strategy"].unique())
    groups = _groups(frame)
    with publication_style():
        figure, axes = new_figure()
        band = reference_band(frame)
        scale_for(with_ends(frame["accuracy_loss"], band)).apply(axes)
        if band is not None:
            band.shade(axes)
        axes.axhline(0, color="#555555", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        for group in groups:
            x, y = (group.rows[name].to_numpy() for name in ("across", "accuracy_loss"))
            draw_runs(axes, x, y, group.rows["within"].to_numpy(dtype=bool), group.look, size=9)
        axes.set_xticks(range(len(strategies)), [f"{t:g}" for t in strategies])
        axes.set_xlim(-0.6, len(strategies) - 0.4)
        axes.set_xlabel(LABELS["strategy"])
        axes.set_ylabel(LABELS["accuracy_loss"])
        told = [*entries(groups, not frame["within"].all()), *entries_of(band)]
        finish(figure, subject(frame), told, "data set (accuracies of runs within budget / accuracies)")
    return figure
