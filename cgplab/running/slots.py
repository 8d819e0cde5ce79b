"""Places for runs on this machine, shared by all processes that work on one store."""

import os
import socket
import time
from threading import Event

from cgplab.errors import InputError
from cgplab.store import Store
from cgplab.store.locks import Lock

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
"""Environment of a worker: runs are the parallel part, threads inside libraries would only get in their way."""
_POLL_SECONDS = 0.1


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0))


def check_jobs(jobs: int | None) -> None:
    """Raise InputError unless ``jobs`` runs can go on at a time."""
    if jobs is not None and jobs < 1:
        raise InputError(f"the number of jobs must be at least 1, not {jobs}")


class Slots:
    """As many places as there are usable cores, or ``jobs`` if that is more.

    A place is a locked file, so it is free again when its process ends, however it ends.
    """

    def __init__(self, store: Store, jobs: int | None = None) -> None:
        self._directory = store.root / "slots" / socket.gethostname()
        self._count = max(usable_cores(), jobs or 1)
        self._directory.mkdir(parents=True, exist_ok=True)

    def take(self, stop: Event) -> Lock | None:
        """Wait for a place; None when ``stop`` is set first."""
        while not stop.is_set():
            lock = self.take_free()
            if lock is not None:
                return lock
            time.sleep(_POLL_SECONDS)
        return None

    def take_free(self) -> Lock | None:
        """A place that is free now, if any."""
        for number in range(self._count):
            lock = Lock.take(self._directory / f"{number}.lock", wait=0.0)
            if lock is not None:
                return lock
        return None
