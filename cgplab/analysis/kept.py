"""Results that are made anew only when what they are made of has changed."""

from collections.abc import Callable, Hashable
from threading import RLock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The results used last, of one state of their source; safe to share between threads.

    Parameters
    ----------
    most : int
        Results kept; the one that was not used for longest goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = RLock()
        self._state: object = None
        self._found: dict[Hashable, T] = {}

    def get(self, state: object, key: Hashable, make: Callable[[], T]) -> T:
        """Result of a key; made where it is not known of this state of the source."""
        with self._lock:
            if self._state != state:
                self._found.clear()
                self._state = state
            found = self._found.pop(key) if key in self._found else make()
            self._found[key] = found
            while len(self._found) > self._most:
                del self._found[next(iter(self._found))]
            return found
