"""How long tests wait. The one place with limits in seconds, and the one that sleeps.

A test waits for a condition, never for a time::

    from tests.waiting import until

    until(lambda: run.status.generation > 0, "the run begins")

Limits are only there so that a hang ends. They are far above what anything needs, and are stretched by the speed of the
machine, which is measured once per session on the wall clock, so that load counts. Before a wait is given up, the speed
is measured again: a machine that has become busy since then gets the time it needs.
"""

import os
import time
from collections.abc import Callable
from typing import TypeVar

Held = TypeVar("Held")

_SLOWNESS = "CGPLAB_TEST_SLOWNESS"
_IDLE = 0.12
"""Seconds of the workload below on the idle machine that the limits are meant for."""


def slowness() -> float:
    """Wall time of a fixed piece of work now, relative to an idle machine; at least 1."""
    begun, total = time.perf_counter(), 0
    for number in range(1_000_000):
        total += number * number % 7
    return max(1.0, (time.perf_counter() - begun) / _IDLE)


def _at_the_start() -> float:
    """Measured by the first process of the session; its xdist workers are told."""
    if _SLOWNESS not in os.environ:
        os.environ[_SLOWNESS] = f"{slowness():.2f}"
    return float(os.environ[_SLOWNESS])


SLOWNESS = _at_the_start()
SECONDS = round(120 * SLOWNESS)  # whole, as Jupyter wants it
"""Limit of one wait, or of one process, whose work takes at most ten seconds on an idle machine."""
MILLISECONDS = 1000 * SECONDS
"""The same for Playwright."""
HANG = 5 * SECONDS
"""Limit of one whole test, its fixtures included, or of one notebook; ``python -m tests.waiting`` prints it."""


def until(
    condition: Callable[[], Held], what: str | Callable[[], object] = "the condition", limit: float = SECONDS
) -> Held:
    """Wait until ``condition()`` holds; returns its value.

    Parameters
    ----------
    condition : callable
        Called again and again, in this thread, until its value is true.
    what : str or callable
        What is waited for, for the message of a failure; a callable is asked for its value then.
    limit : float
        Seconds; only for what takes more than ten seconds on an idle machine. Derive it from :data:`SECONDS`.

    Raises
    ------
    AssertionError
        If the limit has passed and the machine has not become slower meanwhile.
    """
    begun, pause = time.monotonic(), 0.005
    while not (value := condition()):
        waited = time.monotonic() - begun
        if waited > limit and waited > limit * slowness() / SLOWNESS:
            told = what() if callable(what) else what
            raise AssertionError(f"waited {waited:.0f} s in vain for: {told} (last value {value!r})")
        time.sleep(pause)
        pause = min(0.1, 1.5 * pause)
    return value


if __name__ == "__main__":
    print(int(HANG))
