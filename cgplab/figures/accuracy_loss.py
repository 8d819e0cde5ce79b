"""Accuracy loss by strategy: a box per strategy, every run as a point."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cgplab.errors import InputError
from cgplab.figures.style import looks, new_figure, publication_style

_SPREAD = 0.16
"""Half width of the band over which points of one box are spread."""


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with an accuracy.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.

    Returns
    -------
    pandas.DataFrame
        Columns ``strategy``, ``accuracy_loss`` (percentage points), ``within`` (whether the error is
        within what the strategy allows), ``model``, ``selection``, ``layer``, ``dataset``, ``id``; sorted
        by strategy, then id.

    Raises
    ------
    InputError
        No run has an accuracy.
    """
    frame = runs.dropna(subset=["accuracy_loss", "error"])
    if frame.empty:
        raise InputError("no run has an accuracy yet; measure it with: cgplab metrics")
    frame = frame.assign(within=frame["error"].astype(float) <= frame["threshold"].astype(float))
    columns = ["strategy", "accuracy_loss", "within", "model", "selection", "layer", "dataset", "id"]
    return frame[columns].sort_values(["strategy", "id"], ignore_index=True)


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    strategies = sorted(frame["strategy"].unique())
    styles = looks(strategies)
    with publication_style():
        figure, axes = new_figure()
        axes.axhline(0, color="#555555", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        for position, strategy in enumerate(strategies):
            group = frame[frame["strategy"] == strategy]
            losses = group["accuracy_loss"].to_numpy(dtype=float)
            colour, marker = styles[strategy]
            axes.boxplot(
                losses, positions=[position], widths=0.5, showfliers=False, patch_artist=True, manage_ticks=False,
                boxprops={"facecolor": f"{colour}26", "edgecolor": colour, "linewidth": 1.0},
                medianprops={"color": colour, "linewidth": 1.8},
                whiskerprops={"color": colour}, capprops={"color": colour}, zorder=2,
            )  # fmt: skip
            offsets = np.linspace(-_SPREAD, _SPREAD, len(losses)) if len(losses) > 1 else np.zeros(1)
            met = group["within"].to_numpy()
            for chosen, face in ((met, colour), (~met, "white")):
                axes.scatter(
                    position + offsets[chosen], losses[chosen], s=22, marker=marker, facecolor=face,
                    edgecolor=colour, linewidth=1.0, zorder=3,
                )  # fmt: skip
        counts = frame.groupby("strategy").size()
        axes.set_xticks(range(len(strategies)), [f"{s:g}\nn = {counts[s]}" for s in strategies])
        axes.set_xlim(-0.6, len(strategies) - 0.4)
        axes.margins(y=0.12)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
        axes.set_xlabel("strategy t (error allowed per weight)")
        axes.set_ylabel("accuracy loss [percentage points]")
        axes.set_title(_title(frame), loc="left")
        if not frame["within"].all():
            axes.scatter(
                [], [], s=22, facecolor="white", edgecolor="#444444", label="error above the strategy's budget"
            )
            axes.legend(loc="best")
    return figure


def _title(frame: pd.DataFrame) -> str:
    subject = ", ".join(sorted(set(frame["model"] + " " + frame["layer"] + ", " + frame["selection"])))
    return f"{subject}; {', '.join(sorted(frame['dataset'].unique()))}"
