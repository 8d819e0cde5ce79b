"""The table of runs follows the store without reading everything again."""

from dataclasses import replace

import pandas as pd

from cgplab.analysis.differences import settings_table
from cgplab.analysis.run_table import RunTable
from cgplab.running import plan
from cgplab.store import Store


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
