"""Accuracy loss over the mean squared error of the inferred weights."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.errors import InputError
from cgplab.figures.canvas import finish
from cgplab.figures.outcomes import SHARES, by_strategy, counted, draw_runs, entries, outcomes, subject
from cgplab.figures.reference_band import entries_of, notes_of, reference_band, with_ends
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, points
from cgplab.figures.style import LABELS, new_figure, publication_style

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("id", "layer", "kernel", "strategy", "seed", "within", "mse", "accuracy_loss", "energy")
_X = "mean squared error of the inferred weights"


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with an accuracy, and ``mse``: mean squared error per inferred weight, from metrics SE and MSE.

    See :func:`cgplab.figures.outcomes.outcomes` for the other columns.

    Raises
    ------
    InputError
        No run with one of these metrics has an accuracy.
    """
    frame = outcomes(runs, ["accuracy_loss"], "no run has an accuracy yet; measure it with: cgplab metrics")
    frame = frame[frame["metric"].isin(["SE", "MSE"])]
    if frame.empty:
        raise InputError("every measured run has the metric AE, which tells no squared error; use SE or MSE")
    error = frame["error"].astype(float)
    mse = error.where(frame["metric"] == "MSE", error / frame["n_outputs"].astype(float))
    return frame.assign(mse=mse).reset_index(drop=True)


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(runs)
    band = reference_band(frame)
    scales = {"x": scale_for(frame["mse"]), "y": scale_for(with_ends(frame["accuracy_loss"], band))}
    frame = frame.assign(across=scales["x"].forward(frame["mse"]), height=scales["y"].forward(frame["accuracy_loss"]))
    groups = by_strategy(frame, counted)
    labels = {"x": _X, "y": LABELS["accuracy_loss"]}
    drawn = points(frame, "across", "height", groups, _HOVER)
    return dress(drawn if band is None else band.element(scales["y"]) * drawn, subject(frame), labels, scales)


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    band = reference_band(frame)
    with publication_style():
        figure, axes = new_figure()
        scale_for(frame["mse"]).apply(axes, "x")
        scale_for(with_ends(frame["accuracy_loss"], band)).apply(axes, "y")
        if band is not None:
            band.shade(axes)
        axes.grid(axis="x", visible=True)
        axes.axhline(0, color="#555555", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        groups = by_strategy(frame, counted)
        for group in groups:
            x, y = (group.rows[name].to_numpy() for name in ("mse", "accuracy_loss"))
            draw_runs(axes, x, y, group.rows["within"].to_numpy(), group.look, size=14)
        axes.set_xlabel(_X)
        axes.set_ylabel(LABELS["accuracy_loss"])
        told = [*entries(groups, not frame["within"].all()), *entries_of(band)]
        finish(figure, subject(frame), told, SHARES)
    return figure


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what the band is."""
    return notes_of(reference_band(frame))
