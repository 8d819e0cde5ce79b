"""The comparison that the study was planned for: tests, effect sizes, diagram."""

from typing import TYPE_CHECKING, Any

from cgplab.errors import InputError
from cgplab.figures.critical_difference import caption_of, diagram
from cgplab.report.content import Block, Picture, Prose, table
from cgplab.report.subject import Made, Subject, section
from cgplab.statistics import Comparison
from cgplab.statistics.words import p_cell, plain
from cgplab.store import COLUMN_BY_NAME
from cgplab.study.comparing import planned_comparison
from cgplab.words import digits, signed

if TYPE_CHECKING:
    import pandas as pd

_TITLE = "Planned comparison"
_CITED = {
    "Friedman": ("friedman1937", "demsar2006"),
    "Nemenyi": ("nemenyi1963",),
    "Kruskal": ("kruskal1952",),
    "Conover": ("conover1979",),
    "Holm": ("holm1979",),
    "Cliff": ("cliff1993",),
}
"""Works behind the tests, by a word of the report that names them."""


def comparison_section(subject: Subject) -> Made:
    """The planned comparison, or why there is none."""
    plan = subject.document.comparison
    if plan is None:
        return section(_TITLE, [Prose("The study plans no comparison.")])
    try:
        found = planned_comparison(subject.scope)
    except InputError as error:
        text = f"The planned comparison, {plain(plan.response)} by {plain(plan.factor)}, could not be made: {error}."
        return section(_TITLE, [Prose(text)])
    restricted = f" Runs compared: {'; '.join(plan.where)}." if plan.where else ""
    report = found.report()
    blocks: list[Block] = [Prose(f"{line}{restricted * (not i)}") for i, line in enumerate(report.splitlines())]
    blocks += [
        Picture(caption_of(found, "; ".join([subject.scope.title, *plan.where])), diagram(found)),
        _levels(found),
        _pairs(found),
        *([] if found.success is None else [_rows(found.success.caption, found.success.table())]),
        *([] if found.images is None else [_rows(found.images.caption, found.images.table())]),
    ]
    return section(_TITLE, blocks, [key for word, keys in _CITED.items() if word in report for key in keys])


def _levels(found: Comparison) -> Block:
    rows = [
        (
            plain(level), f"{row['n']:,.0f}", digits(row["median"]), f"{digits(row['q1'])} to {digits(row['q3'])}",
            f"{digits(row['low'])} to {digits(row['high'])}", digits(row["average_rank"]),
        )
        for level, row in found.levels.iterrows()
    ]  # fmt: skip
    unit = COLUMN_BY_NAME[found.samples.response].unit
    return table(
        f"Levels of {plain(found.samples.factor)}: {plain(found.samples.response)}{f' [{unit}]' if unit else ''}.",
        [plain(found.samples.factor), "n", "median", "quartiles", "range", "average rank"],
        rows,
    )


def _pairs(found: Comparison) -> Block:
    pairs: list[dict[str, Any]] = found.pairs.to_dict("records")  # type: ignore[assignment]
    rows = [
        (
            f"{plain(pair['a'])} – {plain(pair['b'])}", digits(pair["difference"]), p_cell(pair["p_adjusted"]),
            signed(pair["delta"]), f"{signed(pair['delta_low'])} to {signed(pair['delta_high'])}",
            str(pair["magnitude"]),
            "yes" if pair["different"] else "no",
        )
        for pair in pairs
    ]  # fmt: skip
    return table(
        f"Pairs: {found.posthoc.name or found.test.name}; Cliff's delta with its interval of 95 %.",
        ["pair", "difference", "adjusted p", "delta", "95 % interval", "size", "different"],
        rows,
    )


def _rows(caption: str, texts: "pd.DataFrame") -> Block:
    return table(caption, list(texts.columns), list(texts.itertuples(index=False, name=None)))
