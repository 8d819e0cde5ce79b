"""What was sealed is read as it was, or not at all: never as other numbers, never as nothing."""

import json
import shutil
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cgplab.analysis import Frames, progress
from cgplab.cgp import Problem
from cgplab.errors import InputError
from cgplab.hardware import load_costs
from cgplab.schema import read_arrays
from cgplab.store import Store
from cgplab.store.carried import write_costs, write_problem
from cgplab.store.frames import last_progress, progress_frame
from cgplab.store.names import (
    BEST,
    CHECKSUMS,
    COSTS,
    HISTORY,
    MANIFEST,
    PROBLEM,
    PROGRESS,
    SEALED,
    SEALED_IF_PRESENT,
    WEIGHTS,
)  # fmt: skip
from cgplab.store.verify import verify_run

PLACES = 150


@pytest.fixture
def sealed(mixed):
    """A finished run that has every file a seal can name."""
    run = next(mixed.runs())
    problem = Problem(inputs=[[1, 2, 3]], targets=[[4, 5]])
    write_problem(run, problem)
    write_costs(run, load_costs())
    run.seal(run.status)
    assert verify_run(run) == []
    return run


def same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    return np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


def problem_of(run):
    problem = run.carried_problem()
    return {name: getattr(problem, name) for name in ("inputs", "targets", "mask", "weights")}


READERS = {
    BEST: lambda run: run.best(),
    WEIGHTS: lambda run: {**run.weights(), "": read_arrays(run.directory / WEIGHTS)["outputs"]},
    HISTORY: lambda run: run.history(),
    PROBLEM: problem_of,
    COSTS: lambda run: run.costs().sha256,
    PROGRESS: lambda run: run.progress(),
}


def test_every_sealed_file_is_looked_at():
    # The manifest is plain text, which `runs verify` and `runs merge` hold against its checksum.
    assert set(READERS) == {*SEALED, *SEALED_IF_PRESENT} - {MANIFEST}


@pytest.mark.parametrize("name", READERS)
def test_a_changed_byte_is_found_or_changes_nothing(sealed, random, name):
    path, read = sealed.directory / name, READERS[name]
    sound, expected = path.read_bytes(), read(sealed)
    found = 0
    # The ends hold directories and footers, which a few random places would miss.
    ends = [*range(min(40, len(sound))), *range(max(0, len(sound) - 120), len(sound))]
    for place in {*random.integers(len(sound), size=PLACES).tolist(), *ends}:
        data = bytearray(sound)
        data[place] ^= int(random.integers(1, 256))
        path.write_bytes(data)
        try:
            assert same(read(sealed), expected), f"byte {place} of {len(sound)} of {name} changes what is read"
        except InputError:
            found += 1
        assert verify_run(sealed), f"byte {place} of {name}"
    assert found > PLACES / 4


def test_pages_have_checksums_that_are_compared_without_a_seal(sealed):
    """Between its writing and its sealing, and in a lean archive, a file has no other checksum."""
    (sealed.directory / CHECKSUMS).unlink()
    path = sealed.directory / PROGRESS
    expected, sound = sealed.progress(), path.read_bytes()
    file = pq.ParquetFile(path)
    group = file.metadata.row_group(0)
    for number in range(group.num_columns):
        column = group.column(number)
        # The last bytes of a column belong to the values of its last page.
        start = column.dictionary_page_offset or column.data_page_offset
        place = start + column.total_compressed_size - 1
        data = bytearray(sound)
        data[place] ^= 1
        path.write_bytes(data)
        with pytest.raises(InputError, match="is damaged"):
            sealed.progress()
    path.write_bytes(sound)
    assert sealed.progress() == expected


def test_files_without_checksums_of_pages_are_held_against_the_seal(sealed):
    path = sealed.directory / PROGRESS
    expected = sealed.progress()
    pq.write_table(pq.read_table(path), path, compression="none")
    with pytest.raises(InputError, match="its checksum does not match"):
        sealed.progress()
    sealed.seal(sealed.status)
    assert sealed.progress() == expected
    data = path.read_bytes()
    number = int(expected[0]["generation"]).to_bytes(8, "little")
    assert number in data
    path.write_bytes(data.replace(number, (10**6).to_bytes(8, "little"), 1))
    for read in (sealed.progress, sealed.follow_progress().new_rows, lambda: progress_frame([sealed])):
        with pytest.raises(InputError, match="its checksum does not match"):
            read()


def test_rows_that_were_lost_are_told_everywhere(sealed, mixed):
    (sealed.directory / PROGRESS).unlink()
    runs = list(mixed.runs())
    for read in (
        sealed.progress,
        sealed.follow_progress().new_rows,
        lambda: progress_frame(runs),
        lambda: last_progress(runs),
    ):
        with pytest.raises(InputError, match=r"progress\.parquet is missing, though the run was sealed with it"):
            read()
    assert [damage.path.name for damage in verify_run(sealed)] == [PROGRESS]
    with pytest.warns(UserWarning, match=f"run {sealed.id} left out: .* is missing"):
        frame = progress(runs)
    assert sealed.id not in set(frame["id"])
    assert runs[1].id in set(frame["id"])
    with pytest.warns(UserWarning, match="is missing"):
        assert set(Frames(mixed)["progress"]["id"]) == set(frame["id"])


def test_runs_that_have_told_nothing_yet_are_no_damage(mixed):
    pending = list(mixed.runs())[-1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert progress([pending]).empty
    assert pending.progress() == pending.follow_progress().new_rows() == []


def test_a_reader_reads_a_sealed_file_once(sealed, monkeypatch):
    reader = sealed.follow_progress()
    rows = reader.new_rows()
    assert rows == sealed.progress()
    monkeypatch.setattr("cgplab.store.progress.read_progress", lambda _: pytest.fail("read again"))
    assert reader.new_rows() == []


def test_files_that_only_resemble_progress_are_left_alone(mixed):
    pending = list(mixed.runs())[-1]
    for name in ("x", "9" * 100, "١", "-1", ""):
        (pending.directory / f"progress.{name}.jsonl").write_text("{")
    assert pending.progress() == []


def test_a_table_of_other_columns_or_of_too_many_rows_is_refused(mixed):
    pending = list(mixed.runs())[-1]
    path = pending.directory / PROGRESS
    pq.write_table(pa.table({"x": [1]}), path)
    with pytest.raises(InputError, match="does not hold the columns"):
        pending.progress()
    pq.write_table(pa.table({"x": pa.nulls(20_000_000)}), path)
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match="no run has so many rows"):
        pending.progress()


def test_a_long_text_in_every_row_takes_its_memory_once(mixed):
    """7 KB that would unpack to 200 GB."""
    pending = list(mixed.runs())[-1]
    rows = 200_000
    phases = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), ["x" * 1_000_000])
    row = {"generation": 1, "error": 0, "energy": 0.5, "area": 1.0, "delay": 1.0, "depth": 1, "gate_count": 1}
    columns = {name: np.full(rows, value) for name, value in row.items()}
    table = pa.table({**columns, "phase": phases, "seconds": np.zeros(rows)})
    pq.write_table(table, pending.directory / PROGRESS, compression="zstd", store_schema=False)
    before = pa.total_allocated_bytes()
    with pytest.raises(InputError, match="a phase of 1,000,000 characters; at most 255 are allowed"):
        pending.progress()
    assert pa.default_memory_pool().max_memory() - before < 500 << 20


def thrift(number, length=0):
    """A whole number as the footer of a Parquet file writes it, in at least so many bytes."""
    number, digits = 2 * number, []
    while number or len(digits) < max(1, length):
        digits.append(number & 127)
        number >>= 7
    return bytes([*(digit | 128 for digit in digits[:-1]), digits[-1]])


def test_numbers_that_a_footer_forges_are_seen(mixed):
    """70 KB of 3,000,000 rows whose footer tells one row, and one byte."""
    pending = list(mixed.runs())[-1]
    path, rows = pending.directory / PROGRESS, 3_000_000
    with pq.ParquetFile(next(mixed.runs()).directory / PROGRESS) as file:
        schema = file.schema_arrow
    pq.write_table(pa.table([pa.nulls(rows, kind) for kind in schema.types], schema=schema), path, row_group_size=rows)
    size = pq.read_metadata(path).row_group(0).total_byte_size
    told = [
        (thrift(rows) + b"\x19", 1 + len(thrift(rows))),
        (thrift(size) + b"\x16" + thrift(rows), 1 + len(thrift(size))),
    ]
    data = path.read_bytes()
    for number, end in told:
        place = data.index(b"\x16" + number, len(data) - 8 - int.from_bytes(data[-8:-4], "little"))
        data = data[: place + 1] + thrift(1, end - 1) + data[place + end :]
    path.write_bytes(data)
    metadata = pq.read_metadata(path)
    assert (metadata.num_rows, metadata.row_group(0).total_byte_size) == (1, 1)
    with pytest.raises(InputError, match="no run has so many rows"):
        pending.progress()


def test_a_seal_that_names_too_little_is_damage(sealed, mixed, tmp_path):
    from cgplab.store.checksums import write_checked_json

    content = json.loads((sealed.directory / CHECKSUMS).read_text())["content"]
    for name in (*SEALED, *SEALED_IF_PRESENT):
        files = {other: checksum for other, checksum in content["files"].items() if other != name}
        write_checked_json(sealed.directory / CHECKSUMS, {**content, "files": files})
        assert [damage.what for damage in verify_run(sealed)] == [f"does not name {name}, though the run was sealed"]
    shutil.rmtree(sealed.directory)
    assert Store(mixed.root).verify() == []
