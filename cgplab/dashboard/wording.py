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
