"""Energy against accuracy loss: all runs, and those that no other run beats in both."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis import pareto
from cgplab.figures.outcomes import by_strategy, counted, draw_runs, explain_hollow, outcomes, per_strategy, subject
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, in_lines, looks, new_figure, publication_style

if TYPE_CHECKING:
    import holoviews as hv

OBJECTIVES = ("energy", "accuracy_loss")
FRONT = "#222222"
HOVER = ("id", "layer", "kernel", "strategy", "seed", "energy", "accuracy_loss", "error")


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with an accuracy, and ``front``: whether no other run beats them in energy and accuracy loss.

    See :func:`cgplab.figures.outcomes.outcomes` for the other columns and errors.
    """
    frame = outcomes(runs, list(OBJECTIVES), "no run has an accuracy yet; measure it with: cgplab metrics")
    return frame.assign(front=frame["id"].isin(pareto(frame, OBJECTIVES)["id"]))


def stairs(front: pd.DataFrame, scales: dict[str, Scale]) -> tuple[np.ndarray, np.ndarray]:
    """Line along which the front bounds what was found, in steps to the ends of the axes."""
    ordered = front.sort_values("energy")
    x, y = ordered["energy"].to_numpy(dtype=float), ordered["accuracy_loss"].to_numpy(dtype=float)
    x, y = np.append(x, scales["x"].limits[1]), np.append(y, y[-1])
    return np.concatenate([[x[0]], np.repeat(x, 2)[1:]]), np.concatenate(
        [[scales["y"].limits[1]], np.repeat(y, 2)[:-1]]
    )


def scales_of(frame: pd.DataFrame) -> dict[str, Scale]:
    """Scale of energy along x and of accuracy loss along y."""
    return {"x": scale_for(frame["energy"]), "y": scale_for(frame["accuracy_loss"])}


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    scales = scales_of(frame)
    placed = frame.assign(
        across=scales["x"].forward(frame["energy"]), height=scales["y"].forward(frame["accuracy_loss"])
    )
    groups = by_strategy(placed, counted)
    x, y = stairs(frame[frame["front"]], scales)
    line = hv.Curve((scales["x"].forward(x), scales["y"].forward(y)), "across", "height", label="Pareto front").opts(
        color=FRONT, line_width=1.5, backend="bokeh"
    )
    labels = {"x": LABELS["energy"], "y": LABELS["accuracy_loss"]}
    return dress(line * points(placed, "across", "height", groups, HOVER), subject(frame), labels, scales)


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    scales = scales_of(frame)
    styles = looks(frame["strategy"].unique().tolist())
    with publication_style():
        figure, axes = new_figure(3.6)
        scales["x"].apply(axes, "x")
        scales["y"].apply(axes, "y")
        axes.grid(axis="x", visible=True)
        for strategy, rows in per_strategy(frame):
            colour, marker = styles[strategy]
            energy, loss = (rows[name].to_numpy() for name in OBJECTIVES)
            draw_runs(axes, energy, loss, rows["within"].to_numpy(), colour, marker, size=11)
            axes.scatter([], [], s=20, marker=marker, color=colour, label=f"t = {strategy:g} (n = {len(rows)})")
        front = frame[frame["front"]]
        axes.plot(*stairs(front, scales), color=FRONT, linewidth=1.1, zorder=4)
        axes.plot(
            front["energy"], front["accuracy_loss"], "o", markersize=7, markerfacecolor="none", color=FRONT, zorder=5,
        )  # fmt: skip
        axes.plot([], [], "o-", color=FRONT, markerfacecolor="none", label=f"Pareto front ({len(front)})")
        explain_hollow(axes, frame)
        axes.set_xlabel(LABELS["energy"])
        axes.set_ylabel(LABELS["accuracy_loss"])
        axes.set_title(in_lines(subject(frame)), loc="left")
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5))
    return figure
