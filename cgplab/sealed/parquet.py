"""Parquet members: written the same way every time, read against a schema, in bounds, a group of rows at a time."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.unpacked_size import check_size

SPLIT = "BYTE_STREAM_SPLIT"
"""Encoding that brings the high bytes of many numbers together, which pack better so."""
_LEVEL = 19
_PAGE_BYTES = 1 << 24
"""Large pages: runs of one seed share most of their unused genes, far from each other."""
_VALUE_BYTES = 16
"""Of a value in memory, on average at most; texts come on top."""
_WAY_OUT = "no study has so many values"


def column(name: str, kind: Any, *, optional: bool = False) -> Any:
    """Field of a schema."""
    return pa.field(name, kind, nullable=optional)


def lists(name: str, kind: Any, *, optional_items: bool = False) -> Any:
    """Field of lists, one for each row."""
    return pa.field(name, pa.list_(pa.field("element", kind, nullable=optional_items)), nullable=False)


def list_array(parts: Sequence[NDArray[Any]], field: Any) -> Any:
    """Arrays, one for each row, as a column."""
    offsets = np.zeros(len(parts) + 1, dtype=np.int32)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    values = np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)
    values = pa.array(values, field.type.value_type, from_pandas=True)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=field.type)


def groups_of(sizes: Sequence[int], most: int) -> list[slice]:
    """Rows cut into groups of at most ``most`` values together, where a single row does not have more."""
    cuts, held = [0], 0
    for row, size in enumerate(sizes):
        if row > cuts[-1] and held + size > most:
            cuts.append(row)
            held = 0
        held += size
    return [slice(begin, end) for begin, end in pairwise([*cuts, len(sizes)]) if end > begin]


def parquet_bytes(
    schema: Any, groups: Iterable[Mapping[str, Any]], split: Sequence[str] = (), words: Sequence[str] = ()
) -> bytes:
    """A Parquet file.

    Parameters
    ----------
    schema : pyarrow.Schema
    groups : iterable of mapping
        Columns of each group of rows.
    split : sequence of str
        Columns, those of lists with ``.list.element`` behind their names, whose bytes are to be split.
    words : sequence of str
        Columns of few distinct values.
    """
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink, schema, compression="zstd", compression_level=_LEVEL, use_dictionary=list(words), write_statistics=False,
        column_encoding=dict.fromkeys(split, SPLIT) or None, store_schema=False, data_page_size=_PAGE_BYTES,
        dictionary_pagesize_limit=_PAGE_BYTES, write_page_checksum=True,
    ) as writer:  # fmt: skip
        for group in groups:
            table = pa.table({name: group[name] for name in schema.names}, schema=schema)
            writer.write_table(table, row_group_size=max(1, len(table)))
    return bytes(sink.getvalue())


class Rows:
    """Rows of a Parquet member.

    Parameters
    ----------
    data : bytes
    schema : pyarrow.Schema
        It must have exactly this one.
    where : str
        What messages call it.
    optional : collection of str
        Columns that may be absent: files of earlier versions lack them.

    Attributes
    ----------
    starts : (groups + 1,) int64
        First row of each group, and the number of rows.

    Raises
    ------
    InputError
        It is damaged, has other columns, or claims far more values than its size allows.
    """

    def __init__(self, data: bytes, schema: Any, where: str, optional: Collection[str] = ()) -> None:
        self.where = where
        self._size = len(data)
        self._lock = Lock()  # sessions and watchers of the dashboard read at the same time
        with self._reading():
            with pq.ParquetFile(pa.BufferReader(data)) as file:
                found = file.metadata
                there = file.schema_arrow.names
                schema = pa.schema([field for field in schema if field.name in there or field.name not in optional])
                if not file.schema_arrow.equals(schema):
                    raise InputError(f"{where} is damaged: it does not have the columns {', '.join(schema.names)}")
            self._schema, self._names = schema, list(schema.names)
            # A long text that stands in every row takes its memory once, until it is known how often it does.
            words = [leaf for field in schema if (leaf := _leaf_of_texts(field)) is not None]
            self._file = pq.ParquetFile(
                pa.BufferReader(data), metadata=found, page_checksum_verification=True, read_dictionary=words
            )
            groups = [found.row_group(number) for number in range(found.num_row_groups)]
            counts = [group.num_rows for group in groups]
            if min(counts, default=0) < 0 or sum(counts) != found.num_rows:
                raise InputError(f"{where} is damaged: it has {found.num_rows} rows in groups of {sum(counts)}")
            for group in groups:
                values = [group.column(each).num_values for each in range(group.num_columns)]
                for size in (group.total_byte_size, sum(values) * _VALUE_BYTES):
                    check_size(size, self._size, where, _WAY_OUT)
        self.starts: NDArray[np.int64] = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)

    def __len__(self) -> int:
        return int(self.starts[-1])

    def group(self, number: int, columns: Sequence[str] | None = None) -> Any:
        """Arrow table of a group of rows."""
        with self._lock, self._reading():
            table = self._file.read_row_group(number, columns or self._names, use_threads=False)
            return self._checked(table, int(self.starts[number + 1] - self.starts[number]))

    def all(self, columns: Sequence[str] | None = None) -> Any:
        """Arrow table of all rows."""
        with self._lock, self._reading():
            return self._checked(self._file.read(columns or self._names, use_threads=False), len(self))

    def by_run(self, runs: int) -> dict[int, int]:
        """Row of each run that has one, by its number in the column ``run``; there are ``runs`` runs."""
        found: list[int] = self.all(["run"]).column("run").to_pylist()
        if found != sorted(set(found)) or not all(0 <= run < runs for run in found):
            raise InputError(f"{self.where} is damaged: it refers to runs that the study does not have")
        return {run: row for row, run in enumerate(found)}

    def place(self, row: int) -> tuple[int, int]:
        """Group of a row, and its place in it."""
        group = int(np.searchsorted(self.starts, row, side="right")) - 1
        return group, row - int(self.starts[group])

    def _checked(self, table: Any, rows: int) -> Any:
        """A table of so many rows whose texts, lists and gaps are what its schema says."""
        table.validate(full=True)
        if len(table) != rows:
            raise InputError(f"{self.where} is damaged: it has {len(table)} rows where it claims {rows}")
        for name, values in zip(table.schema.names, table.columns, strict=True):
            field = self._schema.field(name)
            gaps = values.null_count
            if pa.types.is_list(field.type) and not field.type.value_field.nullable:
                gaps += sum(chunk.values.null_count for chunk in values.chunks)
            if gaps and not field.nullable:
                raise InputError(f"{self.where} is damaged: the column {field.name} has gaps")
            check_size(sum(map(_bytes_of_texts, values.chunks)), self._size, self.where, _WAY_OUT)
        return table.cast(pa.schema([self._schema.field(name) for name in table.schema.names]))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except InputError:
            raise
        except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError, IndexError, KeyError) as error:
            text = (str(error) or type(error).__name__).splitlines()[0][:200]
            raise InputError(f"{self.where} is damaged: {text}") from error


def _leaf_of_texts(field: Any) -> str | None:
    """Column of a Parquet file that holds the texts or bytes of a field; None where it has none."""
    is_list = pa.types.is_list(field.type)
    kind = field.type.value_type if is_list else field.type
    if not (pa.types.is_string(kind) or pa.types.is_binary(kind)):
        return None
    return f"{field.name}.list.element" if is_list else str(field.name)


def _bytes_of_texts(chunk: Any) -> int:
    """Bytes that the coded texts of a column take once they are written out."""
    values = chunk.values if pa.types.is_list(chunk.type) else chunk
    if not pa.types.is_dictionary(values.type):
        return 0
    lengths = pc.binary_length(values.dictionary).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    if not len(lengths):
        return 0
    times = np.bincount(values.indices.drop_null().to_numpy(zero_copy_only=False), minlength=len(lengths))
    return int((lengths * times).sum())


def parts(column: Any) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Values of a column of lists one behind the other, and where each list begins and the last one ends."""
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0) if whole.num_chunks else pa.array([], column.type)
    return whole.values.to_numpy(zero_copy_only=False), whole.offsets.to_numpy().astype(np.int64)
