"""Error, energy, area, delay, gates, generations, time and accuracies by grid."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.errors import InputError
from cgplab.figures.boxes import notes_of_boxes
from cgplab.figures.measures import measured, publish, show
from cgplab.figures.measures import table as tabulate
from cgplab.figures.outcomes import Group
from cgplab.figures.style import look
from cgplab.natural_order import natural

if TYPE_CHECKING:
    import holoviews as hv


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with a circuit; see :func:`cgplab.figures.measures.measured`.

    Raises
    ------
    InputError
        No run has a circuit, or all are on one grid.
    """
    frame = measured(runs)
    if frame["grid"].nunique() == 1:
        raise InputError(f"all runs are on one grid, {frame['grid'].iloc[0]}; a comparison needs two or more")
    return frame


def _by_grid(frame: pd.DataFrame) -> list[Group]:
    grids = natural(frame["grid"].unique())
    looks = {grid: look(i, len(grids)) for i, grid in enumerate(grids)}
    return [Group(grid, frame[frame["grid"] == grid], looks[grid]) for grid in grids]


def _factor(frame: pd.DataFrame) -> str:
    strategies = ", ".join(f"{t:g}" for t in sorted(frame["strategy"].unique()))
    return f"grid (rows × columns); strategy t = {strategies}"


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: which grids have no box."""
    return notes_of_boxes(_by_grid(frame), "grid")


def interactive(runs: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(runs)
    return show(_by_grid(frame), _factor(frame))


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    return publish(_by_grid(frame), _factor(frame))


def table(runs: pd.DataFrame, label: str) -> str:
    """LaTeX table of medians and quartiles; see :func:`data` for errors."""
    frame = data(runs)
    return tabulate(_by_grid(frame), _factor(frame), label)
