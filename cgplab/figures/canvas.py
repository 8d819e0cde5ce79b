"""Title, legend and axes of a printed figure, laid out by the width of their texts, so that nothing meets or is cut.

The title stands on top, the legend below it, the axes below both. Axes come with the height that they need; the figure
grows by what title and legend take.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import TextToPath

from cgplab.figures.style import Look

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axis import Axis

TITLE, SMALL = 9.0, 8.0
"""Sizes of type in points: of titles, of legends."""
_POINTS = 72.0
_EDGE = 3.0
"""Left free around title and legend, in points."""
_LINE = 1.25
"""Height of a line by its size of type."""
_HANDLE = 1.6
"""Length of a legend's marks by its size of type."""
_GAP = 14.0
"""Between the columns of a legend, in points."""
_LOOSE = 1.04
"""Widths on a screen's grid of pixels exceed those of the outlines by up to this."""
_APART = 2.0
"""Least distance of neighbouring tick labels, in points."""
_TEXTS = TextToPath()
_GREY = "#444444"
HOLLOW = Line2D([], [], linestyle="none", marker="o", markerfacecolor="white", markeredgecolor=_GREY, markersize=4.5)
"""Legend entry of hollow marks."""

Entry = tuple["Artist", str]
"""Mark and text of a legend."""


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """Width of a line in points."""
    if not text:
        return 0.0
    return float(_TEXTS.get_text_width_height_descent(text, FontProperties(size=size), False)[0]) * _LOOSE


def in_width(text: str, width: float, size: float) -> list[str]:
    """Lines of a text that are at most ``width`` points wide; words wider than a line are broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if text_width(longer, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        rest = word
        while text_width(rest, size) > width:
            end = _fitting(rest, width, size)
            lines.append(rest[:end])
            rest = rest[end:]
        line = rest
    return [*lines, line] if line or not lines else lines


def fitted(text: str, width: float, size: float) -> str:
    """Text in a line of at most ``width`` points; of a longer one the middle is left out, as ends tell names apart."""
    if text_width(text, size) <= width:
        return text
    kept = len(text) - 1
    while kept > 1:
        shorter = f"{text[: ceil(kept / 2)].rstrip()}…{text[len(text) - kept // 2 :].lstrip()}"
        if text_width(shorter, size) <= width:
            return shorter
        kept -= 1
    return "…"


def all_fitted(texts: Sequence[str], width: float, size: float) -> list[str]:
    """Texts as :func:`fitted` makes them, with numbers where two would become the same."""
    short = [fitted(text, width, size) for text in texts]
    if len(set(short)) == len(set(texts)):
        return short
    places = {text: place for place, text in enumerate(dict.fromkeys(texts), 1)}
    return [
        text if text == line else f"{places[text]} {fitted(text, width - text_width('99 ', size), size)}"
        for text, line in zip(texts, short, strict=True)
    ]


def mark(look: Look, hollow: bool = False, line: bool = False) -> Line2D:
    """Mark of a group for the legend."""
    return Line2D(
        [], [], color=look.colour, marker=look.marker, markersize=4.5, linestyle="-" if line else "none",
        markerfacecolor="white" if hollow else look.colour, markeredgecolor=look.colour, linewidth=1.2,
    )  # fmt: skip


def stroke(colour: str, **more: Any) -> Line2D:
    """Line for the legend."""
    return Line2D([], [], color=colour, **more)


def area(colour: str, **more: Any) -> Patch:
    """Filled area for the legend."""
    return Patch(facecolor=colour, **more)


def finish(figure: Figure, title: str, entries: Sequence[Entry] = (), heading: str = "") -> Figure:
    """Set title and legend above the axes, and fix the layout.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        As high as its axes need.
    title : str
    entries : sequence of (artist, str)
        Of the legend.
    heading : str
        What the entries tell, above them.
    """
    width = figure.get_figwidth() * _POINTS
    lines = in_width(title, width - 2 * _EDGE, TITLE)
    above = _EDGE + len(lines) * _LINE * TITLE if title else 0.0
    told = above
    if entries:
        columns, texts = _columns([text for _, text in entries], width - 2 * _EDGE)
        heads = in_width(heading, width - 2 * _EDGE, SMALL) if heading else []
        rows = [max(1, text.count("\n") + 1) for text in texts]
        per_column = ceil(len(entries) / columns)
        tallest = max(sum(rows[start : start + per_column]) for start in range(0, len(rows), per_column))
        told += 4.0 + (len(heads) * _LINE + tallest * 1.5) * SMALL
    body = figure.get_figheight() * _POINTS
    height = body + told + 2.0
    figure.set_figheight(height / _POINTS)
    if title:
        figure.text(
            _EDGE / width, 1 - _EDGE / height, "\n".join(lines), size=TITLE, va="top", ha="left", linespacing=1.2,
        ).set_in_layout(False)  # fmt: skip
    if entries:
        legend = figure.legend(
            [handle for handle, _ in entries], texts, loc="upper left", ncols=columns, fontsize=SMALL,
            bbox_to_anchor=(_EDGE / width, 1 - (above + 2.0) / height), borderaxespad=0, borderpad=0,
            handlelength=_HANDLE, handletextpad=0.45, columnspacing=_GAP / SMALL, labelspacing=0.3,
            title="\n".join(heads) or None, title_fontsize=SMALL, alignment="left",
        )  # fmt: skip
        legend.set_in_layout(False)
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    engine.set(rect=(0, 0, 1, (body + 2.0) / height))
    engine.execute(figure)
    if _wrap_labels(figure) | _thin(figure):
        engine.execute(figure)
        _thin(figure)
    # Formats have their own grids of pixels; laid out for each, the same figure would differ between them.
    figure.set_layout_engine("none")
    return figure


def points_to_mark(n: int) -> int:
    """Step between the marks of a line through ``n`` points, for matplotlib's ``markevery``."""
    return max(1, n // 8)


def _wrap_labels(figure: Figure) -> bool:
    """Break the labels of axes that are longer than their axes, or than the figure, into lines; whether any were."""
    changed = False
    scale = _POINTS / figure.dpi
    room = [
        (axis.label, size * scale)
        for axes in figure.axes
        if axes.axison
        for axis, size in ((axes.xaxis, axes.bbox.width), (axes.yaxis, axes.bbox.height))
    ]
    whole = figure.bbox.width * scale - 2 * _EDGE, max(axes.bbox.y1 for axes in figure.axes) * scale
    room += [(text, size) for text, size in zip((figure._supxlabel, figure._supylabel), whole, strict=True) if text]  # type: ignore[attr-defined]
    for label, size in room:
        lines = [line for line in label.get_text().split("\n") if line]
        told = [part for line in lines for part in in_width(line, size, float(label.get_fontsize()))]
        if told != lines:
            label.set_text("\n".join(told))
            changed = True
    return changed


def _fitting(text: str, width: float, size: float) -> int:
    """How many characters fit in a line; at least one."""
    end = len(text)
    while end > 1 and text_width(text[:end], size) > width:
        end -= 1
    return end


def _columns(texts: Sequence[str], width: float) -> tuple[int, list[str]]:
    """Number of columns of a legend, and its texts, broken into lines where one is wider than the figure."""
    handle = (_HANDLE + 0.45) * SMALL
    broken = ["\n".join(in_width(text, width - handle, SMALL)) for text in texts]
    widest = handle + max(text_width(line, SMALL) for text in broken for line in text.split("\n"))
    most = max(1, int((width + _GAP) // (widest + _GAP)))
    rows = ceil(len(texts) / most)
    return ceil(len(texts) / rows), broken


def _thin(figure: Figure) -> bool:
    """Leave out tick labels of numbers that meet their neighbours; whether any were."""
    changed = False
    for axes in figure.axes:
        if axes.axison:
            changed |= _thin_axis(axes.xaxis, True) | _thin_axis(axes.yaxis, False)
    return changed


def _thin_axis(axis: "Axis", horizontal: bool) -> bool:
    labels = [tick.label1 for tick in axis._update_ticks() if tick.label1.get_visible() and tick.label1.get_text()]  # type: ignore[attr-defined]
    if len(labels) < 2:
        return False
    spans = [(b.x0, b.x1) if horizontal else (b.y0, b.y1) for b in (label.get_window_extent() for label in labels)]
    order = sorted(range(len(labels)), key=lambda i: spans[i])
    apart = _APART * labels[0].get_figure(root=True).dpi / _POINTS
    step = 1
    while step < len(order) and _meet([spans[i] for i in order[::step]], apart):
        step += 1
    if step == 1:
        return False
    kept = [labels[i] for i in order[::step]]
    places = [(label.get_position()[0 if horizontal else 1], label.get_text()) for label in kept]
    axis.set_ticks([place for place, _ in places], [text for _, text in places], parse_math=labels[0].get_parse_math())
    return True


def _meet(spans: Sequence[tuple[float, float]], apart: float) -> bool:
    return any(later[0] - earlier[1] < apart for earlier, later in pairwise(spans))
