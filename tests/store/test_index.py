"""The index is disposable whatever is done to it, and looking writes nothing where there is no store."""

import json
import os
import shutil
import subprocess
import sys
import threading

import pytest

from cgplab.cli import main
from cgplab.errors import InputError
from cgplab.paths import shipped_data
from cgplab.store import Store
from cgplab.store.index import index_path
from tests.waiting import SECONDS

LOOK = """
import sys
from pathlib import Path
from cgplab.store import Store
store = Store(Path(sys.argv[1]))
expected = store.table().rows
print("looks", flush=True)
looks = 0
while not Path(sys.argv[1], "enough").exists() or looks < 20:
    assert store.table().rows == expected
    looks += 1
"""
FILES = ("index.sqlite", "index.sqlite-wal", "index.sqlite-shm", "index.sqlite-journal")


def garbage(path, random):
    path.write_bytes(random.bytes(3 * 4096))


def emptied(path, random):
    path.write_bytes(b"")


def overwritten(path, random):
    if path.exists():
        with path.open("r+b") as file:
            file.seek(int(random.integers(max(1, path.stat().st_size))))
            file.write(random.bytes(600))
    else:
        garbage(path, random)


def cut(path, random):
    if path.exists():
        os.truncate(path, path.stat().st_size // 3)


def into_a_directory(path, random):
    path.unlink(missing_ok=True)
    path.mkdir()
    (path / "x").touch()


def removed(path, random):
    path.unlink(missing_ok=True)


def test_readers_survive_whatever_becomes_of_the_index(mixed, random):
    readers = [
        subprocess.Popen([sys.executable, "-c", LOOK, mixed.root], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    try:
        for reader in readers:
            assert reader.stdout.readline() == b"looks\n"
        for _ in range(15):
            for name in FILES:
                for spoil in (garbage, emptied, overwritten, cut, removed):
                    try:
                        spoil(mixed.root / name, random)
                    except FileNotFoundError:
                        pass  # taken away between two steps
                    except OSError as error:
                        raise AssertionError(spoil) from error
        (mixed.root / "enough").touch()
        told = [reader.communicate(timeout=SECONDS)[1].decode() for reader in readers]
        assert [(reader.returncode, text) for reader, text in zip(readers, told, strict=True)] == [(0, "")] * 2
    finally:
        for reader in readers:
            reader.kill()
            reader.wait()


@pytest.mark.parametrize("name", FILES)
def test_a_directory_in_the_place_of_a_file_costs_a_scan(mixed, random, name):
    expected = mixed.table().rows
    into_a_directory(mixed.root / name, random)
    assert mixed.table().rows == expected
    assert mixed.reindex().rows == expected
    assert mixed.table().rows == expected


def test_no_memory_is_mapped_and_an_index_with_a_log_is_made_anew(mixed):
    import sqlite3

    expected = mixed.table().rows
    path = index_path(mixed.root)
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE format (name TEXT)")
        database.commit()
        assert path.with_name(path.name + "-shm").exists()
        # Its memory is mapped; an earlier version may still be looking.
        assert mixed.table().rows == expected
    database.close()
    assert mixed.table().rows == expected
    assert sorted(found.name for found in mixed.root.iterdir() if found.is_file()) == ["index.sqlite"]
    assert path.read_bytes()[18:20] == b"\1\1"


def test_altered_numbers_in_the_index_are_not_shown(mixed):
    expected = mixed.table().rows
    path = index_path(mixed.root)
    seed = json.dumps({"seed": expected[0]["seed"]})[1:-1].encode()
    data = path.read_bytes()
    assert seed in data
    path.write_bytes(data.replace(seed, seed.replace(b"7", b"9")))
    assert mixed.table().rows == expected
    path.write_bytes(data.replace(b'{"id"', b'{{id"'))
    assert mixed.table().rows == expected
    path.write_bytes(data.replace(b'{"id"', b'{"\xff\xfe"'))
    assert mixed.table().rows == expected


def test_many_look_at_once_while_somebody_changes_runs(mixed):
    failures = []
    stop = threading.Event()

    def look():
        while not stop.is_set():
            try:
                assert len(mixed.table().rows) == 4
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    run = next(mixed.runs())
    for number in range(20):
        run.annotate(note=str(number))
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert mixed.table().rows[0]["note"] == "19"


READING = [
    ["runs", "list"],
    ["runs", "list", "--json"],
    ["runs", "show", "X"],
    ["runs", "verify"],
    ["runs", "reindex"],
    ["runs", "tag", "X", "y"],
    ["runs", "note", "X"],
    ["runs", "delete", "X", "--yes"],
    ["runs", "export", "x.csv"],
    ["figures", "--all"],
    ["stats", "--response", "energy", "--factor", "strategy"],
    ["metrics", "--batch", "last"],
    ["compression", "--batch", "last"],
    ["export", "X"],
    ["synth", "X", "--liberty", "y"],
    ["pause", "all"],
    ["resume", "all"],
    ["stop", "all"],
    ["retry", "all"],
    ["export-thesis", "X", "--out", "y"],
    ["submit", "slurm"],
    ["dashboard"],
]


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_folder_that_is_no_store_is_told_and_left_alone(tmp_path, arguments, capsys, monkeypatch):
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "cat.txt").touch()
    monkeypatch.setattr("sys.argv", ["cgplab", *arguments, "--store", str(folder)])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert ended.value.code == 2
    assert len(told.err.splitlines()) == 1
    assert "not a store" in told.err
    assert [path.name for path in folder.iterdir()] == ["cat.txt"]
    # matplotlib may have made its own cache.
    assert {path.name for path in tmp_path.iterdir()} <= {"pictures", "cache"}
    assert not (tmp_path / "cache" / "cgplab").exists()


def test_looking_writes_nothing_where_there_are_no_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for place in (tmp_path / "new", tmp_path / "empty", tmp_path / "other"):
        if place.name != "new":
            place.mkdir()
        if place.name == "other":
            (place / "x").touch()
        assert Store(place).table().rows == []
    # A fresh place is offered as a store until it has one.
    assert Store.open(tmp_path / "new").table().rows == []
    assert Store.open(tmp_path / "empty").table().rows == []
    assert Store.open(tmp_path / "other", to_fill=True).table().rows == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["empty", "other", "x"]
    with pytest.raises(InputError, match="is not a store: it has no runs directory"):
        Store.open(shipped_data() / "examples")
    shutil.rmtree(tmp_path / "empty")


def test_the_users_data_directory_is_a_store_before_it_has_runs(tmp_path, monkeypatch):
    monkeypatch.delenv("CGPLAB_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    (tmp_path / "cgplab" / "datasets").mkdir(parents=True)
    assert Store.open().table().rows == []
    assert Store.open(tmp_path / "cgplab").table().rows == []
    assert [path.name for path in (tmp_path / "cgplab").iterdir()] == ["datasets"]
