"""Accuracy loss by layer and strategy."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.figures.accuracy_loss import data, notes
from cgplab.figures.layers import heading, publish, show
from cgplab.figures.layers import table as tabulate
from cgplab.figures.reference_band import reference_band

if TYPE_CHECKING:
    import holoviews as hv

__all__ = ["data", "interactive", "notes", "publication", "table"]


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(runs)
    return show(frame, "accuracy_loss", heading(frame), reference_band(frame))


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    return publish(frame, "accuracy_loss", heading(frame), reference_band(frame))


def table(runs: pd.DataFrame, label: str) -> str:
    """LaTeX table of medians and ranges; see :func:`data` for errors."""
    return tabulate(data(runs), "accuracy_loss", label)
