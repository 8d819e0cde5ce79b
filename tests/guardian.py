"""Ends what the tests of a session have started when their first process is gone, however it went.

Called by :func:`tests.ownership.own` as ``python -m tests.guardian PID SESSION``.
"""

import sys
from contextlib import suppress

import psutil

from tests.processes import kill, of_session
from tests.waiting import SLOWNESS

if __name__ == "__main__":
    with suppress(psutil.NoSuchProcess):
        first = psutil.Process(int(sys.argv[1]))
        # A killed process that nobody has waited for is there for ever, as a zombie.
        while first.status() != psutil.STATUS_ZOMBIE:
            with suppress(psutil.TimeoutExpired):
                first.wait(timeout=SLOWNESS)
    kill(list(of_session(sys.argv[2])))
