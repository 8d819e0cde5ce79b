"""Lean archives give back what was put in, and refuse to give anything else."""

import tarfile
from dataclasses import replace

import numpy as np
import pytest

from cgplab.errors import InputError
from cgplab.files import disposable, write_npz
from cgplab.running import plan, run_all
from cgplab.running.lean import complete, export_lean
from cgplab.schema import read_arrays
from cgplab.store import Store
from cgplab.store.names import LEAN

SEALED = ("manifest.json", "status.json", "best.npz", "weights.npz")


def carried_out(request, root):
    store = Store(root)
    runs = [store.create(manifest) for manifest in plan(request)]
    run_all(runs, lambda run, progress: None)
    return store, runs


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"wiring": "evolved"},
        {"method": "construct", "grids": ["8x6"]},
        {"selection": "all_layers", "grids": ["8x6"]},
        {"selection": "mobilenet", "grids": ["8x6"]},
    ],
)
def test_a_lean_archive_gives_back_every_bit(quick, tmp_path, changes):
    store, runs = carried_out(replace(quick, **changes), tmp_path / "a")
    archive = tmp_path / "lean.tar.xz"
    assert export_lean(runs, archive) == len(runs)
    other = Store(tmp_path / "b")
    other.merge(archive)
    for run, theirs in zip(runs, other.runs(), strict=True):
        assert not theirs.has_best()
        assert complete(theirs)
        assert not complete(theirs)
        for name in SEALED:
            assert (theirs.directory / name).read_bytes() == (run.directory / name).read_bytes()
        assert theirs.progress() == run.progress()
        assert theirs.history() == run.history()
        assert bool(run.history()) == (run.manifest.method == "evolve")
    assert other.verify() == []
    assert other.table().rows == store.table().rows


def test_archives_with_progress_in_lines_are_still_read(quick, tmp_path):
    _, runs = carried_out(replace(quick, strategies=[0.0]), tmp_path / "a")
    export_lean(runs, tmp_path / "lean.tar.gz")
    other = Store(tmp_path / "b")
    other.merge(tmp_path / "lean.tar.gz")
    (theirs,) = other.runs()
    (theirs.directory / "progress.parquet").unlink()
    # They had no checksums of these files.
    lean = read_arrays(theirs.directory / LEAN)
    write_npz(theirs.directory / LEAN, {name: array for name, array in lean.items() if name != "files"})
    writer = theirs.open_progress(1)
    writer.write(runs[0].progress())
    writer.close()
    assert complete(theirs)
    assert theirs.progress() == runs[0].progress()
    assert other.verify() == []


def test_what_is_disposable_is_not_packed_but_the_same(quick, tmp_path):
    _, runs = carried_out(quick, tmp_path / "a")
    export_lean(runs, tmp_path / "lean.tar.gz")
    other = Store(tmp_path / "b")
    other.merge(tmp_path / "lean.tar.gz")
    with disposable():
        assert [complete(theirs) for theirs in other.runs()] == [True, True]
    assert other.verify() == []
    for run, theirs in zip(runs, other.runs(), strict=True):
        assert theirs.best() == run.best()
        packed, plain = ((r.directory / "weights.npz") for r in (run, theirs))
        assert packed.stat().st_size < plain.stat().st_size
        assert all(np.array_equal(array, read_arrays(plain)[name]) for name, array in read_arrays(packed).items())


def test_what_cannot_be_made_again_goes_whole(quick, tmp_path):
    store = Store(tmp_path / "a")
    altered, pending = (store.create(manifest) for manifest in plan(quick))
    run_all([altered], lambda run, progress: None)
    altered.write_weights(np.zeros((1, 16), np.int8), {"conv1": np.zeros((6, 1, 5, 5), np.int8)})
    assert export_lean([altered, pending], tmp_path / "lean.tar.gz") == 0
    with tarfile.open(tmp_path / "lean.tar.gz") as tar:
        assert f"runs/{altered.id}/weights.npz" in tar.getnames()
    other = Store(tmp_path / "b")
    assert list(other.merge(tmp_path / "lean.tar.gz").refused) == [altered.id]
    (taken,) = other.runs()
    assert taken.status.state == pending.status.state


def test_other_weights_than_before_are_refused(quick, tmp_path):
    _, runs = carried_out(replace(quick, strategies=[0.0]), tmp_path / "a")
    export_lean(runs, tmp_path / "lean.tar.xz")
    other = Store(tmp_path / "b")
    other.merge(tmp_path / "lean.tar.xz")
    (run,) = other.runs()
    arrays = read_arrays(run.directory / LEAN)
    write_npz(run.directory / LEAN, {**arrays, "pins": np.roll(arrays["pins"], 1)})
    with pytest.raises(InputError, match="makes other weights"):
        complete(run)
    write_npz(run.directory / LEAN, {"gates": arrays["gates"]})
    with pytest.raises(InputError, match="lacks the array"):
        complete(run)


@pytest.mark.parametrize("name", ["manifest.json", "status.json", "progress.parquet", "history.npz"])
def test_what_a_lean_archive_carries_is_checked_before_it_is_taken(quick, tmp_path, name):
    _, runs = carried_out(replace(quick, strategies=[0.0]), tmp_path / "a")
    export_lean(runs, tmp_path / "lean.tar.gz")
    with tarfile.open(tmp_path / "lean.tar.gz") as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    path = tmp_path / "unpacked" / "runs" / runs[0].id / name
    data = path.read_bytes()
    path.write_bytes(data.replace(b"300", b"301") if name.endswith(".json") else data[:-1] + b"x")
    assert path.read_bytes() != data
    other = Store(tmp_path / "b")
    assert list(other.merge(tmp_path / "unpacked", complete).refused) == [runs[0].id]
    assert list(other.runs()) == []
    path.write_bytes(data)
    assert other.merge(tmp_path / "unpacked", complete).added == [runs[0].id]
    assert other.verify() == []
