"""Accuracy loss by layer and strategy."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.figures.accuracy_loss import data
from cgplab.figures.layers import heading, publish, show

if TYPE_CHECKING:
    import holoviews as hv

__all__ = ["data", "interactive", "publication"]


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(runs)
    return show(frame, "accuracy_loss", heading(frame))


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    return publish(frame, "accuracy_loss", heading(frame))
