"""An optional limit on the time of a construction."""

import math
import time
from typing import Any


class Clock:
    """Runs from its creation on.

    Parameters
    ----------
    limit : float or None
        Seconds; without a limit nothing depends on how fast the machine is.
    """

    def __init__(self, limit: float | None) -> None:
        self._stop_at = math.inf if limit is None else time.monotonic() + limit

    def over(self) -> bool:
        """Whether the limit is reached."""
        return time.monotonic() >= self._stop_at

    def milp_options(self, **others: float) -> Any:
        """Options that hold SciPy's ``milp`` to the limit, and ``others``."""
        if math.isinf(self._stop_at):
            return others
        return {"time_limit": max(self._stop_at - time.monotonic(), 1e-3), **others}
