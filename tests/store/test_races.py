"""Several processes at one run: what is gone stays gone, and what is copied while it changes can be resumed."""

import os
import shutil
import threading
import time
from dataclasses import replace
from functools import partial

import pytest

from cgplab.errors import InputError
from cgplab.files import with_directory
from cgplab.running import plan
from cgplab.running.execute import execute
from cgplab.store import State, Store, locks
from cgplab.store.checksums import write_checked_json
from cgplab.store.locks import Lock
from cgplab.store.names import CHECKPOINTS, EDIT_LOCK, LOCK, MANIFEST
from cgplab.store.trash import delete_run
from tests.running.killing import outcome, quiet


@pytest.fixture
def store(quick, tmp_path):
    store = Store(tmp_path / "s")
    store.create_all(plan(quick))
    return store


def test_who_waits_for_a_run_that_is_deleted_does_not_bring_it_back(store, monkeypatch):
    run = next(store.runs())
    lock = Lock.take(run.directory / LOCK)
    attempt = locks._try

    def go_away_while_it_waits(*arguments):
        taken = attempt(*arguments)
        if not taken and run.directory.exists():
            os.rename(run.directory, store.root / "elsewhere")
            lock.release()
        return taken

    monkeypatch.setattr(locks, "_try", go_away_while_it_waits)
    with pytest.raises(InputError):
        execute(run, threading.Event(), quiet)
    assert (store.root / "elsewhere").is_dir()
    assert not run.directory.exists()


def test_a_lock_of_a_replaced_file_is_none(tmp_path):
    old = Lock.take(tmp_path / "lock")
    (tmp_path / "lock").unlink()
    new = Lock.take(tmp_path / "lock")
    assert new is not None
    old.release()
    assert Lock.take(tmp_path / "lock", wait=0.0) is None
    new.release()


def test_a_run_is_not_deleted_while_it_is_edited(store, monkeypatch):
    run = next(store.runs())
    lock = Lock.take(run.directory / EDIT_LOCK)
    monkeypatch.setattr("cgplab.store.locks.Lock.take", lambda path, wait=0.0, take=Lock.take: take(path, 0.05))
    with pytest.raises(InputError, match="locked by another process"):
        delete_run(store.root, run)
    lock.release()
    delete_run(store.root, run)
    assert not run.directory.exists()


def test_a_run_copied_while_it_goes_on_can_be_resumed(quick, tmp_path, monkeypatch):
    """The rows are copied last, and the source goes on between any two files."""
    (manifest,) = plan(replace(quick, strategies=[0.0], generations=200_000, wiring="evolved"))
    undisturbed = Store(tmp_path / "undisturbed").create(manifest)
    execute(undisturbed, threading.Event(), quiet)
    source = Store(tmp_path / "source")
    going = source.create(manifest)
    stop = threading.Event()
    copy = shutil.copy2
    copied = []

    def go_on_and_copy(path, target, **options):
        stop.clear()
        reached = going.status.generation
        execute(going, stop, lambda _, p: stop.set() if p.generation > reached + 500 else None, checkpoint_seconds=0.0)
        copied.append(os.path.basename(path))
        return copy(path, target, **options)

    execute(going, stop, lambda _, p: stop.set() if p.generation > 500 else None, checkpoint_seconds=0.0)
    monkeypatch.setattr("shutil.copy2", go_on_and_copy)
    monkeypatch.setattr("shutil.copytree", partial(shutil.copytree, copy_function=go_on_and_copy))
    here = Store(tmp_path / "here")
    merged = here.merge(source.root)
    monkeypatch.undo()
    assert merged.added == [going.id]
    assert copied[0] == "status.json"
    assert set(copied) >= {MANIFEST, *CHECKPOINTS}
    run = here.find(going.id)
    assert run.status.state is not State.FINISHED
    execute(run, threading.Event(), quiet)
    assert outcome(run) == outcome(undisturbed)


def test_what_a_killed_creation_left_is_swept_after_a_day(store):
    for name, age in ((".new-old", 2), (".new-fresh", 0)):
        (store.root / name).mkdir()
        os.utime(store.root / name, (time.time() - age * 24 * 3600,) * 2)
    store.reindex()
    assert not (store.root / ".new-old").exists()
    assert (store.root / ".new-fresh").exists()


def test_a_damaged_table_of_sensitivity_is_named(store):
    path = store.root / "sensitivity" / "m" / "t.json"
    key = {"model": "m", "model_sha256": "0" * 64, "dataset": "d", "split": "test", "dataset_sha256": "0" * 64}
    references = {"reference_top1": 99.0, "reference_top5": 100.0, "reference_loss": 0.1}
    content = {"key": {**key, "images": 10, "overflow": "wrap"}, **references, "rows": {}}
    write_checked_json(with_directory(path), content)
    assert store.verify() == []
    path.write_text(path.read_text().replace("rows", "row"))
    assert [damage.path for damage in store.verify()] == [path]
