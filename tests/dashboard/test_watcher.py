"""One watcher per store: what nobody sees, and what does not change, costs no session anything."""

import gc
import re
from collections import Counter
from pathlib import Path

import pytest

from cgplab.dashboard import watcher as module
from cgplab.dashboard.address import Address
from cgplab.dashboard.evolve_view import EvolveView
from cgplab.dashboard.live_view import LiveView
from cgplab.dashboard.runs_view import RunsView
from cgplab.dashboard.theme import load
from cgplab.dashboard.watcher import Watcher, Watching
from cgplab.running import plan
from cgplab.store import Store
from tests.ui.conftest import stored

SESSIONS = 5


class Thing:
    """Something watched that counts the looks at it."""

    def __init__(self):
        self.version, self.looks, self.news = 0, 0, False

    def look(self):
        self.looks += 1
        self.version += self.news
        self.news = False


class Sessions:
    """Sessions whose callbacks wait until they are called, and a watcher that turns when the test says so."""

    def __init__(self):
        self.waiting = []
        self.time = 0.0

    def schedule(self, call):
        """What Bokeh's documents do: have something called in the session."""
        self.waiting.append(call)

    def turn(self, watcher):
        """One turn of the watcher, long after the last, and what came of it; returns how many were woken."""
        self.time += 1000.0
        watcher.turn()
        calls, self.waiting = self.waiting, []
        for call in calls:
            call()
        return len(calls)


@pytest.fixture
def sessions(monkeypatch):
    found = Sessions()
    monkeypatch.setattr(module, "_way_into_session", lambda: found.schedule)
    monkeypatch.setattr(module, "_clock", lambda: found.time)
    monkeypatch.setattr(Watcher, "_begin", lambda self: None)
    return found


def test_an_unchanged_thing_wakes_nobody_and_is_looked_at_once_for_all(sessions, tmp_path):
    store, thing, told = Store(tmp_path), Thing(), Counter()
    addresses = [Address(tab="runs") for _ in range(SESSIONS)]
    watchings = [
        Watching(store, lambda n=n: told.update([n]), address, "runs", 1.0) for n, address in enumerate(addresses)
    ]
    for watching in watchings:
        watching.watch(thing)
    watcher = Watcher.of(store)
    for turns in (1, 2, 3):
        assert sessions.turn(watcher) == 0
        assert thing.looks == turns
    watcher.turn()  # nothing is due
    assert thing.looks == 3

    # A change is seen by one look, and told once to each that is shown.
    addresses[0].hidden, addresses[1].tab, thing.news = True, "live", True
    assert sessions.turn(watcher) == SESSIONS - 2
    assert thing.looks == 4
    assert told == dict.fromkeys(range(2, SESSIONS), 1)
    assert sessions.turn(watcher) == 0

    # Shown again, the others are told, even if nothing has changed since.
    addresses[0].hidden, addresses[1].tab = False, "runs"
    assert sessions.turn(watcher) == 2
    assert told == dict.fromkeys(range(SESSIONS), 1)
    assert sessions.turn(watcher) == 0


def test_nobody_looks_while_everything_is_hidden_or_ended(sessions, tmp_path):
    store, thing, address = Store(tmp_path), Thing(), Address(tab="runs", hidden=True)
    watching = Watching(store, lambda: None, address, "runs", 1.0)
    watching.watch(thing)
    watcher = Watcher.of(store)
    assert watcher.turn() is None
    assert thing.looks == 0
    address.hidden = False
    assert watcher.turn() == pytest.approx(1.0)
    assert thing.looks == 1
    watching.end()
    sessions.time += 1000
    assert watcher.turn() is None
    assert thing.looks == 1


def test_a_view_that_is_gone_is_watched_for_no_more(sessions, tmp_path):
    store, thing = Store(tmp_path), Thing()
    watching = Watching(store, lambda: None, None, "", 1.0)
    watching.watch(thing)
    watcher = Watcher.of(store)
    assert watcher.turn() is not None
    del watching
    gc.collect()
    assert watcher.turn() is None


def test_a_look_that_fails_does_not_end_the_watch(sessions, tmp_path, caplog):
    class Broken(Thing):
        def look(self):
            raise OSError("no such disk")

    store, thing, told = Store(tmp_path), Thing(), []
    watching = Watching(store, lambda: told.append(1), None, "", 1.0)
    watching.watch(Broken(), thing)
    thing.news = True
    assert sessions.turn(Watcher.of(store)) == 1
    assert "no such disk" in caplog.text


def test_a_long_look_is_not_repeated_at_once(sessions, tmp_path, monkeypatch):
    store, thing = Store(tmp_path), Thing()
    watching = Watching(store, lambda: None, None, "", 1.0)
    watching.watch(thing)
    monkeypatch.setattr(module, "_cost", iter([0.0, 3.0]).__next__)
    assert Watcher.of(store).turn() == module.REST * 3.0


def counted(monkeypatch, kind, name, count):
    """Count the calls of a method."""
    real = getattr(kind, name)

    def call(self, *arguments):
        count[f"{kind.__name__}.{name}"] += 1
        return real(self, *arguments)

    monkeypatch.setattr(kind, name, call)


def test_many_pages_over_one_store(sessions, tmp_path, monkeypatch, quick):
    from cgplab.analysis.run_table import RunTable
    from cgplab.store import RunSigns

    store = Store(tmp_path / "store")
    stored(store, 3)
    load()
    *_, run = store.runs()
    batch = run.manifest.batch
    count = Counter()
    for kind, name in ((RunTable, "look"), (RunSigns, "look"), (RunsView, "_show"), (LiveView, "_tell"),
                       (EvolveView, "_tick")):  # fmt: skip
        counted(monkeypatch, kind, name, count)
    views = [
        kind(store, Address(tab=tab, batch=batch))
        for kind, tab in ((RunsView, "runs"), (LiveView, "live"), (EvolveView, "evolve"))
        for _ in range(SESSIONS)
    ]
    watcher = Watcher.of(store)
    sessions.turn(watcher)
    signs = len(LiveView(store, Address(tab="runs", batch=batch))._watches) + 1  # each run, and the batch
    for _ in range(2):
        count.clear()
        assert sessions.turn(watcher) == 0
        assert count == {"RunTable.look": 1, "RunSigns.look": signs}

    # A change of one run reaches every page that is shown, and no other.
    hidden = views[0], views[SESSIONS], views[2 * SESSIONS]
    for view in hidden:
        view._address.hidden = True
    run.annotate(add=("new",))
    count.clear()
    assert sessions.turn(watcher) == 3 * (SESSIONS - 1)
    assert count["RunTable.look"] == 1
    assert count["RunsView._show"] == count["EvolveView._tick"] == SESSIONS - 1
    assert "new" in views[1].shown()["tags"].to_list()
    assert "new" not in hidden[0].shown()["tags"].to_list()
    count.clear()
    for view in hidden:
        view._address.hidden = False
    assert sessions.turn(watcher) == 3
    assert count["RunsView._show"] == count["EvolveView._tick"] == 1
    assert "new" in hidden[0].shown()["tags"].to_list()

    # A new run appears.
    (new, *_) = plan(quick)
    store.create(new)
    sessions.turn(watcher)
    assert new.id in views[0].shown()["id"].to_list()


def test_no_view_has_a_timer_of_its_own():
    package = Path(module.__file__).parent
    timers = {path.name for path in package.glob("*.py") if re.search(r"add_periodic|Periodic", path.read_text())}
    # The server has one of its own, not one per session, that ends logins.
    assert timers == {"server.py"}
