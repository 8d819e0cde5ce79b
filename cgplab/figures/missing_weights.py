"""Missing weights against energy, by strategy: how many circuits are free, and a robust line through the others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cgplab.figures.canvas import finish
from cgplab.figures.outcomes import (
    by_strategy,
    draw_runs,
    entries,
    outcomes,
    per_strategy,
    share,
    side_by_side,
    subject,
)
from cgplab.figures.scales import Scale, log_scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, new_figure, publication_style
from cgplab.statistics import Line, correlate, regress

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("id", "layer", "kernel", "strategy", "seed", "within", "missing_weights", "energy", "error")

FEWEST_FOR_A_LINE = 3
"""Distinct numbers of missing weights that a strategy needs for a regression line."""
HEADING = "strategy t (runs within budget / runs); of those within: share at 0 pJ, r of log energy and its n"
"""Heads the legend."""


@dataclass(frozen=True)
class Fit:
    """Energy over missing weights of the runs of a strategy that are within their budget, in two parts.

    Attributes
    ----------
    runs : int
        Within budget.
    free : int
        Of these, runs whose circuit costs nothing: the zero part.
    line : Line or None
        The log part: robust line of log10(energy / pJ) over missing weights through the ``line.n`` runs that cost
        something; None where they are too few, or all of one energy.
    r : float
        Pearson's r of the same ``line.n`` pairs; NaN without a line.
    """

    runs: int
    free: int
    line: Line | None
    r: float


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with a circuit; see :func:`cgplab.figures.outcomes.outcomes` for columns and errors."""
    frame = outcomes(runs, ["energy"], "no run has a circuit yet; make some with: cgplab evolve")
    return frame.assign(missing_weights=frame["missing_weights"].astype(int))


def fits(frame: pd.DataFrame) -> dict[float, Fit]:
    """Two-part fit by strategy: the share of free circuits, and a line where it is drawn, on the logarithmic axis.

    Many circuits cost exactly nothing, so energies are a point mass at 0 and a continuous part, which are described
    apart (Duan, Manning, Morris and Newhouse, "A comparison of alternative models for the demand for medical care",
    1983). Only runs within their budget count. See :func:`cgplab.statistics.regress`.
    """
    found = {}
    for strategy, rows in per_strategy(frame):
        within = rows[rows["within"]]
        paid = within[within["energy"] > 0]
        line, r = None, np.nan
        if paid["missing_weights"].nunique() >= FEWEST_FOR_A_LINE and len(paid) > FEWEST_FOR_A_LINE:
            logs = np.log10(paid["energy"])
            r = correlate(paid["missing_weights"], logs).pearson.value
            line = None if np.isnan(r) else regress(paid["missing_weights"], logs)
        found[strategy] = Fit(len(within), len(within) - len(paid), line, r)
    return found


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what the lines are, and what each rests on."""
    found = fits(frame)
    free = sum(fit.free for fit in found.values())
    told = [f"{free:,} of the {sum(fit.runs for fit in found.values()):,} runs within budget cost 0 pJ"]
    lines = [
        f"t = {t:g}: r = {_signed(fit.r)}, n = {fit.line.n:,}" for t, fit in found.items() if fit.line is not None
    ]  # fmt: skip
    if lines:
        told.append(
            "lines are robust linear fits of log10(energy) over missing weights, through the runs within budget that "
            f"cost more than 0 pJ, with Pearson's r of the same runs ({'; '.join(lines)})"
        )
    without = [f"{t:g}" for t, fit in found.items() if fit.line is None]
    if without:
        told.append(
            f"no line for t = {', '.join(without)}: a line needs more than {FEWEST_FOR_A_LINE} runs within budget that "
            f"cost more than 0 pJ, at {FEWEST_FOR_A_LINE} or more numbers of missing weights, and not all of one energy"
        )
    return told


def table(runs: pd.DataFrame, label: str) -> str:
    """LaTeX table of the fits: free circuits, slope, intercept and r by strategy; see :func:`data` for errors."""
    from cgplab.latex import table as latex

    frame = data(runs)
    rows = []
    for strategy, fit in fits(frame).items():
        line = fit.line
        told = ("–",) * 6 if line is None else (
            f"{line.n}", f"{line.slope:.3g}", f"{line.low:.3g} to {line.high:.3g}", f"{line.intercept:.3g}",
            line.method, f"{fit.r:.3f}",
        )  # fmt: skip
        rows.append((f"{strategy:g}", f"{fit.runs}", f"{fit.free}", *told))
    columns = ["t", "within", "at 0 pJ", "n", "slope", "95 % interval", "intercept", "method", "r"]
    caption = (
        f"Energy over missing weights of {subject(frame)}, runs within budget: how many cost 0 pJ; robust lines of "
        "log10(energy / pJ) over missing weights, and Pearson's r, through the n others."
    )
    return latex(pd.DataFrame(rows, columns=columns), caption, label)


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    scale, found = log_scale_for(frame["energy"]), fits(frame)
    frame = frame.assign(across=_across(frame), height=scale.forward(frame["energy"]))
    groups = by_strategy(frame, lambda t, rows: label(t, rows, found[t]))
    drawn = points(frame, "across", "height", groups, _HOVER)
    for group, fit in zip(groups, found.values(), strict=True):
        if fit.line is not None:
            x, y = _curve(group.rows, fit.line, scale)
            drawn *= hv.Curve((x, scale.forward(y)), "across", "height").opts(
                color=group.look.colour, line_width=2, backend="bokeh"
            )
    labels = {"x": LABELS["missing_weights"], "y": LABELS["energy"]}
    return dress(drawn, subject(frame), labels, {"y": scale})


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    found, scale = fits(frame), log_scale_for(frame["energy"])
    single = frame["missing_weights"].nunique() == 1
    frame = frame.assign(across=_across(frame))
    groups = by_strategy(frame, lambda t, rows: label(t, rows, found[t]))
    with publication_style():
        figure, axes = new_figure()
        scale.apply(axes)
        for index, (group, fit) in enumerate(zip(groups, found.values(), strict=True)):
            rows = group.rows
            # Nothing to see along x: set the strategies and their runs side by side.
            x = index + side_by_side(len(rows)) if single else rows["across"].to_numpy()
            draw_runs(axes, x, rows["energy"].to_numpy(), rows["within"].to_numpy(), group.look, size=14)
            if fit.line is not None:
                axes.plot(*_curve(rows, fit.line, scale), color=group.look.colour, zorder=4)
        if single:
            axes.set_xticks(range(len(groups)), [f"{s:g}" for s in found])
            axes.set_xlim(-0.6, len(groups) - 0.4)
            axes.set_xlabel(f"{LABELS['strategy']}; all have {frame['missing_weights'].iloc[0]} missing weights")
        else:
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.set_xlabel(LABELS["missing_weights"])
        axes.set_ylabel(LABELS["energy"])
        finish(figure, subject(frame), entries(groups, not frame["within"].all()), HEADING)
    return figure


def _across(frame: pd.DataFrame) -> pd.Series:
    """Whole numbers coincide: set the strategies a little apart."""
    strategies = sorted(frame["strategy"].unique())
    step = min(0.12, 0.004 * max(1, np.ptp(frame["missing_weights"])), 0.8 / len(strategies))
    places = {t: step * (i - (len(strategies) - 1) / 2) for i, t in enumerate(strategies)}
    return frame["missing_weights"] + frame["strategy"].map(places)


def _curve(rows: pd.DataFrame, line: Line, scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    """Line over the missing weights of the runs that it was fitted to, straight on the axis; in pJ."""
    fitted = rows.loc[rows["within"] & (rows["energy"] > 0), "missing_weights"]
    x = np.linspace(fitted.min(), fitted.max(), 200)
    y = 10.0 ** line.at(x)
    shown = (y >= max(scale.limits[0], scale.lowest)) & (y <= scale.limits[1])
    return x[shown], y[shown]


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def label(strategy: float, rows: pd.DataFrame, fit: Fit) -> str:
    """Legend entry: success, the zero part, and r with the number of runs that it rests on."""
    free = f"; {100 * fit.free / fit.runs:.0f} % at 0 pJ" if fit.runs else ""
    r = "" if fit.line is None else f"; r = {_signed(fit.r)} (n = {fit.line.n:,})"
    return f"t = {strategy:g} ({share(rows)}){free}{r}"
