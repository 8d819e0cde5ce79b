"""Missing weights against energy, by strategy, with a robust regression line where there is a trend to fit."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cgplab.figures.outcomes import (
    by_strategy,
    draw_runs,
    explain_hollow,
    outcomes,
    per_strategy,
    side_by_side,
    subject,
)
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, in_lines, looks, new_figure, publication_style
from cgplab.statistics import Line, correlate, regress

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("id", "layer", "kernel", "strategy", "seed", "missing_weights", "energy", "error")

FEWEST_FOR_A_LINE = 3
"""Distinct numbers of missing weights that a strategy needs for a regression line."""


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with a circuit; see :func:`cgplab.figures.outcomes.outcomes` for columns and errors."""
    frame = outcomes(runs, ["energy"], "no run has a circuit yet; make some with: cgplab evolve")
    return frame.assign(missing_weights=frame["missing_weights"].astype(int))


def lines(frame: pd.DataFrame) -> dict[float, tuple[Line, float]]:
    """Robust line of energy over missing weights, and Pearson's r, by strategy.

    Only runs within their budget count, and only strategies with enough distinct numbers of missing weights; r is
    NaN if the energy is constant. See :func:`cgplab.statistics.regress`.
    """
    found = {}
    for strategy, rows in per_strategy(frame[frame["within"]]):
        if rows["missing_weights"].nunique() >= FEWEST_FOR_A_LINE and len(rows) > FEWEST_FOR_A_LINE:
            line = regress(rows["missing_weights"], rows["energy"])
            found[strategy] = (line, correlate(rows["missing_weights"], rows["energy"]).pearson.value)
    return found


def table(runs: pd.DataFrame) -> str:
    """LaTeX table of the lines: slope, intercept and r by strategy; see :func:`data` for errors."""
    from cgplab.statistics.latex import table as latex

    frame = data(runs)
    rows = [
        {
            "t": f"{strategy:g}", "n": f"{line.n}", "slope [pJ per weight]": f"{line.slope:.3g}",
            "95 % interval": f"{line.low:.3g} to {line.high:.3g}",
            "intercept [pJ]": f"{line.intercept:.3g}", "method": line.method, "r": "–" if np.isnan(r) else f"{r:.3f}",
        }
        for strategy, (line, r) in lines(frame).items()
    ]  # fmt: skip
    columns = ["t", "n", "slope [pJ per weight]", "95 % interval", "intercept [pJ]", "method", "r"]
    caption = f"Energy over missing weights of {subject(frame)}: robust lines and Pearson's r by strategy."
    return latex(pd.DataFrame(rows, columns=columns), caption, "tab:missing-weights")


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    scale = scale_for(frame["energy"])
    styles, fits = looks(frame["strategy"].unique().tolist()), lines(frame)
    frame = frame.assign(across=_across(frame), height=scale.forward(frame["energy"]))
    groups = by_strategy(frame, lambda t, rows: _label(t, rows, fits.get(t)))
    drawn = points(frame, "across", "height", groups, _HOVER)
    for strategy, (line, r) in fits.items():
        if not np.isnan(r):
            x, y = _curve(frame, strategy, line, scale)
            drawn *= hv.Curve((x, scale.forward(y)), "across", "height").opts(
                color=styles[strategy][0], line_width=2, backend="bokeh"
            )
    labels = {"x": LABELS["missing_weights"], "y": LABELS["energy"]}
    return dress(drawn, subject(frame), labels, {"y": scale})


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    strategies = sorted(frame["strategy"].unique())
    styles, fits, scale = looks(strategies), lines(frame), scale_for(frame["energy"])
    single = frame["missing_weights"].nunique() == 1
    frame = frame.assign(across=_across(frame))
    with publication_style():
        figure, axes = new_figure()
        scale.apply(axes)
        for index, strategy in enumerate(strategies):
            group = frame[frame["strategy"] == strategy]
            colour, marker = styles[strategy]
            # Nothing to see along x: set the strategies and their runs side by side.
            x = index + side_by_side(len(group)) if single else group["across"].to_numpy()
            draw_runs(axes, x, group["energy"].to_numpy(), group["within"].to_numpy(), colour, marker, size=16)
            fit = fits.get(strategy)
            if fit is not None and not np.isnan(fit[1]):
                axes.plot(*_curve(frame, strategy, fit[0], scale), color=colour, zorder=2)
            axes.scatter([], [], s=26, marker=marker, color=colour, label=_label(strategy, group, fit))
        if single:
            axes.set_xticks(range(len(strategies)), [f"t = {s:g}" for s in strategies])
            axes.set_xlim(-0.6, len(strategies) - 0.4)
            axes.set_xlabel(f"strategy; all have {frame['missing_weights'].iloc[0]} missing weights")
        else:
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.set_xlabel(LABELS["missing_weights"])
        axes.set_ylabel(LABELS["energy"])
        axes.set_title(in_lines(subject(frame)), loc="left")
        explain_hollow(axes, frame)
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure


def _across(frame: pd.DataFrame) -> pd.Series:
    """Whole numbers coincide: set the strategies a little apart."""
    strategies = sorted(frame["strategy"].unique())
    step = min(0.12, 0.004 * max(1, np.ptp(frame["missing_weights"])))
    places = {t: step * (i - (len(strategies) - 1) / 2) for i, t in enumerate(strategies)}
    return frame["missing_weights"] + frame["strategy"].map(places)


def _curve(frame: pd.DataFrame, strategy: float, line: Line, scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    """Regression line over the strategy's missing weights, where it is above the axis' end."""
    missing = frame.loc[frame["strategy"] == strategy, "missing_weights"]
    x = np.linspace(missing.min(), missing.max(), 200)
    y = line.at(x)
    shown = y >= (0 if scale.limits[0] <= 0 else scale.limits[0])
    return x[shown], y[shown]


def _label(strategy: float, rows: pd.DataFrame, fit: tuple[Line, float] | None) -> str:
    r = "" if fit is None or np.isnan(fit[1]) else f", r = {fit[1]:.2f}"
    return f"t = {strategy:g}{r} (n = {len(rows)})"
