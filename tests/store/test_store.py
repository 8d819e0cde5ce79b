"""Runs in a store: written whole, read back the same, damage named."""

import json
from dataclasses import replace

import numpy as np
import pytest

from cgplab.cgp import Circuit, Geometry
from cgplab.errors import InputError
from cgplab.files import write_atomic
from cgplab.running import plan
from cgplab.store import RUN_COLUMNS, Manifest, State, Store
from cgplab.store.frames import PROGRESS_COLUMNS


@pytest.fixture
def run(quick, tmp_path):
    return Store(tmp_path / "s").create(plan(quick)[0])


def test_a_new_run_is_pending_and_whole(run, quick):
    assert run.status.state is State.PENDING
    assert run.id == run.manifest.id
    assert sorted(p.name for p in run.directory.iterdir()) == ["checksums.json", "manifest.json", "status.json"]
    assert [p.name for p in run.directory.parents[1].iterdir()] == ["runs"]


def test_manifest_round_trip(run, tmp_path):
    run.manifest.write(tmp_path / "m.json")
    assert Manifest.read(tmp_path / "m.json") == run.manifest


def test_row_has_every_column(run):
    assert list(run.row()) == [column.name for column in RUN_COLUMNS]
    json.dumps(run.row(), allow_nan=False)


def test_circuit_and_weights_round_trip(run, random):
    circuit = Circuit.random(Geometry(9, 16, 3, 4, 5), 3)
    run.write_best(circuit)
    assert run.best() == circuit
    weights = random.integers(-128, 128, (6, 1, 5, 5), dtype=np.int8)
    run.write_weights(np.zeros((1, 16), np.int8), {"conv1": weights})
    assert np.array_equal(run.weights()["conv1"], weights)
    assert run.weights()["conv1"].dtype == np.int8


def test_metrics_of_several_data_sets(run):
    run.write_metrics({"mnist/test": {"top1": 99.0, "accuracy_loss": 0.5, "measured": "2026-01-01"}})
    run.write_metrics({"mnist/train": {"top1": 98.0, "accuracy_loss": 0.7, "measured": "2026-01-02"}})
    assert run.row()["accuracy"] == 98.0
    assert run.row("mnist/test")["accuracy_loss"] == 0.5
    assert run.row("emnist/test")["accuracy"] is None


def test_progress_of_all_attempts_without_a_torn_last_line(run):
    for attempt in (1, 2, 10):
        writer = run.open_progress(attempt)
        writer.write([{**dict.fromkeys(PROGRESS_COLUMNS), "generation": attempt, "error": i} for i in range(3)])
        writer.close()
    with (run.directory / "progress.10.jsonl").open("a") as file:
        file.write('{"generation": 10, "err')
    rows = run.progress()
    assert [row["generation"] for row in rows] == [1, 1, 1, 2, 2, 2, 10, 10, 10]


def test_find_by_either_end_of_the_id(quick, tmp_path):
    store = Store(tmp_path / "s")
    first, second = (store.create(manifest) for manifest in plan(quick))
    assert store.find(first.id.lower()).id == first.id
    assert store.find(second.id[-10:]).id == second.id
    with pytest.raises(InputError, match="2 runs fit"):
        store.find(first.id[:8])
    with pytest.raises(InputError, match="no run 'ZZZ'"):
        store.find("ZZZ")


def test_runs_come_in_the_order_of_creation(quick, tmp_path):
    store = Store(tmp_path / "s")
    made = [store.create(m).id for m in plan(replace(quick, runs=20))]
    assert [run.id for run in store.runs()] == made


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"schema": 99}', '{"schema": 1}', '{"schema": 1, "id": 3, "x": 2}']
)
def test_damaged_manifest_is_named(run, content):
    path = run.directory / "manifest.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"manifest\.json"):
        Manifest.read(path)


@pytest.mark.parametrize("content", ["", "null", '{"state": "dreaming"}', '{"state": "running", "mood": 1}'])
def test_damaged_status_is_named(run, content):
    (run.directory / "status.json").write_text(content)
    with pytest.raises(InputError, match=r"status\.json"):
        _ = run.status


@pytest.mark.parametrize("keep", [0, 1, 40, 200, -1])
def test_truncated_archives_are_named(run, keep):
    run.write_best(Circuit.random(Geometry(9, 16, 3, 4, 5), 3))
    path = run.directory / "best.npz"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"best\.npz"):
        run.best()


def test_a_store_must_be_a_directory(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="not a directory"):
        Store.open(tmp_path / "file")
    with pytest.raises(InputError, match="Not a directory"):
        Store.open(tmp_path / "file" / "below").check_writable()


def test_unwritable_store(read_only):
    with pytest.raises(InputError, match="--store"):
        Store.open(read_only / "s").check_writable()


def test_atomic_write_leaves_the_old_file_when_it_fails(tmp_path, monkeypatch):
    path = tmp_path / "f"
    write_atomic(path, b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".f")] == []


def test_manifest_names_what_made_it(run):
    manifest = run.manifest
    assert set(manifest.versions) == {"python", "cgplab", "numpy", "numba"}
    assert len(manifest.model_sha256) == 64
    assert len(manifest.costs_sha256) == 64
    assert set(manifest.settings) >= {"children", "mutation_rate", "generations", "patience", "time_limit", "order"}


def test_many_runs_are_created_all_or_none(quick, tmp_path):
    store = Store(tmp_path / "s")
    manifests = plan(replace(quick, runs=10))
    made = store.create_all(manifests)
    assert [run.id for run in made] == [manifest.id for manifest in manifests]
    assert {run.id for run in store.runs()} == {manifest.id for manifest in manifests}
    fresh = plan(replace(quick, runs=10))
    (store.runs_directory / fresh[7].id).write_text("in the way")
    with pytest.raises(OSError, match=fresh[7].id):
        store.create_all(fresh)
    assert len(list(store.runs())) == len(manifests)
