"""What figures over runs have in common: which runs count, which met their budget, and how both are marked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cgplab.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def outcomes(runs: pd.DataFrame, measure: str, columns: Sequence[str], otherwise: str) -> pd.DataFrame:
    """Runs that have a measure, and whether their error is within what their strategy allows.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.
    measure : str
        Column that must be known.
    columns : sequence of str
        Further columns to keep.
    otherwise : str
        What the error says when no run has the measure.

    Returns
    -------
    pandas.DataFrame
        ``strategy``, the measure as float, ``within`` (bool), ``model``, ``selection``, ``layer``, ``id`` and
        ``columns``; sorted by strategy, then id.

    Raises
    ------
    InputError
        No run has the measure.
    """
    frame = runs.dropna(subset=[measure, "error"])
    if frame.empty:
        raise InputError(otherwise)
    within = frame["error"].astype(float) <= frame["threshold"].astype(float)
    frame = frame.assign(within=within, **{measure: frame[measure].astype(float)})
    kept = ["strategy", measure, "within", "model", "selection", "layer", "id", *columns]
    return frame[kept].sort_values(["strategy", "id"], ignore_index=True)


def subject(frame: pd.DataFrame) -> str:
    """Models, layers and selections that a figure shows, for its title."""
    return ", ".join(sorted(set(frame["model"] + " " + frame["layer"] + ", " + frame["selection"])))


def draw_runs(axes: "Axes", x: np.ndarray, y: np.ndarray, within: np.ndarray, colour: str, marker: str) -> None:
    """Draw one point per run, hollow where the error is above the budget."""
    for chosen, face in ((within, colour), (~within, "white")):
        axes.scatter(x[chosen], y[chosen], s=24, marker=marker, facecolor=face, edgecolor=colour, zorder=3)


def explain_hollow(axes: "Axes", frame: pd.DataFrame) -> bool:
    """Add a legend entry for hollow points if there are any; returns whether there are."""
    hollow = not frame["within"].all()
    if hollow:
        axes.scatter([], [], s=24, facecolor="white", edgecolor="#444444", label="error above budget")
    return hollow


def side_by_side(n: int, half_width: float = 0.16) -> np.ndarray:
    """Offsets that spread ``n`` points evenly over a band."""
    return np.linspace(-half_width, half_width, n) if n > 1 else np.zeros(1)
