"""Slow down whoever tries passwords."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_MOST_KEYS = 10_000
"""Whom a throttle remembers at most; those who tried longest ago are forgotten first."""
_FORGET = 900.0
"""Seconds after its last wait that somebody's wrong tries are forgotten."""


@dataclass
class _Tries:
    wrong: int = 0
    until: float = 0.0


class Throttle:
    """Waiting times that double with every wrong try.

    Parameters
    ----------
    free : int
        Wrong tries that cost nothing.
    longest : float
        Seconds to wait at most.
    clock : callable
        Seconds since some moment.
    """

    def __init__(self, free: int, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._free, self._longest, self._clock = free, longest, clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tries)

    def wait(self, key: str) -> float:
        """Seconds until ``key`` may try again."""
        tries = self._tries.get(key)
        return max(0.0, tries.until - self._clock()) if tries else 0.0

    def count(self, key: str) -> None:
        """Count a try before its outcome is known, so that many at once gain nothing."""
        now = self._clock()
        tries = self._tries.setdefault(key, _Tries(until=now))
        self._tries.move_to_end(key)
        if now > tries.until + _FORGET:
            tries.wrong = 0
        tries.wrong += 1
        over = tries.wrong - self._free
        # The exponent is bounded: nobody waits for a number with a million digits.
        tries.until = now + (min(self._longest, 2.0 ** min(over, 32)) if over >= 0 else 0.0)
        while len(self._tries) > _MOST_KEYS:
            self._tries.popitem(last=False)

    def take_back(self, key: str) -> None:
        """Undo one count: the try was right. Earlier wrong ones of others at the same address stay."""
        tries = self._tries.get(key)
        if tries:
            tries.wrong -= 1
            tries.until = self._clock()

    def forget(self, key: str) -> None:
        """Begin anew."""
        self._tries.pop(key, None)


def address_key(address: str) -> str:
    """Throttle key of an address: with IPv6 its /64 network, since one client usually has all of it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
