"""The one look of all figures: sized for a text column, legible in print, safe for the colour-blind."""

import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEXT_WIDTH = 5.9
"""Width of a text column in inches (15 cm)."""
_TITLE_CHARACTERS = 72
"""Of a title in the size of type of the axes' labels; it begins where the axes do."""

# Okabe and Ito, "Color Universal Design", 2008: told apart under every common kind of colour blindness.
OKABE_ITO: tuple[str, ...] = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000")
MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "P", "X", "*")
"""Always used with the colours, so that a figure also reads in grey."""
BOKEH_MARKERS: tuple[str, ...] = ("circle", "square", "triangle", "diamond", "inverted_triangle", "plus", "x", "star")
"""The same markers by Bokeh's names."""

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


def in_lines(title: str) -> str:
    """Title in lines that fit the width of a figure."""
    return textwrap.fill(title, _TITLE_CHARACTERS, break_long_words=False, break_on_hyphens=False)


def look(index: int) -> tuple[str, str]:
    """Colour and marker of the index-th group."""
    return OKABE_ITO[index % len(OKABE_ITO)], MARKERS[index % len(MARKERS)]


_STUDIED = (0.0, 1.0, 5.0, 11.0)
"""Strategies of the original study; they keep their looks whichever of them a figure shows."""


def places(strategies: Iterable[float]) -> dict[float, int]:
    """Place of each strategy in the palette: 0, 1, 5 and 11 have fixed ones, others follow in order."""
    others = sorted(set(strategies) - set(_STUDIED))
    return {strategy: index for index, strategy in enumerate((*_STUDIED, *others))}


def looks(strategies: Iterable[float]) -> dict[float, tuple[str, str]]:
    """Colour and marker by strategy, in order: the same strategies look the same in every figure."""
    known = sorted(set(strategies))
    place = places(known)
    return {strategy: look(place[strategy]) for strategy in known}
