"""A cache that is emptied when the source of its results changes."""

from collections.abc import Callable, Hashable
from threading import RLock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Cache of the most recently used results, all made from one state of their source; safe to share between threads.

    Parameters
    ----------
    most : int
        Number of results kept; the least recently used is dropped first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = RLock()
        self._state: object = None
        self._found: dict[Hashable, T] = {}

    def get(self, state: object, key: Hashable, make: Callable[[], T]) -> T:
        """Result for a key; made if it is not cached for this state of the source."""
        with self._lock:
            if self._state != state:
                self._found.clear()
                self._state = state
            found = self._found.pop(key) if key in self._found else make()
            self._found[key] = found
            while len(self._found) > self._most:
                del self._found[next(iter(self._found))]
            return found
