"""One altered byte, a file cut off, of a newer version or made to do harm: one line, and never another number."""

import hashlib
import io
import re
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cgplab.errors import InputError
from cgplab.sealed import open_store
from cgplab.sealed.container import VERSION, Container, packed
from cgplab.sealed.parquet import Rows
from tests.sealed.test_reading import READ

NAMES = (
    "study.toml", "runs.parquet", "documents.parquet", "progress.parquet", "circuits.parquet", "places.parquet",
    "histories.parquet", "weights.parquet", "carried.parquet", "tables.parquet",
)  # fmt: skip


def everything(path):
    """All that a file tells; the first damage ends it."""
    store = open_store(path)
    found = [
        store.study_text,
        store.table("mnist/train").rows,
        list(store.sensitivity_tables()),
        list(store.all_baselines()),
    ]
    return found + [read(run) for run in store.runs() for name, read in READ.items() if name not in ("weights", "row")]


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in NAMES}


def replaced(path, **new):
    """Put other bytes in the place of members, with checksums that fit."""
    parts = {name: new.get(name.split(".")[0], data) for name, data in members(path).items()}
    path.write_bytes(packed({name: data for name, data in parts.items() if data is not None}))


def refusal(read):
    with pytest.raises(InputError) as caught:
        read()
    message = str(caught.value)
    assert "\n" not in message
    return message


def told_of(path):
    """Messages about a damaged file, on opening it or when it is verified."""
    try:
        return [damage.what for damage in open_store(path).verify()]
    except InputError as error:
        return [str(error)]


def test_it_is_a_zip_file_that_anybody_can_read(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*NAMES, "index.json"]
        assert archive.comment.startswith(b"cgplab sealed study, format    1, ")
        assert pq.read_table(io.BytesIO(archive.read("runs.parquet"))).column("state").to_pylist() == ["finished"] * 3


def test_one_altered_byte_anywhere_is_found(path, random):
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        headers = [
            at for info in infos for at in range(info.header_offset, info.header_offset + 30 + len(info.filename))
        ]
        directory = range(archive.start_dir, len(data))
    contents = random.choice(len(data), 150, replace=False).tolist()
    each = [at for info in infos for at in (info.header_offset + 60, info.header_offset + 30 + len(info.filename))]
    for at in {*random.choice(headers, 60).tolist(), *random.choice(directory, 120).tolist(), *contents, *each}:
        damaged = bytearray(data)
        damaged[at] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        told = told_of(path)
        assert len(told) == 1, at
        assert re.fullmatch(f"{path}.*(altered|its checksum does not match).*", told[0]), at


def test_an_altered_member_is_found_when_it_is_first_used_and_the_others_serve(path):
    with zipfile.ZipFile(path) as archive:
        places = {info.filename: info.header_offset + 45 for info in archive.infolist()}
    data = path.read_bytes()
    for name in NAMES:
        damaged = bytearray(data)
        damaged[places[name]] ^= 1
        path.write_bytes(damaged)
        assert name in refusal(lambda: everything(path))
        if name != "runs.parquet":
            assert len(open_store(path).table().rows) == 3


def test_a_file_cut_anywhere_is_refused(path, random):
    data = path.read_bytes()
    for length in {0, 1, 21, 22, 118, len(data) - 1, *random.integers(len(data), size=60).tolist()}:
        path.write_bytes(data[:length])
        assert f"{path} is not a sealed study, or was truncated" in refusal(lambda: open_store(path))
    path.write_bytes(data + b" ")
    refusal(lambda: open_store(path))


def with_version(data, version):
    start = int(re.search(rb"index at +(\d+)", data)[1])
    data = data.replace(f"format {VERSION:4d}".encode(), f"format {version:4d}".encode())[:-64]
    return data + hashlib.sha256(data[start:]).hexdigest().encode()


def test_a_newer_version_names_both(path):
    path.write_bytes(with_version(path.read_bytes(), VERSION + 1))
    message = refusal(lambda: open_store(path))
    assert message.endswith(
        "has format 2 of sealed studies; this version of cgplab reads format 1: install a newer one"
    )


def test_what_is_no_sealed_study(path, tmp_path):
    for content in (b"", b"PK\3\4", b"x" * 1000, packed({})[:-1], path.read_bytes()[::-1]):
        path.write_bytes(content)
        assert "not a sealed study" in refusal(lambda: open_store(path))
    path.write_bytes(packed({}))
    assert "has no member runs.parquet" in refusal(lambda: open_store(path).table())


def test_every_member_must_be_there_and_be_what_it_says(path):
    whole = path.read_bytes()
    for name in NAMES:
        for content in (None, b"", b"no Parquet", b"PAR1" + bytes(50) + b"PAR1"):
            if name == "study.toml" and content is not None:
                continue
            replaced(path, **{name.split(".")[0]: content})
            assert str(path) in refusal(lambda: everything(path))
            assert open_store(path).verify()
            path.write_bytes(whole)
    replaced(path, study=b"\xff")
    assert "not UTF-8" in refusal(lambda: everything(path))
    replaced(path, study=b"x" * (2 << 20))
    assert "1,048,576 are allowed" in refusal(lambda: everything(path))


def table(path, name):
    return pq.read_table(io.BytesIO(members(path)[name]))


def parquet(content, **options):
    sink = io.BytesIO()
    pq.write_table(content, sink, **{"store_schema": False, **options})
    return sink.getvalue()


def changed(content, column, value):
    """A table with another value in the last row of a column."""
    values = content.column(column).to_pylist()
    values[-1] = value
    place = content.schema.get_field_index(column)
    field = content.schema.field(column)
    return content.set_column(place, field, pa.array(values, field.type))


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("runs", "seed", -1), ("runs", "energy", float("nan")), ("runs", "energy", -1.0), ("runs", "state", "running"),
        ("runs", "note", "x" * (1 << 21)), ("runs", "id", "0" * 26), ("runs", "progress_rows", 10**9),
        ("documents", "manifest", "{}"), ("documents", "status", "no JSON"), ("documents", "metrics", '{"x": 1}'),
        ("documents", "events", "[3]"), ("documents", "annotations", '{"tags": [], "note": 5}'),
        ("progress", "energy", -1.0), ("progress", "energy", float("inf")), ("progress", "generation_step", -(10**12)),
        ("progress", "phase", "x" * 300), ("circuits", "n_inputs", 10**12), ("circuits", "rows", -1),
        ("circuits", "arity", 0), ("circuits", "places", 7), ("circuits", "places", -1), ("circuits", "wires", []),
        ("circuits", "pins", [1, 2, 3]), ("circuits", "functions", [99]), ("places", "places", [-5]),
        ("places", "places", [10**6]), ("histories", "run", 10**6), ("histories", "changed", [-1, 1, 1]),
        ("histories", "at", [10**7]), ("histories", "energy", [-1.0, 1.0, 1.0]), ("histories", "generation", []),
        ("weights", "sha256", b"0" * 32), ("weights", "arrays", b"PK"), ("carried", "problem", b"PK\3\4"),
        ("carried", "run", 5), ("carried", "costs", "name\nx"), ("tables", "baselines", "{}"),
    ],
)  # fmt: skip
def test_values_are_checked_though_the_checksums_fit(path, name, column, value):
    whole = table(path, f"{name}.parquet")
    other = changed(whole, column, value)
    if name == "runs" and column == "state":
        other = whole.set_column(2, whole.schema.field("state"), pa.array(["finished", "finished", "running"]))
    replaced(path, **{name: parquet(other)})
    assert open_store(path).verify()
    assert str(path) in refusal(lambda: everything(path))


def test_a_table_of_runs_that_tells_something_else_than_the_documents_is_found(path):
    replaced(path, runs=parquet(changed(table(path, "runs.parquet"), "energy", 0.125)))
    damages = open_store(path).verify()
    assert len(damages) == 1
    assert "another energy" in damages[0].what


VALUES = {pa.string(): "x", pa.bool_(): True, pa.binary(): b"x", pa.binary(32): b"0" * 32}


SO_MANY = 10_000_000
"""More values than any small file may hold."""


def many_rows(field, rows):
    return pa.repeat(pa.scalar(VALUES.get(field.type, 0), field.type), rows)


def one_long_row(field, values):
    if not pa.types.is_list(field.type):
        return many_rows(field, 1)
    kind = field.type.value_type
    values = pa.repeat(pa.scalar(VALUES.get(kind, 0), kind), values)
    return pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values, type=field.type)


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_small_file_that_claims_very_many_rows_is_refused_unread(path, name):
    schema = table(path, name).schema
    lists = sum(pa.types.is_list(field.type) for field in schema)
    columns = [(one_long_row if lists else many_rows)(each, SO_MANY // (lists or len(schema))) for each in schema]
    many = pa.Table.from_arrays(columns, schema=schema)
    replaced(path, **{name.split(".")[0]: parquet(many, compression="zstd", row_group_size=1 << 30)})
    assert "unpacks to more than" in refusal(lambda: everything(path))


@pytest.mark.parametrize(("name", "column"), [("progress", "phase"), ("documents", "manifest"), ("runs", "note")])
def test_a_long_text_in_very_many_rows_is_refused_unread(path, name, column):
    """A few KB that would unpack to 200 GB."""
    rows = 150_000
    schema = table(path, f"{name}.parquet").schema
    text = pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), ["x" * 1_000_000])
    columns = {each.name: text if each.name == column else many_rows(each, rows) for each in schema}
    fields = [each.with_type(text.type) if each.name == column else each for each in schema]
    data = parquet(pa.table(columns, schema=pa.schema(fields)), compression="zstd")
    assert len(data) < 300_000
    before = pa.total_allocated_bytes()
    found = Rows(data, schema, "a member")
    for read in (found.all, lambda: found.group(0)):
        assert "unpacks to more than" in refusal(read)
    assert pa.total_allocated_bytes() - before < 100 << 20
    replaced(path, **{name: data})
    assert str(path) in refusal(lambda: everything(path))


def test_an_index_made_up_to_cover_bytes_twice_is_refused(path):
    container = Container(path)
    assert container.names == list(NAMES)
    data = packed({"a.bin": b"x" * 100, "b.bin": b"y" * 100})
    start = int(re.search(rb"index at +(\d+)", data)[1])
    for old, new in ((b'"start": 0', b'"start": 1'), (b'"size": 100', b'"size": 200'), (b'"b.bin"', b'"a.bin"')):
        altered = data[:start] + data[start:-64].replace(old, new)
        path.write_bytes(altered + hashlib.sha256(altered[start:]).hexdigest().encode())
        assert "its index was altered" in refusal(lambda: open_store(path))


def test_everything_is_read_from_a_sound_file(path):
    assert len(everything(path)) == 4 + 3 * (len(READ) - 2)
    assert np.array_equal(open_store(path).table().rows[0]["n_inputs"], 2)
