"""The comparison that the study was planned for: tests, effect sizes, diagram."""

from typing import Any

from cgplab.errors import InputError
from cgplab.figures.critical_difference import caption_of, diagram
from cgplab.report.content import Block, Picture, Prose, table
from cgplab.report.subject import Made, Subject, section
from cgplab.statistics import Comparison
from cgplab.statistics.latex import p_cell
from cgplab.statistics.shared_images import SharedImages
from cgplab.statistics.success import Success
from cgplab.statistics.words import plain
from cgplab.store import COLUMN_BY_NAME
from cgplab.study.comparing import planned_comparison
from cgplab.words import digits, signed

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
        *([] if found.success is None else [_success(found.success)]),
        *([] if found.images is None else [_images(found.images)]),
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


def _success(success: Success) -> Block:
    rows = [
        (plain(level), f"{row['n']:,.0f}", f"{row['within']:,.0f}", f"{100 * row['rate']:.0f} %",
         f"{100 * row['low']:.0f} to {100 * row['high']:.0f} %")
        for level, row in success.levels.iterrows()
    ]  # fmt: skip
    tested = f" {success.in_short.rpartition('; ')[2].capitalize()}." if success.test else ""
    return table(
        f"Runs within budget by {plain(success.factor)}, of all with a circuit; Wilson's interval of 95 %.{tested}",
        [plain(success.factor), "n", "within budget", "rate", "95 % interval"],
        rows,
    )


def _images(images: SharedImages) -> Block:
    rows = [
        (f"{plain(a)} – {plain(b)}", f"{difference:+.3f}", f"{low:+.3f} to {high:+.3f}", "yes" if told else "no")
        for a, b, difference, low, high, told in images.pairs.itertuples(index=False)
    ]
    drawn = "images" if images.block is None else f"images and {plain(images.block)}s"
    return table(
        f"Mean differences in percentage points, and what they would be with other {drawn} "
        f"(bootstrap, n = {images.n_images:,} images; intervals hold for all pairs at once).",
        ["pair", "difference [pp]", f"{100 * (1 - images.alpha):g} % interval [pp]", "told from 0"],
        rows,
    )
