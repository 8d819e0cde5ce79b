"""Damage is found and named; an index can be lost at any time; nothing half done is ever seen."""

import json
import os
import shutil
import socket
import tarfile
import threading
from dataclasses import asdict, replace

import numpy as np
import pytest

from cgplab.cgp import Circuit, Geometry
from cgplab.cli import main
from cgplab.errors import InputError
from cgplab.files import write_json
from cgplab.running.execute import execute
from cgplab.store import Run, State, Store
from cgplab.store.checksums import file_checksum, write_checked_json
from cgplab.store.export import export_runs
from cgplab.store.frames import PROGRESS_COLUMNS
from cgplab.store.index import index_path
from cgplab.store.locks import Lock
from cgplab.store.merge import finish_merge


def quiet(run, progress):
    """Report nothing."""


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def edit(old, new):
    def change(path):
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return change


DAMAGES = [
    ("progress.parquet", truncate),
    ("best.npz", flip),
    ("history.npz", flip),
    ("status.json", lambda path: path.write_text('{"state": "fini')),
    ("status.json", edit('"generation": 300', '"generation": 301')),
    ("weights.npz", os.remove),
    ("manifest.json", edit('"seed": 7', '"seed": 8')),
    ("checksums.json", flip),
    ("manifest.json", os.remove),
    ("metrics.json", lambda path: path.write_text("[]")),
    ("annotations.json", lambda path: path.write_text('{"sha256": "0", "content": {"tags": ["x"]}}')),
]


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_every_damage_is_named(store, name, damage):
    run = next(store.runs())
    assert store.verify() == []
    damage(run.directory / name)
    assert {found.path for found in store.verify()} == {run.directory / name}


def test_a_directory_named_unlike_its_run_is_damaged_wherever_it_is_read(store, capsys, monkeypatch):
    run = next(store.runs())
    other = store.runs_directory / ("0" * 26)
    shutil.copytree(run.directory, other)
    table = store.table()
    assert [row["id"] for row in table.rows] == [run.id for run in store.runs() if run.directory != other]
    assert list(table.damaged) == [other.name]
    assert f"not named after its run {run.id}" in table.damaged[other.name]
    assert [(found.path, found.what) for found in store.verify()] == [
        (other / "manifest.json", f"{other} is not named after its run {run.id}")
    ]
    with pytest.raises(InputError, match="not named after its run"):
        Run(other).row()
    monkeypatch.setattr("sys.argv", ["cgplab", "runs", "show", other.name, "--store", str(store.root)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_command_names_all_five(store, capsys, monkeypatch):
    first, second, third = store.runs()
    victims = [
        (first, "progress.parquet", truncate),
        (first, "best.npz", flip),
        (second, "weights.npz", os.remove),
        (second, "manifest.json", edit('"seed": 7', '"seed": 9')),
        (third, "status.json", truncate),
    ]
    for run, name, damage in victims:
        damage(run.directory / name)
    monkeypatch.setattr("sys.argv", ["cgplab", "runs", "verify", "--store", str(store.root)])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert ended.value.code == 1
    assert len(told.out.splitlines()) == 5
    for run, name, _ in victims:
        assert str(run.directory / name) in told.out
    assert "5 damaged files among 3 runs" in told.err


def test_commands_for_a_store_with_a_damaged_run_or_none_at_all(store, tmp_path, capsys, monkeypatch):
    def cgplab(*arguments):
        monkeypatch.setattr("sys.argv", ["cgplab", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, capsys.readouterr()

    first, _, pending = store.runs()
    (first.directory / "status.json").write_text("{")
    code, told = cgplab("pause", "all", "--store", str(store.root))
    assert code == 0
    assert f"run {first.id} left out" in told.err
    assert pending.status.state is State.PAUSED
    assert f"go on with it: cgplab resume {first.id}" in told.err  # which rebuilds the status
    for command in ("verify", "reindex"):
        code, told = cgplab("runs", command, "--store", str(tmp_path / "nowhere"))
        assert code == 2
        assert "no store in" in told.err


@pytest.fixture
def cgplab(store, capsys, monkeypatch):
    """Calls the command line over the store; returns exit code, output and errors."""

    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["cgplab", *map(str, arguments), "--store", str(store.root)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return call


@pytest.mark.parametrize("name", ["runs.csv", "runs.json", "runs.tar.gz"])
def test_an_export_names_the_runs_that_it_leaves_out(store, cgplab, tmp_path, name):
    unreadable, altered, _ = store.runs()
    (unreadable.directory / "annotations.json").write_text("[" * 100_000)
    flip(altered.directory / "progress.parquet")
    bad = [unreadable.id] + [altered.id] * name.endswith("gz")  # a table holds nothing of the progress
    code, out, err = cgplab("runs", "export", tmp_path / name)
    assert code == 1
    assert f"wrote {3 - len(bad)} run" in out
    assert [line.split()[2] for line in err.splitlines()] == bad
    for run in bad:
        (tmp_path / name).unlink(missing_ok=True)
        code, out, err = cgplab("runs", "export", tmp_path / name, run)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert f"run {run} cannot be exported" in err
        assert not (tmp_path / name).exists()


def test_a_run_that_lost_its_manifest_can_be_named_and_removed(store, cgplab):
    run = next(store.runs())
    (run.directory / "manifest.json").unlink()
    assert next(store.runs()).id == run.id
    code, _, err = cgplab("runs", "show", run.id)
    assert code == 2
    assert "manifest.json" in err
    assert "among 3 runs" in cgplab("runs", "verify")[2]
    code, out, err = cgplab("runs", "delete", run.id, "--yes")
    assert (code, out) == (0, "removed 1 run\n"), err
    assert len(list(store.runs())) == 2


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("status.json", "cgplab resume"),
        ("annotations.json", "remove that file"),
        ("metrics.json", "remove that file"),
        ("manifest.json", "cgplab runs merge DIR, or give the run up with: cgplab runs delete"),
    ],
)
def test_a_damage_comes_with_its_remedy(store, cgplab, name, remedy):
    run = next(store.runs())
    (run.directory / name).write_text("{")
    code, _, err = cgplab("runs", "list")
    assert code == 0
    assert len(err.splitlines()) == 1
    assert remedy in err


def test_a_status_is_rebuilt_from_the_progress(store):
    run = next(store.runs())
    (run.directory / "checksums.json").unlink()
    before, last = run.status, run.progress()[-1]
    (run.directory / "status.json").write_text("{")
    found = run.status_or_rebuilt()
    assert found.state is State.CRASHED
    for name, value in last.items():
        assert getattr(found, name) == value
    assert 0 < found.generation <= before.generation


@pytest.mark.parametrize("name", ["progress.parquet", "best.npz", "history.npz", "weights.npz"])
def test_a_seal_does_not_make_a_file_sound(store, name):
    run = next(store.runs())
    (run.directory / name).write_bytes(b"garbage")
    path = run.directory / "checksums.json"
    sealed = json.loads(path.read_text())["content"]
    sealed["files"][name] = file_checksum(run.directory / name)
    write_checked_json(path, sealed)
    assert {found.path.name for found in store.verify()} == {name}


@pytest.mark.parametrize("change", [{"rows": 2, "cols": 6}, {"n_inputs": 8}, {"n_outputs": 3}])
def test_a_circuit_of_other_sizes_than_were_asked_for_is_damage(store, change):
    run = next(store.runs())
    sizes = {"n_inputs": 9, "n_outputs": run.manifest.n_outputs, "rows": 3, "cols": 4, "l_back": 5} | change
    run.write_best(Circuit.random(Geometry(**sizes), 1))
    path = run.directory / "checksums.json"
    sealed = json.loads(path.read_text())["content"]
    sealed["files"]["best.npz"] = file_checksum(run.directory / "best.npz")
    write_checked_json(path, sealed)
    (found,) = store.verify()
    assert "the manifest names 9 inputs, 16 outputs and a grid of 3x4" in found.what


def test_a_history_without_circuits_is_damage(store):
    path = next(store.runs()).directory / "history.npz"
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **{**arrays, "gates": arrays["gates"][:0], "outputs": arrays["outputs"][:0]})
    with pytest.raises(InputError, match="does not hold a history"):
        next(store.runs()).history()


@pytest.mark.parametrize("field", ["energy", "area", "seconds"])
def test_a_measure_beyond_every_circuit_is_damage(store, field):
    run = next(store.runs())
    write_json(run.directory / "status.json", {**asdict(run.status), field: 1.7e308})
    with pytest.raises(InputError, match=field):
        run.status  # noqa: B018


def test_any_flipped_bit_of_a_sealed_file_is_found(store, random):
    run = next(store.runs())
    for name in ("best.npz", "weights.npz", "progress.parquet", "manifest.json", "status.json"):
        path = run.directory / name
        sound = path.read_bytes()
        for _ in range(5):
            data = bytearray(sound)
            place = int(random.integers(len(data)))
            data[place] ^= 1 << int(random.integers(7))
            path.write_bytes(data)
            # White space and the time of the last change may differ in a status.
            assert store.verify() or json.loads(path.read_bytes()) == json.loads(sound)
        path.write_bytes(sound)
    assert store.verify() == []


def test_a_torn_last_line_is_no_damage_but_one_in_the_middle_is(store):
    pending = list(store.runs())[2]
    row = json.dumps({**dict.fromkeys(PROGRESS_COLUMNS), "generation": 1, "error": 5}) + "\n"
    (pending.directory / "progress.1.jsonl").write_text(row + '{"gener')
    assert store.verify() == []
    assert len(pending.progress()) == 1
    (pending.directory / "progress.1.jsonl").write_text('{"gener\n' + row)
    assert [found.path.name for found in store.verify()] == ["progress.1.jsonl"]
    with pytest.raises(InputError, match="line 1"):
        pending.progress()


def test_the_index_is_disposable(store):
    expected = store.table()
    path = index_path(store.root)
    assert path.is_file()
    for spoil in (os.remove, truncate, lambda path: path.write_bytes(b"not a database" * 1000)):
        spoil(path)
        assert store.table().rows == expected.rows
    run = next(store.runs())
    run.annotate(add=("good",), note="look again")
    assert store.table().rows[0]["tags"] == "good"
    store.delete(run)
    assert [row["id"] for row in store.table().rows] == [row["id"] for row in expected.rows[1:]]
    assert store.reindex().rows == store.table().rows


def test_the_index_is_deleted_while_in_use(store):
    expected = store.table().rows
    stop = threading.Event()
    failures = []

    def look():
        while not stop.is_set():
            if store.table().rows != expected:
                failures.append("differs")

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        for suffix in ("", "-wal", "-shm"):
            index_path(store.root).with_name("index.sqlite" + suffix).unlink(missing_ok=True)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_damaged_run_is_named_and_hides_no_other(store):
    run = next(store.runs())
    (run.directory / "status.json").write_text("{")
    table = store.table()
    assert list(table.damaged) == [run.id]
    assert len(table.rows) == 2


def test_deletion_cut_short_leaves_no_half_run(store, monkeypatch):
    run = next(store.runs())
    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", lambda *_, **__: None)
        store.delete(run)
    assert not run.directory.exists()
    assert len(store.table().rows) == 2
    store.reindex()
    assert sorted(path.name for path in store.root.iterdir() if path.is_dir()) == ["runs"]
    taken = next(store.runs())
    lock = Lock.take(taken.directory / "lock")
    with pytest.raises(InputError, match="being carried out"):
        store.delete(taken)
    lock.release()


def test_merging(store, template, tmp_path):
    first, second, third = store.runs()
    other = Store(tmp_path / "other")
    export_runs([first, second], tmp_path / "runs.tar.gz")
    assert other.merge(tmp_path / "runs.tar.gz").added == [first.id, second.id]
    assert other.merge(store.root).added == [third.id]
    # Further there than here; tags of both sides stay.
    third.annotate(add=("here",))
    there = Run(other.runs_directory / third.id)
    there.annotate(add=("there",))
    execute(there, threading.Event(), quiet)
    merged = store.merge(other.root)
    assert merged.updated == [third.id]
    assert merged.unchanged == [first.id, second.id]
    assert third.status.state is State.FINISHED
    assert set(third.tags) == {"here", "there"}
    assert store.verify() == []
    assert store.merge(other.root).updated == []
    manifest = first.directory / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"seed": 7', '"seed": 8'))
    assert list(other.merge(store.root).refused) == [first.id]
    (tmp_path / "broken.tar.gz").write_bytes((tmp_path / "runs.tar.gz").read_bytes()[:500])
    for wrong in (tmp_path / "broken.tar.gz", tmp_path / "nowhere", store.root):
        with pytest.raises(InputError):
            store.merge(wrong)


@pytest.mark.parametrize("name", ["runs/../../outside", "runs/link"])
def test_archives_that_would_write_elsewhere_are_refused(store, tmp_path, name):
    member = tarfile.TarInfo(name)
    if name.endswith("link"):
        member.type, member.linkname = tarfile.SYMTYPE, "/"
    with tarfile.open(tmp_path / "runs.tar.gz", "w:gz") as tar:
        tar.addfile(member)
    with pytest.raises(InputError, match="is no file of a run"):
        store.merge(tmp_path / "runs.tar.gz")
    assert not (tmp_path / "outside").exists()


def test_a_merge_cut_short_is_finished_later(store):
    run = next(store.runs())
    (store.root / "incoming").mkdir()
    os.rename(run.directory, store.root / "incoming" / run.id)
    finish_merge(store.root)
    assert run.status.state is State.FINISHED


@pytest.mark.parametrize("age", [-1e6, 0.0, 59.0, 61.0, 1e6])
def test_a_clock_that_jumps_ends_no_run(store, age):
    run = list(store.runs())[2]
    running = replace(run.status, state=State.RUNNING, host=socket.gethostname(), pid=1)

    def clock():
        return os.stat(run.directory / "status.json").st_mtime + age

    run.write_status(running)
    lock = Lock.take(run.directory / "lock")
    assert run.observed(clock).state is State.RUNNING
    run.write_status(replace(running, host="elsewhere"))
    assert run.observed(clock).state is State.RUNNING
    lock.release()
    # The lock tells the truth on this machine; of another one only the heartbeat is known.
    assert run.observed(clock).state is (State.CRASHED if age > 60 else State.RUNNING)
    run.write_status(running)
    assert run.observed(clock).state is State.CRASHED


def test_altered_schema_is_refused(store):
    run = next(store.runs())
    write_json(
        run.directory / "manifest.json", {**json.loads((run.directory / "manifest.json").read_text()), "schema": 9}
    )
    with pytest.raises(InputError, match="schema 9"):
        _ = run.manifest
