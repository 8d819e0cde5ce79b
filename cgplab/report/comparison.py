"""The comparison that the study was planned for: tests, effect sizes, diagram."""

from math import isnan
from typing import Any

from cgplab.errors import InputError
from cgplab.figures.critical_difference import caption_of, diagram
from cgplab.report.content import Block, Picture, Prose, table
from cgplab.report.subject import Made, Subject, section
from cgplab.statistics import Comparison
from cgplab.statistics.words import p_text, plain
from cgplab.store import COLUMN_BY_NAME
from cgplab.study.comparing import planned_comparison

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
        Picture(caption_of(found), diagram(found)),
        _levels(found),
        _pairs(found),
    ]
    return section(_TITLE, blocks, [key for word, keys in _CITED.items() if word in report for key in keys])


def _levels(found: Comparison) -> Block:
    rows = [
        (
            plain(level), f"{row['n']:,.0f}", f"{row['median']:.4g}", f"{row['q1']:.4g} to {row['q3']:.4g}",
            f"{row['low']:.4g} to {row['high']:.4g}", f"{row['average_rank']:.3g}",
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
            f"{plain(pair['a'])} – {plain(pair['b'])}", f"{pair['difference']:.4g}",
            p_text(pair["p_adjusted"]).removeprefix("p = ").removeprefix("p "),
            f"{pair['delta']:+.2f}", _interval(pair["delta_low"], pair["delta_high"]), str(pair["magnitude"]),
            "yes" if pair["different"] else "no",
        )
        for pair in pairs
    ]  # fmt: skip
    return table(
        f"Pairs: {found.posthoc.name or found.test.name}; Cliff's delta with its bootstrap interval of 95 %.",
        ["pair", "difference", "adjusted p", "delta", "95 % interval", "size", "different"],
        rows,
    )


def _interval(low: float, high: float) -> str:
    return "–" if isnan(low) else f"{low:+.2f} to {high:+.2f}"
