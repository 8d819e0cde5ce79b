"""The critical-difference diagram of Demsar (2006): average ranks on a line, bars over what is not different.

::

        CD
      |----|
    1      2      3      4
    |------|------|------|
      |  |          |  |
      ====          ====       <- bars
    A -  |          |  - D
    B ----          ---- C
"""

import re
import textwrap
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cgplab.statistics.bars import MOST
from cgplab.statistics.words import decided_by, p_text, plain, sample_size
from cgplab.words import digits, fixed

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cgplab.statistics.comparison import Comparison

INK, BAR, PALE = "#222222", "#D55E00", "#6f6f6f"
WIDTH = 5.9
"""Width in inches when the diagram makes its own figure."""
_EM = 0.58
"""Width of a character of a title, on average, by its size of type."""
_FORMULA = re.compile(r"[$^]|\\[a-z]+")
"""What a formula's source has more than it shows: its ends, and names of signs."""
_ROW = 0.24
"""Height of one row of labels, in inches."""
_LINE_CHARACTERS, _MOST_NAME = 18, 54
"""Characters of a line of a level's name, and of the whole name, unless names would become the same."""
_FURTHER_LINE = 0.74
"""Height of each further line of a name, in rows."""


@dataclass(frozen=True)
class Layout:
    """Where things stand; no drawing.

    Attributes
    ----------
    span : (float, float)
        Least and greatest value of the axis of ranks.
    labels : tuple of (level, rank, row, side)
        Side -1 is left, 1 right; rows count from the axis down.
    bars : tuple of (ranks, row)
        Average ranks of each bar's levels, rows counting from the axis down.
    gaps : tuple of bool
        Per bar, whether it passes over a level that it does not join.
    """

    span: tuple[float, float]
    labels: tuple[tuple[Hashable, float, int, int], ...]
    bars: tuple[tuple[tuple[float, ...], int], ...]
    gaps: tuple[bool, ...]

    @property
    def bar_rows(self) -> int:
        """Rows that the bars take."""
        return max((row for _, row in self.bars), default=-1) + 1

    @property
    def label_rows(self) -> int:
        """Rows that the labels take."""
        return max(row for _, _, row, _ in self.labels) + 1


@dataclass(frozen=True)
class Diagram:
    """What was drawn: the figure, its axes, and artists by what they show."""

    figure: "Figure"
    axes: "Axes"
    artists: dict[str, list["Artist"]]


def lay_out(found: "Comparison") -> Layout:
    """Place labels and bars.

    Levels of the lower half of ranks are labelled on the left, the others on the right; bars share a row
    when they do not meet.
    """
    ranks = found.average_ranks
    left = (len(ranks) + 1) // 2
    labels = [(level, float(rank), row, -1) for row, (level, rank) in enumerate(ranks.iloc[:left].items())]
    right = list(ranks.iloc[left:].items())
    labels += [(level, float(rank), len(right) - 1 - row, 1) for row, (level, rank) in enumerate(right)]
    ends: list[float] = []
    bars, gaps = [], []
    order = list(ranks.index)
    rank_of = dict(zip(order, ranks.to_numpy(dtype=float).tolist(), strict=True))
    for bar in found.bars:
        at = tuple(rank_of[level] for level in bar)
        row = next((i for i, end in enumerate(ends) if end < at[0]), len(ends))
        ends[row : row + 1] = [at[-1]]
        bars.append((at, row))
        gaps.append(order.index(bar[-1]) - order.index(bar[0]) + 1 > len(bar))
    if found.samples.block is not None:
        span = (1.0, float(len(ranks)))
    else:
        low, high = float(ranks.min()), float(ranks.max())
        margin = 0.06 * (high - low) or 1.0
        span = (low - margin, high + margin)
    return Layout(span, tuple(labels), tuple(bars), tuple(gaps))


def draw(found: "Comparison", axes: "Axes | None" = None) -> Diagram:
    """Draw the diagram.

    Parameters
    ----------
    found : Comparison
    axes : matplotlib.axes.Axes, optional
        Where to draw; default: a figure of its own.

    Returns
    -------
    Diagram
        ``artists`` under ``axis``, ``critical_difference``, ``elbows``, ``labels``, ``bars``.
    """
    layout = lay_out(found)
    names = names_of(found)
    below = 0.55 + 0.55 * layout.bar_rows  # rows between axis and first label
    above = 3.1 if found.critical_difference else 2.0
    further = max(name.count("\n") for name in names.values())
    step = 1 + _FURTHER_LINE * (further + bool(further))  # the rank has a line of its own below such a name
    under = below + step * layout.label_rows
    if axes is None:
        axes = _own_axes(found, _ROW * (above + under + 0.4))
    else:
        axes.set_title(title_of(found), loc="left", parse_math=found.test.name != "none")
    low, high = layout.span
    width = high - low
    axes.set_axis_off()
    axes.set_xlim(low - 0.4 * width, high + 0.4 * width)
    axes.set_ylim(-under, above)
    artists: dict[str, list[Any]] = {
        "axis": _axis(axes, layout.span, blocked=found.samples.block is not None),
        "critical_difference": _ruler(axes, found, layout.span),
        "bars": [],
        "elbows": [],
        "labels": [],
    }
    for (at, row), gap in zip(layout.bars, layout.gaps, strict=True):
        y = -0.55 - 0.55 * row
        reach = 0.006 * width
        ends = [at[0] - reach, at[-1] + reach]
        style = {"linewidth": 1.4, "linestyle": (0, (2, 1.2))} if gap else {"linewidth": 3.6}
        artists["bars"] += axes.plot(ends, [y, y], color=BAR, solid_capstyle="round", zorder=4, **style)
        if gap:  # levels passed over are not joined: only the dots are
            artists["bars"] += axes.plot(at, [y] * len(at), "o", color=BAR, markersize=4.5, zorder=5)
    for level, rank, row, side in layout.labels:
        y = -below - step * row - 0.3 - 0.5 * (step - 1)
        edge = low - 0.03 * width if side < 0 else high + 0.03 * width
        artists["elbows"] += axes.plot([rank, rank, edge], [0, y, y], color=INK, linewidth=0.8, zorder=2)
        artists["elbows"] += axes.plot([rank], [0], "o", color=INK, markersize=3.2, zorder=3)
        name = names[level]
        if "\n" in name:
            lines = [*name.split("\n"), f"({fixed(rank)})"]
            text = "\n".join(f"{line} " if side < 0 else f" {line}" for line in lines)
        else:
            text = f"{name}  ({fixed(rank)}) " if side < 0 else f" ({fixed(rank)})  {name}"
        align = "right" if side < 0 else "left"
        artists["labels"].append(axes.text(edge, y, text, ha=align, va="center", color=INK, parse_math=False))
    figure = axes.get_figure(root=True)
    assert figure is not None
    return Diagram(figure, axes, artists)


def _own_axes(found: "Comparison", height: float) -> "Axes":
    """Axes of a new figure, ``height`` inches below a title whose lines are broken to the figure's width."""
    from matplotlib import rcParams
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    size = FontProperties(size=rcParams["axes.titlesize"]).get_size_in_points()
    wide = int(72 * WIDTH / (_EM * size))
    lines = [part for line in title_of(found).splitlines() for part in _broken(line, wide)]
    own = Figure(figsize=(WIDTH, height + 1.25 * size * len(lines) / 72), layout="constrained")
    own.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=size, parse_math=found.test.name != "none")
    return own.add_subplot()


def _broken(line: str, most: int) -> list[str]:
    """Parts of a line of a title with at most so many characters; a formula counts as what it shows."""
    parts = [""]
    for word in line.split(" "):
        longer = f"{parts[-1]} {word}".strip()
        if len(_FORMULA.sub("x", longer)) <= most or not parts[-1]:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts


def names_of(found: "Comparison") -> dict[Hashable, str]:
    """Names of the levels in lines that fit beside the axis; of very long ones the middle is left out."""
    whole = {level: _name(found, level) for level in found.average_ranks.index}
    most = _MOST_NAME
    while True:
        short = {level: _short(name, most) for level, name in whole.items()}
        if len(set(short.values())) == len(set(whole.values())):
            return {level: textwrap.fill(name, _LINE_CHARACTERS) for level, name in short.items()}
        most += _LINE_CHARACTERS


def _name(found: "Comparison", level: Hashable) -> str:
    short = "t" if found.samples.factor == "strategy" else plain(found.samples.factor)
    return f"{short} = {digits(float(level), 6)}" if isinstance(level, int | float | np.number) else plain(level)


def _short(name: str, most: int) -> str:
    """Name of at most so many characters."""
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-most // 2 + 1 :]}"


def title_of(found: "Comparison") -> str:
    """Three lines: what is compared, what the test says, and what the bars are; with mathtext."""
    t = found.test
    first = f"{plain(found.samples.response).capitalize()}: {sample_size(found)}"
    if t.name == "none":
        return f"{first}\n{t.why}"
    symbol = {"chi-squared": r"$\chi^2$"}.get(t.symbol, f"${t.symbol}$")
    effect = {"Kendall's W": "Kendall's $W$", "omega squared": r"$\omega^2$", "epsilon squared": r"$\varepsilon^2$"}
    name = effect.get(found.effect.name, found.effect.name)
    tests = f"{t.name}: {symbol} = {digits(t.statistic, 3)}, {p_text(t.p, t.how)}; {name} = {fixed(found.effect.value)}"
    if not found.bars and not found.pairs["different"].all():
        return f"{first}\n{tests}\nNo bars: more than {MOST} would be needed; the table of pairs says which differ"
    if not found.bars:
        return f"{first}\n{tests}\nNo bars: every pair of levels differs at the {found.alpha:g} level"
    by = f" ({decided})" if (decided := decided_by(found)) else ""
    return f"{first}\n{tests}\nBars join levels that do not differ at the {found.alpha:g} level{by}"


def _axis(axes: "Axes", span: tuple[float, float], blocked: bool) -> list[Any]:
    from matplotlib.ticker import MaxNLocator

    low, high = span
    drawn: list[Any] = axes.plot([low, high], [0, 0], color=INK, linewidth=1.0, zorder=2)
    if blocked:
        step = max(1, int(np.ceil((high - low) / 12)))
        ticks = np.arange(low, high + 1e-9, step)
        drawn += axes.plot([t + 0.5 for t in ticks[:-1]], np.full(len(ticks) - 1, 0.12), "|", color=PALE, markersize=3)
    else:
        ticks = np.array([t for t in MaxNLocator(6).tick_values(low, high) if low <= t <= high])
    for tick in ticks:
        drawn += axes.plot([tick, tick], [0, 0.28], color=INK, linewidth=0.9, zorder=2)
        drawn.append(axes.text(tick, 0.42, digits(float(tick)), ha="center", va="bottom", color=INK))
    drawn.append(axes.text(low - 0.05 * (high - low), 0, "average\nrank", ha="right", va="center", color=PALE))
    return drawn


def _ruler(axes: "Axes", found: "Comparison", span: tuple[float, float]) -> list[Any]:
    cd = found.critical_difference
    if cd is None or cd <= 0:
        return []
    start, y = span[0], 1.85
    drawn: list[Any] = axes.plot([start, start + cd], [y, y], color=BAR, linewidth=1.4)
    for x in (start, start + cd):
        drawn += axes.plot([x, x], [y - 0.2, y + 0.2], color=BAR, linewidth=1.4)
    drawn.append(axes.text(start + cd / 2, y + 0.22, f"CD = {cd:.2f}", ha="center", va="bottom", color=BAR))
    return drawn
