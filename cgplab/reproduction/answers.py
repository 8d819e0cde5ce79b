"""What runs say about a finding: a figure, and a verdict with the reason for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from cgplab.errors import InputError
from cgplab.reproduction.published import ALPHA, FEWEST
from cgplab.statistics.words import p_text

YES, NO, OPEN, NOTHING = "yes", "no", "open", "–"
"""Verdicts; the last where there is nothing to replicate or to improve on."""
_UNITS = {
    "energy": " pJ", "area": " µm²", "delay": " ns", "gate_count": " gates", "accuracy": " %", "accuracy_loss": " pp",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """Our number for a finding.

    Attributes
    ----------
    text : str
        Figures with units, n and interval.
    verdict : str
        ``yes``, ``no``, ``open``, or ``–`` where there is nothing to decide.
    why : str
        The test, or what is missing.
    """

    text: str
    verdict: str
    why: str = ""


Measure = Callable[[pd.DataFrame], Answer]


@dataclass(frozen=True)
class Check:
    """One test of a row: its p-value, what is compared by what, and whether it is ``exact`` or ``asymptotic``."""

    p: float
    name: str
    how: str = "exact"

    @property
    def text(self) -> str:
        """``median, Mathisen's test: p = 0.12 (exact)``."""
        return f"{self.name}: {p_text(self.p, self.how)}"


def agreement(checks: Sequence[Check], n: int) -> tuple[str, str]:
    """Verdict of tests whose rejection tells that our runs are others than the published ones.

    No where one rejects, at 5 % over all of them (Bonferroni); else yes, or open with too few runs.

    Parameters
    ----------
    checks : sequence of Check
        One or more.
    n : int
        Runs in the smallest sample of ours.
    """
    why = "; ".join(check.text for check in checks)
    if min(check.p for check in checks) <= ALPHA / len(checks):
        return NO, why
    if n < FEWEST:
        return OPEN, f"n = {n}, {FEWEST} are needed; {why}"
    return YES, why


def require(n: int, what: str) -> None:
    """Raise InputError when there is nothing to answer with."""
    if not n:
        raise InputError(f"no {what}")


def measured(runs: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Runs that have the columns, as float; InputError when none has."""
    known = runs.dropna(subset=list(columns))
    require(len(known), f"{columns[0].replace('_', ' ')} measured")
    return known.astype(dict.fromkeys(columns, float))


def unit(column: str) -> str:
    """Unit of a column with the space before it; empty where it has none."""
    return _UNITS.get(column, "")


def short(value: float) -> str:
    """Three digits, or a whole number."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def span(values: pd.Series, style: str = "") -> str:
    """``17 to 22``, or the one value."""
    low, high = float(values.min()), float(values.max())
    told: Callable[[float], str] = (lambda value: f"{value:{style}}") if style else short
    return told(low) if low == high else f"{told(low)} to {told(high)}"
