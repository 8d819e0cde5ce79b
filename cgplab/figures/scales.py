"""Axes for values over many decades that may be zero, or of either sign; the same for print and for screens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import MaxNLocator, NullFormatter
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
STRIP = "#f0f0f0"
"""Colour of the strip that holds zeros."""
_STEP = 0.8
"""Height of the strip in decades."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_TICKS = 7
_STEPS = [1, 2, 5, 10]
_DIGITS = 3
"""Significant digits of a tick that we write; those of evenly spaced ticks need as many as tell them apart."""
_MOST_DECADES = 16


@dataclass(frozen=True)
class Scale:
    """How values become places along an axis.

    Attributes
    ----------
    name : str
        ``linear``, ``log``, ``zero and log`` (a labelled strip holds zeros) or ``signed log`` (linear around 0).
    forward, inverse : callable
        Values to places and back.
    ticks : tuple of (value, text for matplotlib, plain text)
        Empty: the backend's own will do.
    limits : (float, float)
        Values at the ends of the axis.
    strip : (float, float) or None
        Values between which the strip of zeros lies.
    """

    name: str
    forward: Callable[[ArrayLike], Array]
    inverse: Callable[[ArrayLike], Array]
    ticks: tuple[tuple[float, str, str], ...]
    limits: tuple[float, float]
    strip: tuple[float, float] | None = None

    def apply(self, axes: "Axes", axis: str = "y") -> None:
        """Set up an axis of a matplotlib plot, ``x`` or ``y``."""
        if self.name == "linear":
            getattr(axes, f"set_{axis}lim")(*self.limits)
            if self.ticks:
                self._write_ticks(axes, axis)
            else:  # matplotlib's own steps of 2.5 take a digit more
                getattr(axes, f"{axis}axis").set_major_locator(MaxNLocator("auto", steps=_STEPS))
            return
        getattr(axes, f"set_{axis}scale")("function", functions=(self.forward, self.inverse))
        getattr(axes, f"set_{axis}lim")(*self.limits)
        self._write_ticks(axes, axis)
        getattr(axes, f"set_{axis}ticks")([], minor=True)
        if self.strip is not None:
            span = axes.axhspan if axis == "y" else axes.axvspan
            span(*self.strip, color=STRIP, zorder=0, linewidth=0)

    def _write_ticks(self, axes: "Axes", axis: str) -> None:
        texts = [text for _, text, _ in self.ticks]
        getattr(axes, f"set_{axis}ticks")([t for t, _, _ in self.ticks], texts, parse_math=True)

    @property
    def lowest(self) -> float:
        """Least value that the logarithmic part shows; 0 without one."""
        return next((value for value, *_ in self.ticks if value > 0), 0.0) if self.name == "zero and log" else 0.0

    @property
    def places(self) -> list[tuple[float, str]]:
        """Ticks as places with plain texts, for Bokeh, which knows no such axis."""
        return [(float(self.forward(value)), text) for value, _, text in self.ticks]

    def round_places(self, most: int) -> list[tuple[float, str]]:
        """About ``most`` round values within the limits as places with plain texts, for an axis without own ticks."""
        low, high = self.limits
        values = [v for v in MaxNLocator(most, steps=_STEPS).tick_values(low, high) if low <= v <= high]
        return [(float(self.forward(v)), f"{v:.10g}".replace("-", "−")) for v in values]

    @property
    def span(self) -> tuple[float, float]:
        """Places of the limits."""
        return float(self.forward(self.limits[0])), float(self.forward(self.limits[1]))


def show_decades(axes: "Axes") -> None:
    """Let the horizontal axis of a matplotlib plot be logarithmic, with powers of ten as ticks."""
    axes.set_xscale("log")
    with mpl.rc_context({"text.parse_math": True}):  # ticks keep what holds when they are made
        axes.xaxis.get_major_ticks(_MOST_DECADES)
        axes.xaxis.get_minor_ticks(9 * _MOST_DECADES)
    axes.xaxis.set_minor_formatter(NullFormatter())


def scale_for(values: ArrayLike) -> Scale:
    """Scale that fits the values.

    Positive values over more than a decade and a half get a logarithmic axis, with a strip for zeros if there are any;
    values of both signs, or small ones beside large ones, an axis that is linear around 0 and logarithmic beyond.
    """
    found = np.asarray(values, dtype=float)
    found = found[np.isfinite(found)]
    positive = found[found > 0]
    if len(found) == 0 or not found.any():
        return _linear(np.zeros(1))
    if (found < 0).any():
        largest = np.abs(found).max()
        return _signed(found) if largest > 3 else _linear(found)
    # Beside zeros, tiny values need decades too: an axis of 0 to 4 times 1e-5 reads badly.
    tiny = len(positive) < len(found) and positive.max() < 1e-3
    wide = tiny or positive.max() / positive.min() > 30
    if not wide:
        return _linear(found)
    lowest, highest = np.floor(np.log10(positive.min())), np.ceil(np.log10(positive.max()) + 1e-9)
    return _zero_log(lowest, highest) if len(positive) < len(found) else _log(lowest, highest, positive)


def log_scale_for(values: ArrayLike) -> Scale:
    """Logarithmic scale over the positive values, with a strip for zeros if there are any; linear if all are zero."""
    found = np.asarray(values, dtype=float)
    positive = found[found > 0]
    if len(positive) == 0:
        return _linear(np.zeros(1))
    lowest, highest = np.floor(np.log10(positive.min())), np.ceil(np.log10(positive.max()) + 1e-9)
    return _zero_log(lowest, highest) if len(positive) < len(found) else _log(lowest, highest, positive)


def _tick(value: float) -> tuple[float, str, str]:
    """Round value as a tick, in powers of ten where its digits would be many."""
    exponent = int(np.floor(np.log10(abs(value)))) if value else 0
    if -3 <= exponent <= 3:
        text = _digits(value)
        return value, text, text
    factor = _digits(value / 10.0**exponent)
    times, power = ("", "") if factor == "1" else (rf"{factor} \times ", f"{factor} × "), exponent
    return value, f"${times[0]}10^{{{power}}}$", f"{times[1]}10{str(power).translate(_SUPERSCRIPT)}"


def _digits(value: float) -> str:
    """At most :data:`_DIGITS` significant digits."""
    return np.format_float_positional(float(f"{value:.{_DIGITS}g}"), trim="-").replace("-", "−")


def _within_decades(limits: tuple[float, float]) -> tuple[tuple[float, float], tuple[tuple[float, str, str], ...]]:
    """Limits and ticks of an axis that no two powers of ten fall into: 1, 2 and 5 times one, at least two of them."""
    exponents = np.arange(np.floor(np.log10(limits[0])) - 1, np.ceil(np.log10(limits[1])) + 2)
    steps = [float(f"{m}e{int(e)}") for e in exponents for m in (1, 2, 5)]
    inside = [step for step in steps if limits[0] <= step <= limits[1]]
    if len(inside) < 2:  # the neighbours are at most a factor of 2.5 away
        below, above = max(s for s in steps if s <= limits[0]), min(s for s in steps if s >= limits[1])
        inside = [below, *inside, above]
        limits = below, above
    return limits, tuple(map(_tick, inside))


def _decade(exponent: float, plain: bool) -> tuple[float, str, str]:
    power = int(exponent)
    if plain or power == 0:
        return 10.0**power, f"{10.0**power:g}", f"{10.0**power:g}"
    return 10.0**power, f"$10^{{{power}}}$", f"10{str(power).translate(_SUPERSCRIPT)}"


def _decades(lowest: float, highest: float) -> tuple[tuple[float, str, str], ...]:
    step = max(1, int(np.ceil((highest - lowest) / _MOST_TICKS)))
    plain = lowest >= -2 and highest <= 3
    return tuple(_decade(e, plain) for e in np.arange(highest, lowest - 0.5, -step)[::-1])


def _linear(found: Array) -> Scale:
    same: Callable[[ArrayLike], Array] = lambda x: np.asarray(x, dtype=float)
    low, high = float(found.min()), float(found.max())
    if low == high:
        # Nothing to read off but the value itself; ticks around it would suggest a spread (and 101 % accuracy). A value
        # of many digits lies beside the tick of its rounded value.
        near = float(f"{low:.{_DIGITS}g}")
        reach = max(1.0, 3 * abs(near - low))
        return Scale("linear", same, same, (_tick(near),), (low - reach, low + reach))
    margin = 0.07 * (high - low)
    low = low - margin if low < 0 else -0.5 * margin if low < 0.25 * high else low - margin
    return Scale("linear", same, same, (), (low, high + margin))


def _log(lowest: float, highest: float, positive: Array) -> Scale:
    forward: Callable[[ArrayLike], Array] = lambda x: np.log10(np.maximum(np.asarray(x, dtype=float), 1e-300))
    inverse: Callable[[ArrayLike], Array] = lambda y: np.power(10.0, np.asarray(y, dtype=float))
    limits = (float(positive.min()) / 1.5, float(positive.max()) * 1.5)
    ticks = tuple(t for t in _decades(lowest, highest) if limits[0] <= t[0] <= limits[1])
    if len(ticks) < 2:
        limits, ticks = _within_decades(limits)
    return Scale("log", forward, inverse, ticks, limits)


def _zero_log(lowest: float, highest: float) -> Scale:
    smallest = 10.0**lowest

    def forward(x: ArrayLike) -> Array:
        # Below the smallest decade the axis runs straight down to zero, in the middle of the strip.
        x = np.asarray(x, dtype=float)
        below = lowest - _STEP * (1 - x / smallest)
        return np.asarray(np.where(x >= smallest, np.log10(np.maximum(x, smallest)), below))

    def inverse(y: ArrayLike) -> Array:
        y = np.asarray(y, dtype=float)
        below = smallest * (1 - (lowest - y) / _STEP)
        return np.asarray(np.where(y >= lowest, 10.0 ** np.maximum(y, lowest), below))

    ticks = ((0.0, "0", "0"), *_decades(lowest, highest))
    return Scale(
        "zero and log", forward, inverse, ticks, (-0.5 * smallest, 10.0**highest), (-0.5 * smallest, 0.5 * smallest)
    )


def _signed(found: Array, unit: float = 0.1) -> Scale:
    def forward(x: ArrayLike) -> Array:
        x = np.asarray(x, dtype=float)
        beyond = np.log10(np.maximum(np.abs(x), unit) / unit) + 1
        return np.asarray(np.where(np.abs(x) <= unit, x / unit, np.sign(x) * beyond))

    def inverse(y: ArrayLike) -> Array:
        y = np.asarray(y, dtype=float)
        beyond = np.sign(y) * unit * 10.0 ** (np.maximum(np.abs(y), 1) - 1)
        return np.asarray(np.where(np.abs(y) <= 1, y * unit, beyond))

    def ends(value: float) -> float:
        return float(inverse(forward(value) + (0.25 if value > 0 else -0.25)))

    exponents = np.arange(-1, np.ceil(np.log10(np.abs(found).max())) + 1)
    sides = [sign * 10.0**e for sign in (-1, 1) for e in exponents]
    limits = (ends(min(float(found.min()), -unit)), ends(max(float(found.max()), unit)))
    texts = [
        (v, (f"{v:g}" if abs(v) < 1e6 else f"{v:,.0f}").replace("-", "−"))
        for v in sorted([0.0, *sides])
        if limits[0] <= v <= limits[1]
    ]
    return Scale("signed log", forward, inverse, tuple((v, t, t) for v, t in texts), limits)
