"""Accuracy loss by strategy: a box per strategy, every run as a point."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cgplab.figures.outcomes import draw_runs, explain_hollow, outcomes, side_by_side, subject
from cgplab.figures.style import looks, new_figure, publication_style


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
    return outcomes(runs, "accuracy_loss", ["dataset"], "no run has an accuracy yet; measure it with: cgplab metrics")


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
            x = position + side_by_side(len(losses))
            draw_runs(axes, x, losses, group["within"].to_numpy(), colour, marker)
        counts = frame.groupby("strategy").size()
        axes.set_xticks(range(len(strategies)), [f"{s:g}\nn = {counts[s]}" for s in strategies])
        axes.set_xlim(-0.6, len(strategies) - 0.4)
        axes.margins(y=0.12)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
        axes.set_xlabel("strategy t (error allowed per weight)")
        axes.set_ylabel("accuracy loss [percentage points]")
        axes.set_title(f"{subject(frame)}; {', '.join(sorted(frame['dataset'].unique()))}", loc="left")
        if explain_hollow(axes, frame):
            axes.legend(loc="best")
    return figure
