"""The table of runs: a column for each of :data:`cgplab.store.RUN_COLUMNS`, and the rows of progress of each run."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import inspect

from cgplab.errors import InputError
from cgplab.schema import Count
from cgplab.sealed.parquet import Rows, column, parquet_bytes
from cgplab.store import RUN_COLUMNS, State
from cgplab.store.row import STORED_ROW, WITHIN, within_budget

ROWS_OF_PROGRESS = "progress_rows"
NAMES = tuple(each.name for each in RUN_COLUMNS)
_KINDS: dict[str, Any] = {**STORED_ROW.__annotations__, ROWS_OF_PROGRESS: Count}
_ARROW = {
    inspect.StrType: pa.string(),
    inspect.LiteralType: pa.string(),
    inspect.IntType: pa.int64(),
    inspect.FloatType: pa.float64(),
    inspect.BoolType: pa.bool_(),
}


def _field(name: str, kind: Any) -> Any:
    info = inspect.type_info(kind)
    kinds = info.types if isinstance(info, inspect.UnionType) else (info,)
    plain = [each.type if isinstance(each, inspect.Metadata) else each for each in kinds]
    known = [_ARROW[type(each)] for each in plain if type(each) in _ARROW]
    return column(name, known[0], optional=len(known) < len(plain))


_STORED = tuple(name for name in NAMES if name != WITHIN)
SCHEMA = pa.schema([_field(name, _KINDS[name]) for name in (*_STORED, ROWS_OF_PROGRESS)])
IMAGES = "images"
"""Column that files of earlier versions do not have."""
_WORDS = tuple(field.name for field in SCHEMA if field.type in (pa.string(), pa.float64()))


def pack_rows(rows: Sequence[Mapping[str, Any]], progress: Sequence[int]) -> bytes:
    """Parquet of rows, and of how many rows of progress each run has."""
    columns = {name: [row[name] for row in rows] for name in _STORED}
    return parquet_bytes(SCHEMA, [{**columns, ROWS_OF_PROGRESS: progress}], words=_WORDS)


def unpack_rows(data: bytes, where: str) -> dict[str, list[Any]]:
    """Columns by name, validated as those of a store's index are; InputError where they are damaged.

    Files of earlier versions have no column :data:`IMAGES`.
    """
    table = Rows(data, SCHEMA, where, optional=(IMAGES,)).all()
    columns = {name: _values(table.column(name), _KINDS[name], f"{where} column {name}") for name in table.column_names}
    ids = columns["id"]
    if any(one >= other for one, other in pairwise(ids)):
        raise InputError(f"{where} is damaged: its runs are not in the order of their ids")
    if set(columns["state"]) - {State.FINISHED}:
        raise InputError(f"{where} is damaged: it holds runs that are not finished")
    columns[WITHIN] = list(map(within_budget, columns["error"], columns["threshold"]))
    return columns


def _values(found: Any, kind: Any, where: str) -> list[Any]:
    """Plain values of a column, each distinct text checked and made once."""
    if pa.types.is_string(found.type):
        coded = found.combine_chunks().dictionary_encode()
        if isinstance(coded, pa.ChunkedArray):
            coded = coded.unify_dictionaries().chunk(0) if coded.num_chunks else pa.array([], found.type)
            if not len(coded):
                return []
        texts = coded.dictionary.to_pylist()
        _check(texts, kind, where)
        # The last entry stands for a gap, at place -1.
        texts.append(None)
        if coded.null_count:
            _check([None], kind, where)
        return list(map(texts.__getitem__, coded.indices.fill_null(-1).to_pylist()))
    values: list[Any] = found.to_pylist()
    _check(values, kind, where)
    return values


def _check(values: list[Any], kind: Any, where: str) -> None:
    try:
        msgspec.convert(values, list[kind])
    except msgspec.ValidationError as error:
        raise InputError(f"{where} is damaged: {str(error).splitlines()[0]}") from error
