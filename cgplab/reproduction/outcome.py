"""Verdicts: what our runs say about a finding, beside what was published."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from cgplab.errors import InputError
from cgplab.reproduction.answers import NOTHING, OPEN, YES, Answer, Measure
from cgplab.reproduction.evidence import ENOUGH, Evidence
from cgplab.reproduction.findings import UNTESTED, Finding
from cgplab.reproduction.works import BEST, ORIGINAL

NO_RUNS = Answer("", OPEN, "no runs")
UNCHECKED = (
    "the original's children per run are not published, so that the rule of "
    f"{100 * ENOUGH:g} % of them cannot be checked"
)
"""Why a search that may have been shorter or longer than the original's neither replicates a finding nor fails to."""


@dataclass(frozen=True)
class Outcome:
    """A row of the reproduction table.

    Attributes
    ----------
    finding : Finding
    replicated : Answer
        As the original searched.
    improved : Answer
        By our best method.
    as_built : {side: Answer}
        As the original's program searches, where that was asked for: whether it is replicated so.
    """

    finding: Finding
    replicated: Answer
    improved: Answer
    as_built: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def tested_there(self) -> bool:
        """Whether the original tested it."""
        return self.finding.section != UNTESTED


def judge(finding: Finding, evidence: Mapping[tuple[str, str], Evidence]) -> Outcome:
    """Hold runs against a finding."""
    sides = dict.fromkeys(side for work, side in evidence if work in finding.works)
    if finding.of_network:
        return _of_network(finding, _frames(finding, evidence, *sides))
    best = _frames(finding, evidence, BEST)
    if finding.section == UNTESTED:
        ours = replace(_searched(finding, evidence, ORIGINAL), verdict=NOTHING)
        return Outcome(finding, ours, replace(_ask(finding.replicates, finding, best), verdict=NOTHING, why=""))
    replicated = _explained(finding, _searched(finding, evidence, ORIGINAL))
    improved = _improved(finding, best)
    as_built = {side: _searched(finding, evidence, side) for side in sides if side not in (ORIGINAL, BEST)}
    return Outcome(finding, replicated, improved, as_built)


def _of_network(finding: Finding, frames: list[pd.DataFrame]) -> Outcome:
    return Outcome(finding, _explained(finding, _ask(finding.replicates, finding, frames)), _improved(finding, frames))


def _improved(finding: Finding, frames: list[pd.DataFrame]) -> Answer:
    if finding.improves is None:
        return Answer("", NOTHING, finding.nothing_better)
    found = _ask(finding.improves, finding, frames)
    if finding.nothing_better:
        return replace(found, verdict=NOTHING, why=_joined(finding.nothing_better, found.why))
    return found


def _explained(finding: Finding, found: Answer) -> Answer:
    """Answer with the likely reason why runs do not show the finding; where there are none, they tell nothing."""
    if found.verdict in (YES, NOTHING) or not found.text or not finding.if_not:
        return found
    return replace(found, why=_joined(found.why, finding.if_not))


def answer(measure: Measure, grids: tuple[str, ...], runs: pd.DataFrame) -> Answer:
    """What runs with a circuit say about a figure; open, with the reason, where they say nothing."""
    if grids:
        runs = runs[runs["grid"].isin(grids)]
    try:
        return measure(runs)
    except InputError as error:
        return Answer("", OPEN, str(error))


def _searched(finding: Finding, evidence: Mapping[tuple[str, str], Evidence], side: str) -> Answer:
    """Answer of a search that was to have the original's budget."""
    found = _ask(finding.replicates, finding, _frames(finding, evidence, side))
    if finding.undecidable:
        return replace(found, verdict=NOTHING, why=_joined(finding.undecidable, found.why))
    if found is NO_RUNS or not found.text:
        return found
    searched = [evidence[work, side] for work in finding.works if (work, side) in evidence]
    shares = [one.share for one in searched if one.share is not None]
    if shares and min(shares) < ENOUGH:
        return Answer(found.text, OPEN, f"{percent(min(shares))} of the original's children; {found.why}")
    if found.verdict != OPEN and any(one.work.budget is None and not one.frame.empty for one in searched):
        return Answer(found.text, OPEN, f"{UNCHECKED}; with ours it would be {found.verdict} ({found.why})")
    return found


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _frames(finding: Finding, evidence: Mapping[tuple[str, str], Evidence], *sides: str) -> list[pd.DataFrame]:
    frames = [evidence[work, side].frame for work in finding.works for side in sides if (work, side) in evidence]
    return [frame for frame in frames if len(frame)]


def _ask(measure: Measure, finding: Finding, frames: list[pd.DataFrame]) -> Answer:
    return answer(measure, finding.grids, pd.concat(frames, ignore_index=True)) if frames else NO_RUNS


def percent(share: float) -> str:
    """``12 %``, or two digits of a small share."""
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"
