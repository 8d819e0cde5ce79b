"""How fast a run searches, how far it has come and how long it still needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cgplab.store import Status


@dataclass(frozen=True)
class Pace:
    """Speed of a run; None where nothing is known yet.

    Attributes
    ----------
    rate : float or None
        Children per second of search.
    acceptance, neutral, rejected_early : float or None
        Accepted generations per generation; children known to be neutral, or unacceptable before they
        were evaluated completely, per child.
    share : float or None
        Part done, 0 to 1, by whichever limit is nearest.
    remaining : float or None
        Seconds until that limit at the present speed; None when only patience or an early stop ends the run.
    """

    rate: float | None
    acceptance: float | None
    neutral: float | None
    rejected_early: float | None
    share: float | None
    remaining: float | None


def pace(settings: Mapping[str, Any], status: Status) -> Pace:
    """Pace of a run with these settings (of its manifest) that stands at ``status``."""
    children, generations, seconds = status.children, status.generation, status.seconds
    shares, rests = [], []
    if settings.get("time_limit"):
        shares.append(seconds / settings["time_limit"])
        rests.append(settings["time_limit"] - seconds)
    if settings.get("generations"):
        shares.append(generations / settings["generations"])
        if generations:
            rests.append((settings["generations"] - generations) * seconds / generations)
    return Pace(
        rate=children / seconds if seconds else None,
        acceptance=status.accepted / generations if generations else None,
        neutral=status.neutral / children if children else None,
        rejected_early=status.rejected_early / children if children else None,
        share=min(max(shares), 1.0) if shares else None,
        remaining=max(min(rests), 0.0) if rests else None,
    )
