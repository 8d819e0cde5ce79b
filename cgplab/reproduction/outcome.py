"""Verdicts: what our runs say about a finding, beside what was published."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from cgplab.errors import InputError
from cgplab.reproduction.answers import NO, NOTHING, OPEN, YES, Answer, Measure
from cgplab.reproduction.evidence import ENOUGH, Evidence
from cgplab.reproduction.findings import UNTESTED, Finding
from cgplab.reproduction.works import BEST, ORIGINAL

NO_RUNS = Answer("", OPEN, "no runs")


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
    as_built = {side: _searched(finding, evidence, side) for side in sides if side not in (ORIGINAL, BEST)}
    replicated = _searched(finding, evidence, ORIGINAL)
    if finding.section == UNTESTED:
        best = _ask(finding.replicates, finding, _frames(finding, evidence, BEST))
        return Outcome(finding, _undecided(replicated), _undecided(best), as_built)
    if replicated.verdict != YES and finding.if_not:
        replicated = Answer(replicated.text, replicated.verdict, f"{replicated.why}; likely: {finding.if_not}")
    if finding.improves is None:
        return Outcome(finding, replicated, Answer("", NOTHING), as_built)
    return Outcome(finding, replicated, _ask(finding.improves, finding, _frames(finding, evidence, BEST)), as_built)


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
    if found is NO_RUNS or not finding.of_search or not found.text:
        return found
    searched = [evidence[work, side] for work in finding.works if (work, side) in evidence]
    shares = [one.share for one in searched if one.share is not None]
    if shares and min(shares) < ENOUGH:
        return Answer(found.text, OPEN, f"{percent(min(shares))} of the original's children; {found.why}")
    if found.verdict == NO and any(one.work.budget is None and not one.frame.empty for one in searched):
        return Answer(found.text, OPEN, f"the original's budget is not published; at ours: no ({found.why})")
    return found


def _frames(finding: Finding, evidence: Mapping[tuple[str, str], Evidence], side: str) -> list[pd.DataFrame]:
    frames = [evidence[work, side].frame for work in finding.works if (work, side) in evidence]
    return [frame for frame in frames if len(frame)]


def _ask(measure: Measure, finding: Finding, frames: list[pd.DataFrame]) -> Answer:
    return answer(measure, finding.grids, pd.concat(frames, ignore_index=True)) if frames else NO_RUNS


def _undecided(found: Answer) -> Answer:
    return Answer(found.text, NOTHING, found.why)


def percent(share: float) -> str:
    """``12 %``, or two digits of a small share."""
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"
