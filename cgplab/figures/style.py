"""The one look of all figures: sized for a text column, legible in print, safe for the colour-blind."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEXT_WIDTH = 5.9
"""Width of a text column in inches (15 cm)."""
LEAST_MARK = 9.0
"""Least size of a mark in square points, which is 3 pt across: smaller ones show neither shape nor filling."""

# Okabe and Ito, "Color Universal Design", 2008: told apart under every common kind of colour blindness.
OKABE_ITO: tuple[str, ...] = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000")
_MARKS: tuple[tuple[str, str], ...] = (
    ("o", "circle"), ("s", "square"), ("^", "triangle"), ("D", "diamond"), ("v", "inverted_triangle"), ("P", "plus"),
    ("X", "square_x"), ("*", "star"), ("p", "hex"), ("<", "triangle_pin"), ("d", "square_pin"), (">", "circle_x"),
)  # fmt: skip
"""Markers for print and for screens; always used with the colours, so that a figure also reads in grey."""
_SHADES = 256
# Perceptually uniform, lightness rising throughout, so the order shows in grey and under every colour blindness
# (Smith and van der Walt, "A better default colormap for matplotlib", SciPy 2015); cut where it would fade into paper.
_RAMP, _ON_PAPER, _ON_DARK = "plasma", (0.0, 0.79), (0.42, 1.0)


def _ramp(ends: tuple[float, float]) -> tuple[str, ...]:
    return tuple(to_hex(colour) for colour in mpl.colormaps[_RAMP](np.linspace(*ends, _SHADES)))


ORDERED: tuple[str, ...] = _ramp(_ON_PAPER)
"""Colours of ordered levels on white, first to last."""
ORDERED_ON_DARK: tuple[str, ...] = _ramp(_ON_DARK)
"""The same, place by place, on a dark page."""


class Look(NamedTuple):
    """How the marks of a group look.

    Attributes
    ----------
    colour : str
    marker : str
        For print, by matplotlib's name.
    sign : str
        For a screen, by Bokeh's name.
    """

    colour: str
    marker: str
    sign: str


LABELS: dict[str, str] = {
    "strategy": "strategy t (error allowed per weight)",
    "accuracy_loss": "accuracy loss [percentage points]",
    "energy": "energy, power × delay [pJ]",
    "missing_weights": "missing weights (inferred values not among the kept)",
    "accuracy": "top-1 accuracy [%]",
    "top5": "top-5 accuracy [%]",
    "error": "error (run's metric)",
    "area": "area [µm²]",
    "delay": "delay [ns]",
    "gate_count": "active gates",
    "generation": "generations",
    "seconds": "search time [s]",
}
"""What axes say: measures with their units."""

_STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.2,
    "savefig.dpi": 300,
    "figure.autolayout": False,  # each figure has its layout, whatever the caller's settings
    "figure.constrained_layout.use": False,
    "pdf.fonttype": 42,  # text stays text; journals refuse Type 3 fonts
    "svg.fonttype": "none",
    "svg.hashsalt": "cgplab",
    "axes.formatter.useoffset": False,  # "+9.999e1" beside an axis is read by nobody
    "axes.formatter.limits": (-4, 6),
    "text.parse_math": False,  # a layer may be called $x$; axes of powers of ten ask for it
}


@contextmanager
def publication_style() -> Iterator[None]:
    """Draw within this look, leaving the caller's settings alone."""
    with mpl.rc_context(_STYLE):
        yield


def new_figure(height: float = 3.2, width: float = TEXT_WIDTH) -> tuple[Figure, "Axes"]:
    """Figure of one plot, in inches, without pyplot's global state."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def look(index: int, n: int = 1) -> Look:
    """Look of the index-th of ``n`` groups without an order; beyond eight, colours come from the ordered scale."""
    if n <= len(OKABE_ITO) and index < len(OKABE_ITO):
        return Look(OKABE_ITO[index], *_MARKS[index])
    return ordered_look(index, max(n, index + 1))


def ordered_look(index: int, n: int) -> Look:
    """Look of the index-th of ``n`` ordered levels.

    Groups that share a marker are a dozen levels apart, so that their colours differ clearly.
    """
    shade = round((_SHADES - 1) * index / (n - 1)) if n > 1 else 0
    return Look(ORDERED[shade], *_MARKS[index % len(_MARKS)])


_STUDIED = (0.0, 1.0, 5.0, 11.0)
"""Strategies of the original study; they keep their markers where those go round."""


def looks(strategies: Iterable[float]) -> dict[float, Look]:
    """Look by strategy, in order: the larger the allowed error, the lighter the colour.

    Colours follow the rank among the given strategies and those of the original study, so that 0, 1, 5 and 11 look the
    same whichever of them a figure shows.
    """
    known = sorted({float(strategy) for strategy in strategies})
    every = sorted({*known, *_STUDIED})
    marks = [*_STUDIED, *(t for t in every if t not in _STUDIED)] if len(every) <= len(_MARKS) else every
    found = {}
    for strategy in known:
        ranked = ordered_look(every.index(strategy), len(every))
        found[strategy] = Look(ranked.colour, *_MARKS[marks.index(strategy) % len(_MARKS)])
    return found
