"""Run-time profile: share of targets hit over generations, and share of runs within budget."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis.run_time import TARGETS, hitting_times
from cgplab.errors import InputError
from cgplab.figures.canvas import finish, mark, points_to_mark
from cgplab.figures.outcomes import SHARES, per_strategy, subject
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import beside, dress, holoviews
from cgplab.figures.style import TEXT_WIDTH, looks, publication_style

if TYPE_CHECKING:
    import holoviews as hv

PANELS = {"targets": "share of (run, target) pairs hit", "runs": "share of runs within budget"}
_STEPS = 80


def data(progress: pd.DataFrame) -> pd.DataFrame:
    """Empirical distribution of hitting times, over all targets and over the last one, which is the budget.

    The view of Hansen, Auger, Brockhoff, Tusar and Tusar, "COCO: Performance assessment", 2016, and of Wang et al.,
    "IOHanalyzer: Detailed performance analyses for iterative optimization heuristics", 2022. See
    :func:`cgplab.analysis.run_time.targets` for the targets.

    Parameters
    ----------
    progress : pandas.DataFrame
        Frame ``progress``.

    Returns
    -------
    pandas.DataFrame
        ``panel`` (one of :data:`PANELS`), ``strategy``, ``generation``, ``share`` of ``pairs``, ``runs``.

    Raises
    ------
    InputError
        No run has progress.
    """
    if progress.empty or progress["threshold"].isna().all():
        raise InputError("no run has progress yet; make some with: cgplab evolve")
    times = hitting_times(progress)
    last = max(2.0, float(progress[["generation", "generations"]].astype(float).max().max()))
    budgets = np.unique(np.geomspace(1, last, _STEPS).round())
    parts = []
    for panel, chosen in (("targets", times), ("runs", times[times["target"] == TARGETS - 1])):
        for strategy, rows in chosen.groupby("strategy"):
            found = np.sort(rows["generation"].to_numpy())
            share = np.searchsorted(found, budgets, side="right") / len(found)
            parts.append(
                pd.DataFrame(
                    {
                        "panel": panel, "strategy": strategy, "generation": budgets, "share": share,
                        "pairs": len(found), "runs": rows["id"].nunique(),
                    }
                )
            )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: how many targets there are, and what was reached in the end."""
    last = frame[frame["panel"] == "runs"].groupby("strategy").tail(1)
    told = ", ".join(
        f"t = {t:g}: {round(share * n)} of {n}"
        for t, share, n in last[["strategy", "share", "pairs"]].itertuples(index=False)
    )
    return [
        f"{TARGETS} targets per problem, from its largest initial error down to its budget, evenly spaced in the "
        f"logarithm of the excess error; runs within budget at the end: {told}"
    ]


def interactive(progress: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(progress)
    styles = looks(frame["strategy"])
    panels = []
    for panel, label in PANELS.items():
        curves = [
            hv.Curve((rows["generation"], rows["share"]), "generation", f"share_{panel}", label=_label(t, frame)).opts(
                color=styles[t].colour, line_width=2, interpolation="steps-post", tools=["hover"], backend="bokeh"
            )
            for t, rows in per_strategy(frame[frame["panel"] == panel])
        ]
        labels = {"x": "generations", "y": label}
        panels.append(dress(hv.Overlay(curves), "", labels, {}, logx=True, ylim=(-0.02, 1.02)))
    return beside(panels, subject(progress), 2)


def _label(strategy: float, frame: pd.DataFrame) -> str:
    """Strategy with its runs within budget of all."""
    last = frame[(frame["panel"] == "runs") & (frame["strategy"] == strategy)].iloc[-1]
    return f"t = {strategy:g} ({round(last['share'] * last['pairs'])}/{last['pairs']})"


def publication(progress: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(progress)
    styles = looks(frame["strategy"])
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 2.5), layout="constrained")
        for axes, (panel, label) in zip(figure.subplots(1, 2, sharey=True), PANELS.items(), strict=True):
            rows = frame[frame["panel"] == panel]
            scale_for(rows["generation"]).apply(axes, "x")
            for strategy, group in per_strategy(rows):
                axes.plot(
                    group["generation"], group["share"], color=styles[strategy].colour, drawstyle="steps-post",
                    marker=styles[strategy].marker, markersize=3.5, markevery=points_to_mark(len(group)),
                )  # fmt: skip
            axes.set_ylim(-0.02, 1.02)
            axes.set_xlabel("generations")
            axes.set_title(label, loc="left")
        finish(figure, subject(progress), [(mark(styles[t], line=True), _label(t, frame)) for t in styles], SHARES)
    return figure
