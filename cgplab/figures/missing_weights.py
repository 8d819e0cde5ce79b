"""Missing weights against energy, by strategy, with a robust regression line where there is a trend to fit."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator
from scipy import stats

from cgplab.figures.outcomes import draw_runs, explain_hollow, outcomes, side_by_side, subject
from cgplab.figures.style import looks, new_figure, publication_style

_APART = 0.12
"""Distance between the strategies' points, in missing weights."""

FEWEST_FOR_A_LINE = 3
"""Distinct numbers of missing weights that a strategy needs for a regression line."""


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with a circuit.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.

    Returns
    -------
    pandas.DataFrame
        Columns ``strategy``, ``missing_weights``, ``energy`` (pJ, power x delay), ``within`` (whether the
        error is within what the strategy allows), ``model``, ``selection``, ``layer``, ``id``; sorted by
        strategy, then id.

    Raises
    ------
    InputError
        No run has a circuit.
    """
    nothing = "no run has a circuit yet; make some with: cgplab evolve"
    frame = outcomes(runs, "energy", ["missing_weights"], nothing)
    return frame.assign(missing_weights=frame["missing_weights"].astype(int))


def regression(frame: pd.DataFrame) -> pd.DataFrame:
    """Robust line of energy over missing weights, per strategy.

    The Theil-Sen estimator (Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968):
    the median of all pairwise slopes.

    Parameters
    ----------
    frame : pandas.DataFrame
        As :func:`data` gives it.

    Returns
    -------
    pandas.DataFrame
        ``strategy``, ``slope`` (pJ per missing weight), ``intercept`` (pJ), ``r`` (Pearson, NaN if the
        energy is constant); only strategies with enough distinct numbers of missing weights.
    """
    rows = []
    for strategy, group in frame.groupby("strategy"):
        x, y = group["missing_weights"].to_numpy(dtype=float), group["energy"].to_numpy(dtype=float)
        if len(np.unique(x)) >= FEWEST_FOR_A_LINE:
            slope, intercept, r = 0.0, y[0], np.nan  # the energy may not vary at all, at 0 for instance
            if np.ptp(y) > 0:
                slope, intercept = stats.theilslopes(y, x)[:2]
                r = float(stats.pearsonr(x, y).statistic)
            rows.append({"strategy": strategy, "slope": slope, "intercept": intercept, "r": r})
    return pd.DataFrame(rows, columns=["strategy", "slope", "intercept", "r"])


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    strategies = sorted(frame["strategy"].unique())
    styles = looks(strategies)
    lines = regression(frame).set_index("strategy")
    single = frame["missing_weights"].nunique() == 1
    with publication_style():
        figure, axes = new_figure()
        for index, strategy in enumerate(strategies):
            group = frame[frame["strategy"] == strategy]
            colour, marker = styles[strategy]
            missing = group["missing_weights"].to_numpy(dtype=float)
            if single:  # nothing to see along x: set the strategies and their runs side by side
                x = index + side_by_side(len(group))
            else:  # whole numbers coincide: set the strategies a little apart
                x = missing + _APART * (index - (len(strategies) - 1) / 2)
            draw_runs(axes, x, group["energy"].to_numpy(), group["within"].to_numpy(), colour, marker)
            label = f"t = {strategy:g}"
            if strategy in lines.index:
                line = lines.loc[strategy]
                if not np.isnan(line["r"]):
                    span = np.linspace(missing.min(), missing.max(), 200)
                    axes.plot(span, np.maximum(line["intercept"] + line["slope"] * span, 0), color=colour, zorder=2)
                    label += f", r = {line['r']:.2f}"
            axes.scatter([], [], s=26, marker=marker, color=colour, label=f"{label} (n = {len(group)})")
        _energy_axis(axes, frame["energy"].to_numpy())
        if single:
            axes.set_xticks(range(len(strategies)), [f"t = {s:g}" for s in strategies])
            axes.set_xlim(-0.6, len(strategies) - 0.4)
            axes.set_xlabel(f"strategy; all have {frame['missing_weights'].iloc[0]} missing weights")
        else:
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.set_xlabel("missing weights (inferred values not among the kept)")
        axes.set_ylabel("energy, power × delay [pJ]")
        axes.set_title(subject(frame), loc="left")
        explain_hollow(axes, frame)
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def _energy_axis(axes: Axes, energy: np.ndarray) -> None:
    """Logarithmic axis with a labelled strip for circuits that cost nothing."""
    positive = energy[energy > 0]
    if not len(positive):
        axes.set_ylim(-0.1, 1)
        axes.set_yticks([0], ["0"])
        return
    lowest, highest = np.floor(np.log10(positive.min())), np.ceil(np.log10(positive.max()) + 1e-9)
    if len(positive) == len(energy):
        axes.set_yscale("log")
        axes.set_ylim(10**lowest, 10**highest)
        return
    # Below the smallest decade shown the axis is linear and holds nothing but zero.
    axes.set_yscale("symlog", linthresh=10**lowest, linscale=0.35)
    axes.set_ylim(-(10**lowest) * 0.5, 10**highest)
    axes.yaxis.set_minor_locator(NullLocator())
    decades = np.arange(lowest, highest + 1, max(1, round((highest - lowest) / 6)))
    axes.set_yticks([0, *10**decades], ["0", *(f"$10^{{{int(d)}}}$" for d in decades)])
    axes.axhspan(-(10**lowest) * 0.5, 10**lowest * 0.55, color="#f0f0f0", zorder=0)
