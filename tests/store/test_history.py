"""A history of improvements is bounded, ordered, and reads back the same."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.cgp import Circuit, Geometry
from cgplab.errors import InputError
from cgplab.files import write_npz
from cgplab.store import Snapshot
from cgplab.store.history import MOST_SNAPSHOTS, History, most_snapshots, read_history, write_history
from tests.thorough import examples

SMALL = [Circuit.random(Geometry(9, 16, 3, 4, 5), seed) for seed in range(5)]


def snapshot(generation, circuit=None):
    energy = None if generation < 10 else 1.0 / generation
    return Snapshot(generation, 1000 - generation, energy, circuit or SMALL[generation % len(SMALL)])


@settings(max_examples=examples(30))
@given(st.lists(st.integers(0, 3), max_size=300))
def test_it_is_bounded_and_keeps_the_first_and_the_newest(steps):
    history = History([snapshot(0)])
    generation = 0
    for step in steps:
        generation += step
        history.take(snapshot(generation))
        kept = [taken.generation for taken in history.snapshots]
        assert kept == sorted(set(kept))
        assert (kept[0], kept[-1]) == (0, generation)
        assert len(kept) <= MOST_SNAPSHOTS
    assert len(history.snapshots) >= min(1 + len(set(steps) - {0}), MOST_SNAPSHOTS // 2)


def test_large_circuits_are_kept_less_often():
    large = Circuit.random(Geometry(9, 200_000, 3, 4, 5), 1)
    history = History()
    for generation in range(20):
        history.take(snapshot(generation, large))
        assert len(history.snapshots) <= most_snapshots(200_036) == 4
    assert history.snapshots[-1].generation == 19


def test_it_reads_back_the_same_and_is_written_only_when_it_changed(tmp_path):
    path = tmp_path / "history.npz"
    assert read_history(path) == []
    snapshots = [snapshot(generation) for generation in (0, 3, 50, 51)]
    write_history(path, snapshots)
    assert read_history(path) == snapshots
    history = History(snapshots)
    path.unlink()
    history.take(snapshots[-1])
    history.store(path)
    assert not path.exists()
    history.take(snapshot(51, SMALL[0]))  # neutral drift
    history.store(path)
    assert read_history(path) == [*snapshots[:-1], snapshot(51, SMALL[0])]
    history.forget_after(20)
    history.store(path)
    assert read_history(path) == snapshots[:2]


def test_damage_is_named(tmp_path):
    path = tmp_path / "history.npz"
    write_history(path, [snapshot(1), snapshot(2)])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"history\.npz"):
        read_history(path)


@pytest.mark.parametrize("sizes", [(64, 200_000), (100_000, 1), (2, 8_000_000), (4, 16_777_000)])
def test_a_small_file_takes_little_memory_whatever_it_claims(tmp_path, sizes):
    path = tmp_path / "history.npz"
    write_history(path, [snapshot(1), snapshot(2)])
    with np.load(path) as archive:
        arrays = dict(archive)
    count, outputs = sizes
    genes = {"gates": np.zeros((count, 1, 3), np.int8), "outputs": np.zeros((count, outputs), np.int8)}
    write_npz(path, {**arrays, **genes})
    check_memory(path)
    write_npz(path, {**arrays, "energy": np.zeros(count * outputs)})
    check_memory(path)


def check_memory(path):
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r"history\.npz"):
            read_history(path)
        assert tracemalloc.get_traced_memory()[1] < 400 << 20
    finally:
        tracemalloc.stop()
