"""An optional limit on the time of a construction."""

import math
import time
from collections.abc import Callable
from typing import Any

PULSE_SECONDS = 0.2


class Clock:
    """Runs from its creation on.

    Parameters
    ----------
    limit : float or None
        Seconds; without a limit nothing depends on how fast the machine is.
    pulse : callable, optional
        Called a few times a second by whoever looks at the clock; what it raises ends the construction.
    """

    def __init__(self, limit: float | None, pulse: Callable[[], None] | None = None) -> None:
        self._stop_at = math.inf if limit is None else time.monotonic() + limit
        self._pulse, self._pulsed = pulse, time.monotonic()

    def over(self) -> bool:
        """Whether the limit is reached."""
        now = time.monotonic()
        if self._pulse is not None and now - self._pulsed >= PULSE_SECONDS:
            self._pulsed = now
            self._pulse()
        return now >= self._stop_at

    def milp_options(self, **others: float) -> Any:
        """Options that hold SciPy's ``milp`` to the limit, and ``others``."""
        if math.isinf(self._stop_at):
            return others
        return {"time_limit": max(self._stop_at - time.monotonic(), 1e-3), **others}
