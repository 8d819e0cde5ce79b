"""Tickets: how a queue of pending runs shows that somebody is there to carry them out."""

import socket
import time
from pathlib import Path

from ulid import ULID

from cgplab.store import Store
from cgplab.store.locks import Lock, is_held
from cgplab.store.status import ticket_path

_KEEP_SECONDS = 7 * 24 * 3600.0
"""How long the log of a worker that is gone is kept."""


class Ticket:
    """A file locked by a worker as long as it lives; its pending runs name it as their ``worker``.

    The lock can be handed to a child process together with its descriptor. Its holder touches the file as often as
    the status of a run it carries out, for those on other machines to see, where locks may not travel.
    """

    def __init__(self, store: Store) -> None:
        name = str(ULID())
        self.path = path = ticket_path(store.root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = Lock.take(path)
        assert lock is not None  # nobody else knows the name yet
        self.lock: Lock = lock
        self.worker = f"{socket.gethostname()}/{name}"
        self.list, self.log = path.with_suffix(".runs"), path.with_suffix(".log")

    def release(self) -> None:
        """Give the ticket back and remove it."""
        self.lock.path.unlink(missing_ok=True)
        self.lock.release()


def sweep_tickets(store: Store) -> None:
    """Remove the tickets, lists and logs of workers that have been gone for a week."""
    for path in (store.root / "workers").glob("*.lock"):
        if time.time() - path.stat().st_mtime > _KEEP_SECONDS and not is_held(path):
            for file in (path, path.with_suffix(".runs"), path.with_suffix(".log")):
                Path(file).unlink(missing_ok=True)
