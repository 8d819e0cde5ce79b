"""Numbers and states in words, the same in every view."""

import math
from collections import Counter
from collections.abc import Iterable

from cgplab.store import State

_SIGNS = {
    State.PENDING: "○",
    State.RUNNING: "▶",
    State.PAUSED: "❚❚",
    State.FINISHED: "✓",
    State.FAILED: "✕",
    State.KILLED: "■",
    State.CRASHED: "⚡",
}


def sign(state: State) -> str:
    """Sign that tells a state apart without colour."""
    return _SIGNS[state]


def tally(states: Iterable[State]) -> str:
    """How many runs are in each state, the most frequent first, e.g. ``▶ 2 running · ○ 1 pending``."""
    return " · ".join(f"{sign(state)} {n:,} {state.value}" for state, n in Counter(states).most_common())


def duration(seconds: float | None) -> str:
    """Span of time with its unit, e.g. ``42 s``, ``3 min 20 s``, ``2 h 05 min``."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60:02d} s" if whole % 60 else "")
    if whole < 48 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def number(value: float | None, digits: int = 4) -> str:
    """Number for people: whole ones with thousands apart, others with a few digits."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15 and value != 0):
        return f"{int(value):,}"
    return f"{value:.{digits}g}"


def energy(value: float | None) -> str:
    """Energy in pJ."""
    if value is None or math.isnan(value):
        return "–"
    return "0 pJ" if value == 0 else f"{value:.3g} pJ"


def rate(children_per_second: float | None) -> str:
    """Children per second."""
    if children_per_second is None:
        return "–"
    for factor, unit in ((1e6, "M/s"), (1e3, "k/s")):
        if children_per_second >= factor:
            return f"{children_per_second / factor:.3g} {unit}"
    return f"{children_per_second:.3g} /s"


def percent(share: float | None) -> str:
    """Share as per cent."""
    return "–" if share is None else f"{100 * share:.3g} %"


def short(identifier: str) -> str:
    """Distinctive end of an id."""
    return identifier[-6:]
