"""What is sealed, what is refused, and that values of every kind come through as they are."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.errors import InputError
from cgplab.sealed import open_store
from cgplab.sealed.container import Container, packed
from cgplab.sealed.progress import SealedProgress, pack_progress
from cgplab.sealed.writing import seal_runs
from cgplab.store.frames import PROGRESS_COLUMNS
from cgplab.store.names import BEST
from tests.sealed.every_kind import STUDY, finished

COUNTS = st.integers(0, 2**63 - 1)
AMOUNTS = st.none() | st.floats(0, 1e30)
ROWS = st.fixed_dictionaries({
    "generation": COUNTS, "error": st.none() | COUNTS, "energy": AMOUNTS, "area": AMOUNTS, "delay": AMOUNTS,
    "depth": st.none() | COUNTS, "gate_count": st.none() | COUNTS, "phase": st.none() | st.text(max_size=5),
    "seconds": AMOUNTS,
})  # fmt: skip


def test_the_same_runs_give_the_same_bytes_in_any_order(live, path, tmp_path):
    runs = finished(live)
    for number, order in enumerate((runs, runs[::-1])):
        seal_runs(order, live, tmp_path / f"{number}.cgplab", STUDY)
        assert (tmp_path / f"{number}.cgplab").read_bytes() == path.read_bytes()


def test_what_cannot_be_sealed_leaves_the_old_file(live, path, tmp_path):
    before = path.read_bytes()
    runs = finished(live)
    waiting = [run for run in live.runs() if run not in runs]
    for chosen, text, words in (
        ([], STUDY, "there are no runs to seal"),
        (list(live.runs()), STUDY, f"run {waiting[-1].id} is pending; only finished runs"),
        ([*runs, runs[0]], STUDY, f"run {runs[0].id} is named twice"),
        (runs, "é" * (1 << 20), "at most 1,048,576 can be sealed"),
        (runs, "x\udc80", "an invalid character at position 1"),
    ):
        with pytest.raises(InputError, match=words):
            seal_runs(chosen, live, path, text)
    with pytest.raises(InputError, match=r"must end with \.cgplab, not be 'study\.zip'"):
        seal_runs(runs, live, tmp_path / "study.zip", STUDY)
    (runs[0].directory / BEST).write_bytes(b"broken")
    with pytest.raises(InputError, match=f"run {runs[0].id} cannot be sealed: it is damaged there: best.npz"):
        seal_runs(runs, live, path, STUDY)
    assert path.read_bytes() == before
    assert {each.name for each in tmp_path.iterdir()} == {"s", "study.cgplab"}


def test_a_place_that_cannot_be_written(live, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write"):
        seal_runs(finished(live), live, tmp_path / "file" / "x.cgplab", STUDY)


def test_a_part_of_a_sealed_study_can_be_sealed(sealed, tmp_path):
    chosen = list(sealed.runs())[1:]
    seal_runs(chosen, sealed, tmp_path / "deep" / "part.cgplab", "")
    part = open_store(tmp_path / "deep" / "part.cgplab")
    assert part.table().rows == sealed.table().rows[1:]
    assert part.verify() == []
    assert part.study_text == ""
    assert len(list(part.sensitivity_tables())) == 2


@given(st.lists(st.lists(ROWS, max_size=5), max_size=5))
def test_progress_comes_through(runs):
    ids = [f"{number:026d}" for number in range(len(runs))]
    data, counts = pack_progress(runs)
    found = SealedProgress(data, ids, np.array(counts, dtype=np.int64), "x")
    assert [found.rows(number) for number in range(len(runs))] == runs
    table = found.table(ids[1:], PROGRESS_COLUMNS).to_pylist()
    assert table == [{"run": name, **row} for name, rows in zip(ids[1:], runs[1:], strict=True) for row in rows]


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}\.bin", fullmatch=True), st.binary(max_size=300), max_size=5))
def test_members_come_through(parts):
    with TemporaryDirectory() as directory:
        path = Path(directory) / "members.cgplab"
        path.write_bytes(packed(parts))
        container = Container(path)
        assert {name: container.read(name) for name in container.names} == parts
        assert list(container.damages()) == []
