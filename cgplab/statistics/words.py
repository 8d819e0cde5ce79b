"""Results in plain words."""

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from cgplab.statistics.effects import Effect
from cgplab.statistics.samples import Samples
from cgplab.words import counted, digits, fixed, signed

if TYPE_CHECKING:
    from cgplab.statistics.comparison import Comparison

_MOST_PAIRS = 15
"""Pairs that a report lists; all are in the table."""


def p_text(p: float, how: str = "") -> str:
    """``p = 0.012``, ``p < 0.0001``, or with what it rests on ``p = 0.028 (exact)``."""
    text = "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}" if p < 0.1 else f"p = {p:.2f}"
    return f"{text} ({how})" if how else text


def p_cell(p: float) -> str:
    """P-value for a column of them: ``0.012``, ``< 0.0001``."""
    return p_text(p).removeprefix("p = ").removeprefix("p ")


def effect_text(effect: Effect) -> str:
    """``Kendall's W = 0.24, without bias 0.20 (95 % interval 0.10 to 0.52)``."""
    text = f"{effect.name} = {fixed(effect.value)}"
    if effect.name != "omega squared" and not np.isnan(effect.corrected):  # which is without bias by itself
        text += f", without bias {fixed(effect.corrected)}"
    if effect.untold:
        return f"{text} (no interval: {effect.untold})"
    return text if np.isnan(effect.low) else f"{text} (95 % interval {fixed(effect.low)} to {fixed(effect.high)})"


def plain(name: object) -> str:
    """Name of a column or level for a reader."""
    return digits(name, 6) if isinstance(name, float) else str(name).replace("_", " ")


def report(found: "Comparison") -> str:
    """Several lines about a comparison; see :meth:`Comparison.report`."""
    lines = [_what(found), *_success(found), *_left_out(found), *found.notes, *_overall(found)]
    if found.test.name != "none":
        lines += _order(found)
        lines += _images(found)
        lines += _decisions(found)
    return "\n".join(lines)


def sample_size(found: "Comparison") -> str:
    """What is compared, and how a cell came about."""
    return scope(found.samples)


def scope(s: Samples) -> str:
    """How many values or blocks there are, and how a cell came about."""
    if s.block is None:
        return counted(sum(map(len, s.values)), "value")
    low, high = s.replicates
    rows = f"{low}" if low == high else f"{low} to {high}"
    cell = "one run" if high == 1 else f"the median of {rows} runs"
    return f"{counted(len(s.blocks), 'block')} ({plain(s.block)}), each cell {cell}"


def _what(found: "Comparison") -> str:
    s = found.samples
    return (
        f"{plain(s.response).capitalize()} by {plain(s.factor)}: "
        f"{counted(len(s.levels), 'level')}, {sample_size(found)}; "
        f"n = {found.n}."
    )


def _success(found: "Comparison") -> list[str]:
    """Success rates; what runs above budget cost is not compared."""
    if found.success is None:
        return []
    lines = found.success.report().splitlines()
    if not found.success.complete:
        above = int((found.success.levels["n"] - found.success.levels["within"]).sum())
        lines.append(f"Only runs within budget are compared; {counted(above, 'run')} above it left out.")
        never = [plain(level) for level in found.success.levels.index if level not in found.samples.levels]
        if never:
            levels = f"{plain(found.samples.factor)} {', '.join(never)}"
            lines.append(f"Not compared, as none of their runs is within budget: {levels}.")
    return lines


def _images(found: "Comparison") -> list[str]:
    if found.images is None:
        return []
    return [
        *found.images.report().splitlines(),
        "Levels count as different only if the test and this interval tell them apart.",
    ]


def _left_out(found: "Comparison") -> list[str]:
    s, lines = found.samples, []
    if s.dropped:
        lines.append(f"Left out: {counted(s.dropped, 'row')} without a value.")
    if s.incomplete:
        named = ", ".join(plain(block) for block in s.incomplete)
        lines.append(f"Left out: {counted(len(s.incomplete), 'block')} with missing cells: {named}.")
    ones = [plain(level) for level, n in found.levels["n"].items() if n == 1]
    if ones:
        lines.append(f"One value only at {', '.join(ones)}: no spread can be told there.")
    return lines


def _overall(found: "Comparison") -> list[str]:
    t = found.test
    if t.name == "none":
        return [f"Nothing to test: {t.why}."]
    df = f"({', '.join(map(digits, t.df))})" if t.df else ""
    name = f"{t.name[0].upper()}{t.name[1:]}"
    lines = [f"{name} test, chosen because {t.why}: {t.symbol}{df} = {digits(t.statistic)}, {p_text(t.p, t.how)}."]
    if t.also:
        lines.append("Also: " + "; ".join(_also(name, value) for name, value in t.also) + ".")
    if t.note:
        lines.append(t.note)
    lines += _difference(found)
    verdict = "differ" if found.significant else "cannot be told apart"
    where = "On these images the levels" if found.images is not None else "The levels"
    lines.append(f"{where} {verdict} at the {found.alpha:g} level; {effect_text(found.effect)}.")
    return lines


def _difference(found: "Comparison") -> list[str]:
    """Mean difference of two levels with its interval, where a t test compares them."""
    s, t = found.samples, found.test
    if len(s.levels) != 2 or t.symbol != "t":
        return []
    a, b = s.values
    own = (
        stats.ttest_rel(a, b)
        if s.block is not None
        else stats.ttest_ind(a, b, equal_var=not t.name.startswith("Welch"))
    )
    low, high = own.confidence_interval(1 - found.alpha)
    names = " – ".join(plain(level) for level in s.levels)
    within = f"{100 * (1 - found.alpha):g} % interval {digits(low)} to {with_unit(high, s)}"
    return [f"Mean difference {names}: {with_unit(a.mean() - b.mean(), s)} ({within})."]


def with_unit(value: float, s: Samples) -> str:
    """Value of the response with its unit, if that is known."""
    return f"{digits(value)} {s.unit}".rstrip()


def named(s: Samples, level: object) -> str:
    """Level that says what it is of, where it is a mere number: ``strategy 0``."""
    return f"{plain(s.factor)} {plain(level)}" if isinstance(level, int | float | np.number) else plain(level)


def _also(name: str, value: float) -> str:
    return f"{name.removesuffix('p')}{p_text(value)}" if name.endswith(" p") else f"{name} = {digits(value)}"


def _order(found: "Comparison") -> list[str]:
    ranks = ", ".join(f"{plain(level)}: {digits(rank)}" for level, rank in found.average_ranks.items())
    lines = [f"Average ranks ({found.best} = 1): {ranks}."]
    cd = found.critical_difference
    if cd is not None and found.test.how not in ("", "asymptotic"):
        lines.append(f"Nemenyi's test is asymptotic, and rough with {counted(len(found.samples.blocks), 'block')}.")
    if cd is not None:
        raw = found.posthoc.uncorrected
        without = (
            f" ({digits(raw)} without the correction for ties)" if raw is not None and not np.isclose(raw, cd) else ""
        )
        lines.append(f"Critical difference of average ranks: {digits(cd)}{without}.")
    return lines


def decided_by(found: "Comparison") -> str:
    """What decides whether two levels differ; empty where nothing was tested."""
    over = "the interval over images" if found.images is not None else ""
    return " and ".join(name for name in (found.posthoc.name or found.test.name, over) if name)


def _decisions(found: "Comparison") -> list[str]:
    if len(found.samples.levels) == 2:
        if found.images is None:
            return []
        apart = bool(found.pairs["different"].any())
        return [f"{decided_by(found)}: the two levels {'differ' if apart else 'cannot be told apart'}."]
    different = found.pairs[found.pairs["different"]]
    if different.empty:
        return [f"{decided_by(found)}: no pair of levels differs."]
    lines = [f"{decided_by(found)}: {len(different)} of {len(found.pairs)} pairs differ:"]
    shown = different.sort_values("p_adjusted", kind="stable").head(_MOST_PAIRS)
    for one, other, p, delta, size in zip(
        shown["a"], shown["b"], shown["p_adjusted"], shown["delta"], shown["magnitude"], strict=True
    ):
        side = "above" if delta > 0 else "below" if delta < 0 else "beside"
        lines.append(f"  {plain(one)} {side} {plain(other)}: {p_text(p)}, Cliff's delta {signed(delta)} ({size})")
    if len(different) > _MOST_PAIRS:
        lines.append(f"  and {len(different) - _MOST_PAIRS} more")
    if not found.significant:
        lines.append("The overall test does not reject, so take these as leads, not as findings.")
    return lines
