"""Energy against accuracy loss: all runs, and of each set of weights those that no other run beats in both."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis import pareto
from cgplab.figures.canvas import finish, stroke
from cgplab.figures.outcomes import SHARES, by_strategy, counted, draw_runs, entries, outcomes, rows_of, subject
from cgplab.figures.reference_band import entries_of, notes_of, reference_band, with_ends
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, new_figure, publication_style
from cgplab.words import counted as counted_words

if TYPE_CHECKING:
    import holoviews as hv

OBJECTIVES = ("energy", "accuracy_loss")
FRONT = "#222222"
HOVER = ("id", "layer", "kernel", "strategy", "seed", "within", "energy", "accuracy_loss", "error")


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with an accuracy, and ``front``: whether no other run about the same weights beats them in both objectives.

    See :func:`cgplab.figures.outcomes.outcomes` for the other columns and errors, :func:`cgplab.analysis.pareto` for
    the rules.
    """
    frame = outcomes(runs, list(OBJECTIVES), "no run has an accuracy yet; measure it with: cgplab metrics")
    return frame.assign(front=frame["id"].isin(pareto(frame, OBJECTIVES)["id"]), problem=rows_of(frame)[0])


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what is on the front, and by which rules."""
    sets = frame.loc[frame["front"], "problem"].nunique()
    band = notes_of(reference_band(frame))
    if not sets:
        return ["no run is within its budget, so there is no front", *band]
    of = "" if frame["problem"].nunique() == 1 else f" of {counted_words(sets, 'set')} of weights, each with its own"
    return [
        f"lines and rings: Pareto front{of} ({counted_words(int(frame['front'].sum()), 'run')}), over the runs within "
        "budget; a loss below 0 counts as 0",
        *band,
    ]


def stairs(front: pd.DataFrame, scales: dict[str, Scale]) -> tuple[np.ndarray, np.ndarray]:
    """Line along which the front bounds what was found, in steps to the ends of the axes."""
    ordered = front.sort_values("energy")
    x = ordered["energy"].to_numpy(dtype=float)
    y = ordered["accuracy_loss"].to_numpy(dtype=float).clip(min=0)
    x, y = np.append(x, scales["x"].limits[1]), np.append(y, y[-1])
    return np.concatenate([[x[0]], np.repeat(x, 2)[1:]]), np.concatenate(
        [[scales["y"].limits[1]], np.repeat(y, 2)[:-1]]
    )


def fronts(frame: pd.DataFrame, scales: dict[str, Scale]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Line of each front; see :func:`stairs`."""
    return [stairs(rows, scales) for _, rows in frame[frame["front"]].groupby("problem", sort=False)]


def scales_of(frame: pd.DataFrame) -> dict[str, Scale]:
    """Scale of energy along x and of accuracy loss along y."""
    return {"x": scale_for(frame["energy"]), "y": scale_for(with_ends(frame["accuracy_loss"], reference_band(frame)))}


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    scales = scales_of(frame)
    placed = frame.assign(
        across=scales["x"].forward(frame["energy"]), height=scales["y"].forward(frame["accuracy_loss"])
    )
    groups = by_strategy(placed, counted)
    lines = [np.column_stack([scales["x"].forward(x), scales["y"].forward(y)]) for x, y in fronts(frame, scales)]
    line = hv.Path(lines, ["across", "height"], label=_front(frame)).opts(
        color=FRONT, line_width=1.5 if len(lines) == 1 else 0.8, backend="bokeh"
    )
    labels = {"x": LABELS["energy"], "y": LABELS["accuracy_loss"]}
    drawn = line * points(placed, "across", "height", groups, HOVER)
    band = reference_band(frame)
    return dress(drawn if band is None else band.element(scales["y"]) * drawn, subject(frame), labels, scales)


def _front(frame: pd.DataFrame) -> str:
    n, sets = int(frame["front"].sum()), frame.loc[frame["front"], "problem"].nunique()
    if not n:
        return "no front"
    return f"{'Pareto front' if sets == 1 else f'{sets:,} Pareto fronts'} ({counted_words(n, 'run')})"


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    scales = scales_of(frame)
    groups = by_strategy(frame, counted)
    with publication_style():
        figure, axes = new_figure(3.4)
        scales["x"].apply(axes, "x")
        scales["y"].apply(axes, "y")
        axes.grid(axis="x", visible=True)
        band = reference_band(frame)
        if band is not None:
            band.shade(axes)
        for group in groups:
            energy, loss = (group.rows[name].to_numpy() for name in OBJECTIVES)
            draw_runs(axes, energy, loss, group.rows["within"].to_numpy(), group.look, size=11)
        lines = fronts(frame, scales)
        thin = len(lines) > 1
        for x, y in lines:
            axes.plot(x, y, color=FRONT, linewidth=0.5 if thin else 1.1, alpha=0.6 if thin else 1.0, zorder=4)
        front = frame[frame["front"]]
        ring: dict[str, Any] = {
            "markersize": 5.5 if thin else 7,
            "markeredgewidth": 0.6 if thin else 1.0,
            "markerfacecolor": "none",
        }
        axes.plot(front["energy"], front["accuracy_loss"], "o", color=FRONT, zorder=5, **ring)
        axes.set_xlabel(LABELS["energy"])
        axes.set_ylabel(LABELS["accuracy_loss"])
        told = [
            *entries(groups, not frame["within"].all()),
            (stroke(FRONT, marker="o", **ring), _front(frame)),
            *entries_of(band),
        ]
        finish(figure, subject(frame), told, SHARES)
    return figure
