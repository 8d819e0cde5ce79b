"""The table of runs follows the store without reading everything again."""

import os
from dataclasses import replace

import pandas as pd
from pandas.testing import assert_frame_equal

from cgplab.analysis import run_table
from cgplab.analysis.differences import settings_table
from cgplab.analysis.run_table import RunTable
from cgplab.running import plan
from cgplab.store import State, Store


def test_only_what_has_changed_is_read_again(quick, tmp_path, monkeypatch):
    store = Store(tmp_path / "s")
    first, second = (store.create(manifest) for manifest in plan(quick))
    table = RunTable(store)
    frame = table.frame()
    assert list(frame["id"]) == [first.id, second.id]
    assert table.frame() is frame
    first.annotate(add=("good",))
    again = table.frame()
    assert again["tags"].tolist() == ["good", ""]
    store.delete(second)
    assert list(table.frame()["id"]) == [first.id]
    assert not (store.root / f".deleted-{second.id}").exists()


def test_a_damaged_run_is_named_and_hides_no_other(quick, tmp_path):
    store = Store(tmp_path / "s")
    first, second = (store.create(manifest) for manifest in plan(quick))
    (first.directory / "status.json").write_text("{")
    table = RunTable(store)
    assert list(table.frame()["id"]) == [second.id]
    assert list(table.complaints) == [first.id]


def test_a_file_written_in_place_long_after_is_seen_after_some_looks(quick, tmp_path):
    store = Store(tmp_path / "s")
    run, _ = (store.create(manifest) for manifest in plan(quick))
    for other in store.runs():
        other.write_status(replace(other.status, state=State.KILLED))
        os.utime(other.directory, (0, 0))
    table = RunTable(store)
    assert len(table.frame()) == 2
    status = run.directory / "status.json"
    status.write_text("{")
    os.utime(run.directory, (0, 0))
    for _ in range(run_table._TURNS):
        table.look()
    assert list(table.complaints) == [run.id]
    assert run.id not in set(table.frame()["id"])


def test_a_batch_is_found_and_the_last_one_by_default(quick, tmp_path):
    store = Store(tmp_path)
    assert RunTable(store).batch() == []
    first, second = (store.create_all(plan(replace(quick, runs=2))) for _ in range(2))
    table = RunTable(store)
    assert [run.id for run in table.batch(first[0].manifest.batch)] == sorted(run.id for run in first)
    assert {run.id for run in table.batch()} == {run.id for run in second}
    assert table.batch("nothing") == []


def test_settings_side_by_side(quick):
    manifests = plan(quick)
    table = settings_table(manifests)
    assert list(table.columns) == [m.id for m in manifests]
    assert table.loc["strategy"].tolist() == ["0.0", "5.0"]
    assert set(table.index) == {"strategy", "threshold"}
    everything = settings_table(manifests, differences_only=False)
    assert "settings.children" in everything.index
    assert isinstance(table, pd.DataFrame)
    assert settings_table(manifests[:1] * 2).empty


def test_a_table_that_was_brought_up_to_date_is_the_one_that_is_made_anew(quick, tmp_path):
    store = Store(tmp_path)
    runs = store.create_all(plan(replace(quick, runs=3)))
    table = RunTable(store)
    before = table.frame()
    first, second, third, *_ = runs
    status = first.status
    first.write_status(replace(status, state=State.PAUSED, generation=7, energy=0.5, proved=True))
    second.write_metrics({"mnist/test": {"top1": 99.0, "accuracy_loss": 0.1, "measured": "2026-01-01", "n": 10}})
    for _ in range(2):
        assert_frame_equal(table.frame(), RunTable(store).frame())
        store.delete(third)
        (third, *_) = store.create_all(plan(quick))
    assert before["state"].tolist() == [State.PENDING] * len(runs)  # frames that were given out stay as they were


def test_many_runs_are_read_through_the_index_with_the_same_result(quick, tmp_path, monkeypatch):
    store = Store(tmp_path)
    store.create_all(plan(replace(quick, runs=3)))
    (damaged, *_) = store.create_all(plan(quick))
    (damaged.directory / "status.json").write_text("{")
    single, through_index = RunTable(store), RunTable(store)
    frame = single.frame()
    monkeypatch.setattr(run_table, "_MANY", 0)
    assert_frame_equal(through_index.frame(), frame)
    assert through_index.complaints.keys() == single.complaints.keys() == {damaged.id}


def test_a_change_within_the_clock_tick_of_the_last_look_is_seen(quick, tmp_path):
    store = Store(tmp_path)
    run, *_ = store.create_all(plan(quick))
    run.write_status(replace(run.status, state=State.PAUSED))
    table = RunTable(store)
    table.look()
    changed = run.directory.stat().st_mtime_ns
    run.annotate(add=("good",))
    os.utime(run.directory, ns=(changed, changed))
    assert "good" in table.frame()["tags"].tolist()
