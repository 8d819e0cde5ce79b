"""Example runs are unpacked once, whole or not at all."""

import errno
import tarfile

import pytest

from cgplab.errors import InputError
from cgplab.running import examples, plan, run_all
from cgplab.running.lean import export_lean
from cgplab.store import Store


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A place for archives instead of the shipped ones, and a cache of its own."""
    monkeypatch.setattr(examples, "shipped_data", lambda: tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "examples").mkdir()
    return tmp_path / "examples"


def test_examples_are_unpacked_once(quick, tmp_path, shipped):
    with pytest.raises(InputError, match="make examples"):
        examples.example_store()
    store = Store(tmp_path / "made")
    runs = [store.create(manifest) for manifest in plan(quick)]
    run_all(runs, lambda run, progress: None)
    for name, run in zip("ab", runs, strict=True):
        export_lean([run], shipped / f"{name}.tar.xz")
    assert examples.unpacked_examples() is None
    left = tmp_path / "cache" / "cgplab" / ".examples-left"
    left.mkdir(parents=True)
    told = []
    found = examples.example_store(lambda done, total: told.append((done, total)))
    assert told == [(0, 0), (0, 2), (1, 2), (2, 2)]
    assert not left.exists()
    assert examples.unpacked_examples().root == found.root
    assert found.verify() == []
    assert found.table().rows == store.table().rows
    made = found.root.stat().st_mtime_ns
    assert examples.example_store().root == found.root
    assert found.root.stat().st_mtime_ns == made

    # Other archives are other examples.
    (shipped / "b.tar.xz").unlink()
    assert len(list(examples.example_store().runs())) == 1


def test_a_damaged_archive_leaves_nothing_behind(shipped, tmp_path):
    (shipped / "a.tar.xz").write_bytes(b"no archive")
    with pytest.raises(InputError, match="not a readable archive"):
        examples.example_store()
    assert [path.suffix for path in (tmp_path / "cache" / "cgplab").iterdir()] == [".lock"]
    assert examples.unpacked_examples() is None


def test_a_full_disk_is_told_and_leaves_nothing_behind(quick, tmp_path, shipped, monkeypatch):
    store = Store(tmp_path / "made")
    runs = [store.create(manifest) for manifest in plan(quick)]
    run_all(runs, lambda run, progress: None)
    export_lean(runs, shipped / "a.tar.xz")

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "makefile", full)
    with pytest.raises(InputError, match="No space left on device; free some space"):
        examples.example_store()
    assert [path.suffix for path in (tmp_path / "cache" / "cgplab").iterdir()] == [".lock"]


def test_a_cache_that_cannot_be_made_is_told(shipped, tmp_path, monkeypatch):
    (shipped / "a.tar.xz").write_bytes(b"")
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(InputError, match="set XDG_CACHE_HOME to another place"):
        examples.example_store()
