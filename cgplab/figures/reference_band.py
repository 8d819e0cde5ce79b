"""Band of the reference's accuracy: losses inside are no larger than what other images would do to the reference."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cgplab.figures.canvas import Entry, area
from cgplab.statistics.proportion import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL = "reference, 95 % interval"
"""What the band is, for the legend."""
SHADE: dict[str, Any] = {"color": "#7d7d7d", "alpha": 0.18}
"""Its look."""
_SAME = 1e-6
"""Percentage points by which accuracies of one reference, computed from several runs, may differ."""


@dataclass(frozen=True)
class Band:
    """Interval of the reference's accuracy with 95 % confidence, as losses.

    Attributes
    ----------
    low, high : float
        Percentage points; 0 lies between.
    top1 : float
        Accuracy of the reference, per cent.
    n : int
        Images.
    """

    low: float
    high: float
    top1: float
    n: int

    @property
    def told(self) -> str:
        """What the band is, for the caption."""
        return f"95 % Wilson interval of the reference's accuracy ({self.top1:.2f} % of {self.n:,} images)"

    @property
    def entry(self) -> Entry:
        """For the legend of a printed figure."""
        return area(SHADE["color"], alpha=SHADE["alpha"]), LABEL

    def shade(self, axes: "Axes", axis: str = "y") -> None:
        """Draw it behind what a printed figure shows."""
        span = axes.axhspan if axis == "y" else axes.axvspan
        span(self.low, self.high, linewidth=0, zorder=0.5, **SHADE)

    def element(self, scale: Any, axis: str = "y") -> Any:
        """The same for a screen, on the places of a scale."""
        from cgplab.figures.screens import holoviews

        hv = holoviews()
        low, high = (float(scale.forward(value)) for value in (self.low, self.high))
        span = hv.HSpan(low, high) if axis == "y" else hv.VSpan(low, high)
        return span.opts(**SHADE, backend="bokeh")


def reference_band(frame: pd.DataFrame) -> Band | None:
    """Band of the reference that the losses of a frame are against.

    Wilson's interval (1927). The loss of a run is paired with the reference on the same images, so its own interval is
    often narrower; see :func:`cgplab.analysis.accuracies`.

    Parameters
    ----------
    frame : pandas.DataFrame
        Runs with ``accuracy`` and ``accuracy_loss``, in per cent and percentage points, and ``images``.

    Returns
    -------
    Band or None
        None where the runs have several references, or the number of images is not known.
    """
    known = frame.dropna(subset=["accuracy", "accuracy_loss", "images"])
    if known.empty or len(known) < len(frame) or known["images"].nunique() > 1:
        return None
    references = known["accuracy"].astype(float) + known["accuracy_loss"].astype(float)
    if references.max() - references.min() > _SAME:
        return None
    top1, n = float(references.iloc[0]), int(known["images"].iloc[0])
    low, high = wilson(round(top1 * n / 100), n)
    return Band(min(0.0, top1 - 100 * high), max(0.0, top1 - 100 * low), top1, n)


def with_ends(values: Iterable[float], band: Band | None) -> np.ndarray:
    """Values, and the ends of the band: an axis has to hold both."""
    known = np.asarray(list(values), dtype=float)
    return known if band is None else np.append(known, [band.low, band.high])


def entries_of(band: Band | None) -> list[Entry]:
    """Legend of the band, if there is one."""
    return [] if band is None else [band.entry]


def notes_of(band: Band | None) -> list[str]:
    """Sentence of the caption on the band, if there is one."""
    return [] if band is None else [f"grey band: {band.told}"]
