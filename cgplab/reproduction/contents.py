"""What the page of verdicts holds, whatever form it is written in."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cgplab.reproduction.answers import NO, NOTHING, OPEN, YES, Answer
from cgplab.reproduction.evidence import Evidence
from cgplab.reproduction.findings import NOT_HELD, SECTIONS, UNTESTED
from cgplab.reproduction.outcome import Outcome, percent
from cgplab.reproduction.rules import rules
from cgplab.reproduction.works import BEST, FREE, FROZEN, ORIGINAL
from cgplab.words import counted

TITLE = "What the original study published, and what cgplab finds"
SIDE_WORDS = {
    ORIGINAL: "as the original searched",
    BEST: "our best method",
    FROZEN: "as built, operators frozen",
    FREE: "as built, operators free",
}


@dataclass(frozen=True)
class Cell:
    """An answer in a table: its verdict, figures and reason; the verdict is empty where nothing is decided."""

    verdict: str
    text: str
    why: str


@dataclass(frozen=True)
class Row:
    """A finding: what it is about, what was published, and the cells beside it."""

    title: str
    published: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Part:
    """A table: sections with their rows; the name of a section that is the whole table is empty."""

    title: str
    columns: tuple[str, ...]
    sections: tuple[tuple[str, tuple[Row, ...]], ...]


@dataclass(frozen=True)
class Contents:
    """Everything on the page.

    Attributes
    ----------
    summary : str
    rules : tuple of str
    parts : tuple of Part
    sources : tuple of tuple of str
        Rows below ``source_columns``.
    not_held : tuple of (str, str)
        Published figures without a row, and why.
    """

    summary: str
    rules: tuple[str, ...]
    parts: tuple[Part, ...]
    source_columns: tuple[str, ...]
    sources: tuple[tuple[str, ...], ...]
    not_held: tuple[tuple[str, str], ...]


def contents(outcomes: Sequence[Outcome], evidence: Mapping[tuple[str, str], Evidence]) -> Contents:
    """Page of these rows, and of the runs they rest on."""
    there = [outcome for outcome in outcomes if outcome.tested_there]
    own = [outcome for outcome in outcomes if not outcome.tested_there]
    parts = []
    if there:
        columns = ("finding", "published", "replicated? As the original searched", "improved? Our best method")
        parts.append(_part("Published findings", columns, there, lambda o: (o.replicated, o.improved)))
    if own:
        columns = ("finding", "there", "as the original searched", "our best method")
        parts.append(_part(UNTESTED, columns, own, lambda o: (o.replicated, o.improved)))
    built = [outcome for outcome in there if any(found.text for found in outcome.as_built.values())]
    if built:
        sides = [side for side in (FROZEN, FREE) if any(side in outcome.as_built for outcome in built)]
        headings = [f"replicated? {SIDE_WORDS[side][0].upper()}{SIDE_WORDS[side][1:]}" for side in sides]
        nothing = Answer("", NOTHING)
        cells: Callable[[Outcome], tuple[Answer, ...]] = lambda o: tuple(o.as_built.get(s, nothing) for s in sides)
        parts.append(_part("As the original's program was built", ("finding", "published", *headings), built, cells))
    return Contents(
        summary(outcomes), rules(), tuple(parts),
        ("work", "side", "weights", "runs", "runs per setting", "seeds", "children per run", "held by", "made by"),
        tuple(_source(one) for one in evidence.values() if one.held), tuple(NOT_HELD.items()),
    )  # fmt: skip


def summary(outcomes: Sequence[Outcome]) -> str:
    """``36 findings; replicated: 8 yes, 3 no, 25 open; improved: ...``."""
    there = [outcome for outcome in outcomes if outcome.tested_there]
    parts = [
        f"{name}: {_tally([getattr(outcome, name).verdict for outcome in there])}"
        for name in ("replicated", "improved")
    ]
    return f"{counted(len(there), 'published finding')}; {'; '.join(parts)}"


def _tally(verdicts: Sequence[str]) -> str:
    counts = Counter(verdicts)
    told = [f"{counts[verdict]} {verdict}" for verdict in (YES, NO, OPEN)]
    return ", ".join(told) + (f", {counts[NOTHING]} not applicable" if counts[NOTHING] else "")


def _part(
    title: str,
    columns: tuple[str, ...],
    outcomes: Sequence[Outcome],
    answers: Callable[[Outcome], tuple[Answer, ...]],
) -> Part:
    sections = []
    for name in SECTIONS:
        rows = tuple(
            Row(o.finding.title, o.finding.published, tuple(_cell(found) for found in answers(o)))
            for o in outcomes
            if o.finding.section == name
        )
        if rows:
            sections.append(("" if name == title else name, rows))
    return Part(title, columns, tuple(sections))


def _cell(found: Answer) -> Cell:
    return Cell("" if found.verdict == NOTHING else found.verdict, found.text, found.why)


def _source(one: Evidence) -> tuple[str, ...]:
    """Where the runs of one side come from."""
    if one.side == BEST:
        children = "none: constructed"
    else:
        spent = one.frame["children"]
        known = "the original's not published" if one.share is None else f"{percent(one.share)} of the original's"
        low, high = float(spent.min()), float(spent.max())
        told = count(low) if count(low) == count(high) else f"{count(low)} to {count(high)}"
        children = f"{told} ({known})"
    named: Callable[[Mapping[str, int]], str] = lambda counts: ", ".join(f"{n} {name}" for name, n in counts.items())
    return (
        one.work.name, SIDE_WORDS[one.side], one.work.weights, f"{len(one.held)}", _per_setting(one),
        ranges(one.seeds), children, named(one.sources), named(one.versions),
    )  # fmt: skip


def _per_setting(one: Evidence) -> str:
    """How many runs there are of each setting: ``30``, or ``1 to 5``."""
    low, high = min(one.per_setting), max(one.per_setting)
    return f"{low}" if low == high else f"{low} to {high}"


def ranges(seeds: Sequence[int]) -> str:
    """``1–5, 9``."""
    parts: list[list[int]] = []
    for seed in seeds:
        if parts and seed == parts[-1][1] + 1:
            parts[-1][1] = seed
        else:
            parts.append([seed, seed])
    return ", ".join(f"{low}" if low == high else f"{low}–{high}" for low, high in parts)


def count(children: float) -> str:
    """``4.16 M``."""
    return f"{children / 1e6:.3g} M" if children >= 1e6 else f"{children / 1e3:.3g} k"
