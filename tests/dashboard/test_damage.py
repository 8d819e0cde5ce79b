"""Runs that are damaged or deleted while a page is open are told in words; nothing is raised into the server's log."""

import shutil

import pytest

from cgplab.dashboard import EvolveView, LiveView, RunsView
from cgplab.dashboard.address import Address
from cgplab.dashboard.theme import load
from cgplab.running import plan, run_all
from cgplab.store import Store


@pytest.fixture
def store(quick, tmp_path):
    store = Store(tmp_path / "store")
    run_all(store.create_all(plan(quick)), lambda *_: None)
    return store


def views(store):
    load()
    *_, last = store.runs()
    batch = last.manifest.batch
    address = Address(tab="live", batch=batch)
    return LiveView(store, address), EvolveView(store, Address(batch=batch)), RunsView(store, Address(tab="runs"))


@pytest.mark.parametrize("name", ["manifest.json", "status.json", "progress.parquet", "best.npz", "events.jsonl"])
@pytest.mark.parametrize("first", [True, False], ids=["before", "meanwhile"])
def test_a_damaged_file(store, name, first):
    run = next(store.runs())
    if not first:
        live, evolve, runs = views(store)
    (run.directory / name).write_bytes(b"{\x00\xff")
    if first:
        live, evolve, runs = views(store)
    live._tick()
    live.axis = "time"
    evolve._tick()
    runs._table.selection = list(range(len(runs.shown())))
    runs.refresh(force=True)
    if name in ("status.json", "progress.parquet") and not first:
        assert run.id[-6:] in live._warnings.object
        assert name in live._warnings.object


def test_a_deleted_store(store):
    live, evolve, runs = views(store)
    shutil.rmtree(store.root)
    live._tick()
    live.axis = "time"
    assert "no such file" in live._warnings.object
    evolve._tick()
    assert "no such file" in evolve.batch._line.object
    runs._table.selection = [0, 1]
    assert "no such file" in runs._actions._message.object
    runs.refresh()
    assert "No runs yet" in runs._count.object


def test_runs_in_the_address_that_are_gone_hide_no_others(store):
    (run, *_) = store.runs()
    load()
    live = LiveView(store, Address(tab="live", runs=f"{run.id},NOTHING"))
    assert list(live._watches) == [run.id]
    assert "no run &#39;NOTHING&#39;" in live._warnings.object
