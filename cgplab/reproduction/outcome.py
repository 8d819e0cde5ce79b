"""Verdicts: what our runs say about a finding, beside what was published."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cgplab.errors import InputError
from cgplab.reproduction.evidence import ENOUGH, Evidence
from cgplab.reproduction.findings import Finding
from cgplab.reproduction.measures import Answer
from cgplab.reproduction.works import BEST, ORIGINAL, SIDES

BETTER, REPRODUCED, DIFFERS, OPEN = "better", "reproduced", "differs", "no runs"


@dataclass(frozen=True)
class Outcome:
    """A row of the reproduction table.

    Attributes
    ----------
    finding : Finding
    original, best : str
        Our number as the original searched, and as our best method finds it.
    verdict : str
        ``better``, ``reproduced``, ``differs`` or ``no runs``.
    reason : str
        The likely one.
    budget : str
        Children per run that the original's search had here.
    """

    finding: Finding
    original: str
    best: str
    verdict: str
    reason: str
    budget: str


def judge(finding: Finding, evidence: Mapping[tuple[str, str], Evidence]) -> Outcome:
    """Hold runs against a finding."""
    answers, texts = {}, {}
    for side in SIDES:
        frames = [evidence[work, side].frame for work in finding.works if (work, side) in evidence]
        answers[side], texts[side] = _ask(finding, [frame for frame in frames if len(frame)])
    searched = [evidence[work, ORIGINAL] for work in finding.works if (work, ORIGINAL) in evidence]
    own, best = answers[ORIGINAL], answers[BEST]
    verdict = _verdict(own, best)
    reason = {BETTER: finding.better, REPRODUCED: finding.reproduced, DIFFERS: finding.differs, OPEN: ""}[verdict]
    if verdict in (BETTER, REPRODUCED) and (own is None or not own.holds):
        reason = f"by our best method only: {reason}"
    shares = [one.share for one in searched if one.share is not None]
    if shares and min(shares) < ENOUGH and own is not None and not own.holds:
        reason = f"{reason}; as the original searched, our runs had {_percent(min(shares))} of its children"
    return Outcome(finding, texts[ORIGINAL], texts[BEST], verdict, reason, _budget(searched))


def answer(finding: Finding, runs: pd.DataFrame) -> tuple[Answer | None, str]:
    """What runs with a circuit say about a finding, and its text; without an answer, the text says why."""
    if finding.grids:
        runs = runs[runs["grid"].isin(finding.grids)]
    try:
        found = finding.measure(runs)
    except InputError as error:
        return None, f"– ({error})"
    return found, found.text


def _ask(finding: Finding, frames: list[pd.DataFrame]) -> tuple[Answer | None, str]:
    return answer(finding, pd.concat(frames, ignore_index=True)) if frames else (None, "–")


def _verdict(own: Answer | None, best: Answer | None) -> str:
    answers = [answer for answer in (own, best) if answer is not None]
    if not answers:
        return OPEN
    if any(answer.beats for answer in answers):
        return BETTER
    return REPRODUCED if any(answer.holds for answer in answers) else DIFFERS


def _budget(searched: list[Evidence]) -> str:
    parts = []
    for one in searched:
        if one.frame.empty:
            continue
        children = float(one.frame["children"].median())
        known = "original's not known" if one.share is None else f"{_percent(one.share)} of the original's"
        parts.append(f"{_count(children)} ({known})")
    return parts[0] if len(parts) == 1 else "" if not parts else "see above"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"


def _count(children: float) -> str:
    return f"{children / 1e6:.3g} M" if children >= 1e6 else f"{children / 1e3:.3g} k"
