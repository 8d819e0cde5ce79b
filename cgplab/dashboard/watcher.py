"""One thread per store looks at what views show, and wakes those that somebody sees when something has changed."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path
from threading import Condition, Lock, Thread
from typing import ClassVar, Protocol
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

import panel as pn

from cgplab.dashboard.address import Address
from cgplab.store import Run, RunSigns, Store

REST = 20
"""The pause after a look, as a multiple of its duration: looking takes at most a twentieth of a core."""
_clock, _cost = time.monotonic, time.thread_time
_LOG = logging.getLogger("cgplab.dashboard")


class Watched(Protocol):
    """Something that changes; shared by all sessions."""

    version: int
    """Grows with every change that was seen, whoever looked."""

    def look(self) -> object:
        """Look for changes."""


class Watcher:
    """Looks at what is shown of one store. Its thread ends with the last view and sleeps while all are hidden.

    Parameters
    ----------
    root : Path
        Of the store.
    """

    _all: ClassVar["WeakValueDictionary[Path, Watcher]"] = WeakValueDictionary()
    _making: ClassVar = Lock()

    def __init__(self, root: Path) -> None:
        self.root = root
        self._changed = Condition()
        self._watchings: WeakSet[Watching] = WeakSet()
        self._looked: WeakKeyDictionary[Watched, tuple[float, float]] = WeakKeyDictionary()
        """When each was looked at last, and the seconds of CPU that it took."""
        self._signs: WeakValueDictionary[tuple[str, ...], RunSigns] = WeakValueDictionary()
        self._thread: Thread | None = None
        self._asked = 0

    @classmethod
    def of(cls, store: Store) -> "Watcher":
        """The one of a store in this process."""
        root = store.root.resolve()
        with cls._making:
            found = cls._all.get(root)
            if found is None:
                found = cls._all[root] = cls(root)
            return found

    def signs(self, runs: Iterable[Run]) -> RunSigns:
        """Signs of change of some runs, the same for all who ask for these runs."""
        chosen = list(runs)
        key = tuple(run.id for run in chosen)
        with self._changed:
            found = self._signs.get(key)
            if found is None:
                found = self._signs[key] = RunSigns(chosen)
            return found

    def add(self, watching: "Watching") -> None:
        """Take up the watch of a view."""
        with self._changed:
            self._watchings.add(watching)
            self._begin()
            self._hurry()

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, name=f"watcher of {self.root}", daemon=True)
            self._thread.start()

    def remove(self, watching: "Watching") -> None:
        """End the watch of a view."""
        with self._changed:
            self._watchings.discard(watching)
            self._hurry()

    def hurry(self, things: Iterable[Watched] = ()) -> None:
        """Think anew about what is due; ``things`` are due at once."""
        with self._changed:
            for thing in things:
                self._looked.pop(thing, None)
            self._hurry()

    def _hurry(self) -> None:
        self._asked += 1
        self._changed.notify_all()

    def seen(self) -> "list[Watching]":
        """Watches of views that somebody may see."""
        with self._changed:
            return [watching for watching in self._watchings if watching.shown()]

    @property
    def asleep(self) -> bool:
        """Whether there is no thread, because there is no view."""
        return self._thread is None

    def turn(self) -> float | None:
        """Look at what is due and wake who shows what has changed.

        Returns
        -------
        float or None
            Seconds until something is due again; None while nobody sees anything.
        """
        seen = self.seen()
        periods: dict[Watched, float] = {}
        for watching in seen:
            for thing in watching.things:
                periods[thing] = min(periods.get(thing, watching.period), watching.period)
        due = {thing: self._due(thing, period) for thing, period in periods.items()}
        for thing, when in due.items():
            if when <= _clock():
                due[thing] = self._look(thing, periods[thing])
        for watching in seen:
            watching.wake()
        return max(0.0, min(due.values()) - _clock()) if due else None

    def _due(self, thing: Watched, period: float) -> float:
        when, cost = self._looked.get(thing, (-inf, 0.0))
        return when + max(period, REST * cost)

    def _look(self, thing: Watched, period: float) -> float:
        begun = _cost()
        try:
            thing.look()
        except Exception:  # the next look may do better; the others must go on
            _LOG.exception("cannot look for changes in %s", self.root)
        self._looked[thing] = (_clock(), _cost() - begun)
        return self._due(thing, period)

    def _run(self) -> None:
        while True:
            asked = self._asked
            pause = self.turn()
            with self._changed:
                if not self._watchings:
                    self._thread = None
                    return
                if self._asked == asked:
                    self._changed.wait(pause)


class Watching:
    """What one view wants to be told of; ends with its session, or with the view.

    Parameters
    ----------
    store : Store
    told : callable
        Called in the view's session after something has changed, if the view is shown; otherwise as soon as it is.
    address : Address, optional
        Of the page that the view is part of; a view without one is always shown.
    tab : str
        Where the page shows the view.
    period : float
        Seconds between two looks.

    Attributes
    ----------
    things : tuple of Watched
        See :meth:`watch`.
    period : float
    """

    def __init__(
        self, store: Store, told: Callable[[], object], address: Address | None, tab: str, period: float
    ) -> None:
        self._watcher, self._told, self._address, self._tab = Watcher.of(store), told, address, tab
        self.things: tuple[Watched, ...] = ()
        self._known: WeakKeyDictionary[Watched, int] = WeakKeyDictionary()
        self._period, self._woken, self._underway = period, -inf, False
        self._schedule = _way_into_session()
        if address is not None:
            address.param.watch(lambda *_: self._appear(), ["tab", "hidden"])
        document = pn.state.curdoc
        if document is not None and document.session_context is not None:
            document.on_session_destroyed(lambda _: self.end())
        if self._schedule is not None:
            self._watcher.add(self)

    def watch(self, *things: Watched) -> None:
        """Be told of changes in these things from now on, and of no others."""
        self._known = WeakKeyDictionary({thing: thing.version for thing in things})
        self.things = things
        self._watcher.hurry()

    @property
    def period(self) -> float:
        """Seconds between two looks."""
        return self._period

    @period.setter
    def period(self, seconds: float) -> None:
        if seconds != self._period:
            self._period = seconds
            self._watcher.hurry()

    def signs(self, runs: Iterable[Run]) -> RunSigns:
        """Signs of change of some runs, to be watched."""
        return self._watcher.signs(runs)

    def shown(self) -> bool:
        """Whether somebody may see the view."""
        return self._address is None or self._address.shows(self._tab)

    def wake(self) -> None:
        """Have the view told, in its session, if something has changed; called by the watcher."""
        if self._underway or _clock() - self._woken < 0.9 * self._period:
            return
        if any(thing.version != self._known.get(thing) for thing in self.things):
            self._underway, self._woken = True, _clock()
            assert self._schedule is not None
            self._schedule(self._tell)

    def _tell(self) -> None:
        self._underway = False
        for thing in self.things:
            self._known[thing] = thing.version
        self._told()

    def _appear(self) -> None:
        if self.shown():
            self._woken = -inf
            self._watcher.hurry(self.things)

    def end(self) -> None:
        """Be told of nothing any more."""
        self.things = ()
        self._watcher.remove(self)


def _way_into_session() -> Callable[[Callable[[], None]], object] | None:
    """Function that lets another thread schedule a call among this session's callbacks; None in a plain script."""
    document = pn.state.curdoc
    if document is not None and document.session_context is not None:
        return document.add_next_tick_callback  # type: ignore[no-any-return]
    try:
        return asyncio.get_running_loop().call_soon_threadsafe  # a notebook's
    except RuntimeError:
        return None
