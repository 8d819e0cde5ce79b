"""Error, energy, area, delay, gates, generations, time and accuracies by strategy."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.figures.boxes import notes_of_boxes
from cgplab.figures.measures import measured, publish, show
from cgplab.figures.measures import table as tabulate
from cgplab.figures.outcomes import by_strategy
from cgplab.figures.style import LABELS

if TYPE_CHECKING:
    import holoviews as hv

data = measured


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: which strategies have no box."""
    return notes_of_boxes(by_strategy(frame), "t =")


def interactive(runs: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    return show(by_strategy(data(runs)), LABELS["strategy"])


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    return publish(by_strategy(data(runs)), LABELS["strategy"])


def table(runs: pd.DataFrame, label: str) -> str:
    """LaTeX table of medians and quartiles; see :func:`data` for errors."""
    return tabulate(by_strategy(data(runs)), LABELS["strategy"], label)
