"""Sealed studies, damaged as they are, and damaged member by member with checksums that fit."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from cgplab.errors import InputError
from tests.fuzz import mutation
from tests.fuzz.harness import Reader
from tests.fuzz.mutation import Seeds
from tests.fuzz.store_readers import whole_run


def _sealed(random: Random, seeds: Seeds) -> bytes:
    """Sealed study in which one member is changed and all checksums of the file fit."""
    from cgplab.sealed.container import packed

    if random.random() < 0.2:
        return mutation.text(random, seeds)
    with zipfile.ZipFile(io.BytesIO(random.choice(seeds))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()[:-1]}
    name = random.choice(list(members))
    match random.randrange(6):
        case 0:
            members.pop(name)
        case 1:
            members[name] = members[random.choice(list(members))]
        case 2 if name.endswith(".parquet"):
            members[name] = _other_values(random, members[name])
        case _:
            members[name] = mutation.text(random, [members[name]])
    return packed(members)


def _other_values(random: Random, data: bytes) -> bytes:
    """The same table with other values in one column, of its type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(data))
    place = random.randrange(table.num_columns)
    field = table.schema.field(place)
    values = [_other(random, value) for value in table.column(place).to_pylist()]
    target = io.BytesIO()
    try:
        other = table.set_column(place, field, pa.array(values, field.type))
        pq.write_table(other, target, store_schema=False)
    except (pa.ArrowException, OverflowError, UnicodeError):
        return data
    return target.getvalue()


def _other(random: Random, value: object) -> object:
    if isinstance(value, list):
        return [_other(random, each) for each in value][: random.choice((None, None, 1, 0))]
    if isinstance(value, str):
        if not value.startswith(("{", "[")):
            return value * 2
        return mutation.document(random, [value.encode()]).decode(errors="replace")
    if isinstance(value, bytes):
        return mutation.text(random, [value])
    return random.choice((value, None, 0, -1, 1, 7, 2**31, 2**62, 0.5, float("nan")))


def _study(directory: Path) -> tuple[Seeds, Callable[[bytes], object]]:
    from cgplab.sealed import open_store
    from cgplab.sealed.writing import seal_runs
    from cgplab.store import Store

    run = whole_run(directory / "s")
    path = directory / "study.cgplab"
    seal_runs([run], Store(directory / "s"), path, 'name = "x"')

    def read(data: bytes) -> None:
        path.write_bytes(data)
        store = open_store(path)
        damages = store.verify()
        rows = store.table("mnist/test").rows
        if damages:
            raise InputError(damages[0].what)
        for each in store.runs():
            assert each.row("mnist/test") in rows
            _ = (each.best(), each.weights(), each.history(), each.progress(), each.weight_layers(), each.costs())

    return [path.read_bytes()], read


SEALED = (
    Reader(
        "sealed study",
        (
            "cgplab.schema.arrays:decode_arrays", "cgplab.sealed.container:Container.read",
            "cgplab.sealed.model_tables:unpack_tables", "cgplab.sealed.rows:unpack_rows",
            "cgplab.store.manifest:Manifest.from_fields",
        ),
        _study,
        _sealed,
        4,
    ),
)  # fmt: skip
