"""Attainment curves: the energy that a quarter, half and three quarters of all runs had attained by each generation."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis.run_time import attained
from cgplab.errors import InputError
from cgplab.figures.canvas import Entry, finish, mark, points_to_mark, stroke
from cgplab.figures.outcomes import SHARES, per_strategy, subject
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, holoviews
from cgplab.figures.style import LABELS, looks, new_figure, publication_style
from cgplab.words import counted

if TYPE_CHECKING:
    import holoviews as hv

LEVELS = {0.25: (0, (1, 1.2)), 0.5: "solid", 0.75: (0, (5, 2))}
"""Shares of the runs, with the dashes of their lines."""
_SCREEN = {0.25: "dotted", 0.5: "solid", 0.75: "dashed"}
_FEW = 6
"""Strategies up to which all levels are drawn; of more, the middle one."""
_STEPS = 60
_GREY = "#444444"


def data(progress: pd.DataFrame) -> pd.DataFrame:
    """Energy attained by shares of all runs; runs above their budget have attained none.

    Parameters
    ----------
    progress : pandas.DataFrame
        Frame ``progress``.

    Returns
    -------
    pandas.DataFrame
        ``strategy``, ``budget`` (generations), ``share`` (of :data:`LEVELS`), ``value`` (pJ; NaN before that share of
        the runs was within budget), ``runs``, ``within`` of them in the end.

    Raises
    ------
    InputError
        No run with progress is within its budget, or too few are for a line.
    """
    if progress.empty or progress["energy"].isna().all():
        raise InputError("no run with progress is within its budget yet; search longer, or with wiring nearest")
    last = max(2, int(progress["generation"].max()))
    budgets = np.unique(np.geomspace(1, last, _STEPS).astype(int))
    levels = tuple(LEVELS) if progress["strategy"].nunique() <= _FEW else (0.5,)
    frame = attained(progress, "energy", budgets.tolist(), levels)
    within = progress[progress["energy"].notna()].groupby("strategy")["id"].nunique()
    if np.isinf(frame["value"]).all():
        share = {0.25: "a quarter", 0.5: "half"}[min(levels)]
        raise InputError(
            f"only {within.sum():,} of {counted(progress['id'].nunique(), 'run')} with progress are within budget, "
            f"fewer than {share} of any strategy's, so there is no line to draw; search longer, or with wiring nearest"
        )
    return frame.assign(
        value=frame["value"].replace(np.inf, np.nan), within=frame["strategy"].map(within).fillna(0).astype(int)
    )


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: which shares are drawn, and which curves there cannot be."""
    levels = " %, ".join(f"{100 * share:g}" for share in sorted(frame["share"].unique()))
    drawn = frame.dropna(subset=["value"]).groupby("strategy")["share"].nunique()
    none = [f"{t:g}" for t in sorted(frame["strategy"].unique()) if t not in drawn.index]
    told = [f"lines: energy that {levels} % of all runs had attained or undercut; runs above budget have attained none"]
    return [*told, f"no line for t = {', '.join(none)}, where too few runs are within budget"] if none else told


def interactive(progress: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(progress)
    scale, styles = scale_for(frame["value"].dropna()), looks(frame["strategy"])
    curves = [
        hv.Curve((rows["budget"], scale.forward(rows["value"])), "generation", "height", label=_label(t, own)).opts(
            color=styles[t].colour, line_width=2, line_dash=_SCREEN[share], tools=["hover"], backend="bokeh"
        )
        for t, own in per_strategy(frame)
        for share, rows in _by_share(own)
    ]
    return dress(
        hv.Overlay(curves), subject(progress), {"x": "generations", "y": LABELS["energy"]}, {"y": scale}, logx=True
    )


def _by_share(rows: pd.DataFrame) -> list[tuple[float, pd.DataFrame]]:
    known = rows.dropna(subset=["value"])
    return [(share, known[known["share"] == share]) for share in LEVELS if (known["share"] == share).any()]


def _label(strategy: float, rows: pd.DataFrame) -> str:
    none = ": no line" if rows["value"].isna().all() else ""
    return f"t = {strategy:g} ({rows['within'].iloc[0]}/{rows['runs'].iloc[0]}){none}"


def publication(progress: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(progress)
    styles = looks(frame["strategy"])
    with publication_style():
        figure, axes = new_figure(2.8)
        scale_for(frame["value"].dropna()).apply(axes)
        scale_for(frame["budget"]).apply(axes, "x")
        for strategy, own in per_strategy(frame):
            for share, rows in _by_share(own):
                middle = share == 0.5
                axes.plot(
                    rows["budget"], rows["value"], color=styles[strategy].colour, linestyle=LEVELS[share],
                    marker=styles[strategy].marker if middle else None, markersize=3.5,
                    markevery=points_to_mark(len(rows)), linewidth=1.3 if middle else 0.9,
                )  # fmt: skip
        axes.set_xlabel("generations")
        axes.set_ylabel(LABELS["energy"])
        told: list[Entry] = [(mark(styles[t], line=True), _label(t, own)) for t, own in per_strategy(frame)]
        told += [
            (stroke(_GREY, linestyle=LEVELS[share]), f"{100 * share:g} % of all runs")
            for share in sorted(frame["share"].unique())
        ]
        finish(figure, subject(progress), told, SHARES)
    return figure
