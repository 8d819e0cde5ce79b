"""A logarithmic axis with a strip for zero, which Bokeh lacks: values are placed on a linear one."""

from dataclasses import dataclass

import numpy as np
from bokeh.models import FixedTicker
from bokeh.plotting import figure
from numpy.typing import ArrayLike, NDArray

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_TICKS = 7


@dataclass(frozen=True)
class LogAxis:
    """Placement of values on a logarithmic axis.

    Attributes
    ----------
    low, high : int
        Decades that are labelled.
    zero : bool
        Whether there is a strip for zero, half a decade below ``low``.
    """

    low: int
    high: int
    zero: bool

    @classmethod
    def holding(cls, values: ArrayLike) -> "LogAxis":
        """Axis for these values, at least 0 or NaN."""
        array = np.asarray(values, dtype=float)
        positive = array[array > 0]
        zero = bool((array == 0).any())
        if not positive.size:
            return cls(0, 0, zero)
        low, high = np.floor(np.log10(positive.min())), np.ceil(np.log10(positive.max()))
        return cls(int(low), int(max(high, low + 1)), zero)

    @property
    def zero_place(self) -> float:
        """Where zero stands."""
        return self.low - 0.5

    def place(self, values: ArrayLike) -> NDArray[np.float64]:
        """Positions of values; NaN where there is none."""
        array = np.asarray(values, dtype=float)
        logs = np.log10(np.where(array > 0, array, 1.0))
        return np.where(array > 0, logs, np.where(array == 0, self.zero_place, np.nan))

    def ticks(self) -> dict[float, str]:
        """Positions and labels."""
        step = max(1, -(-(self.high - self.low) // _MOST_TICKS))
        labels = {float(d): _power(d) for d in range(self.low, self.high + 1, step)}
        return {self.zero_place: "0", **labels} if self.zero else labels

    def label(self, plot: figure) -> None:
        """Set a plot's y axis to these ticks and to hold all of them."""
        ticks = self.ticks()
        plot.yaxis.ticker = FixedTicker(ticks=list(ticks))
        plot.yaxis.major_label_overrides = ticks
        plot.y_range.update(start=(self.zero_place if self.zero else self.low) - 0.2, end=self.high + 0.2)


def _power(decade: int) -> str:
    if 0 <= decade <= 3:
        return f"{10**decade:,}"
    return f"10{str(decade).translate(_SUPERSCRIPTS)}"
