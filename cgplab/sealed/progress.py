"""Progress of all runs in one table: generations as steps and errors as falls within a run, which pack better."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.schema.kinds import LARGEST, MOST_NAME
from cgplab.sealed.parquet import Rows, column, parquet_bytes
from cgplab.store.frames import PROGRESS_COLUMNS
from cgplab.store.progress import Row

_COUNTS = ("depth", "gate_count")
_STEPS = {"generation": "generation_step", "error": "error_fall"}
SCHEMA = pa.schema([
    column("generation_step", pa.int64()),
    column("error_fall", pa.int64(), optional=True),
    column("energy", pa.float64(), optional=True),
    column("area", pa.float64(), optional=True),
    column("delay", pa.float64(), optional=True),
    column("depth", pa.int64(), optional=True),
    column("gate_count", pa.int64(), optional=True),
    column("phase", pa.string(), optional=True),
    column("seconds", pa.float64(), optional=True),
])  # fmt: skip
_SPLIT = (*_STEPS.values(), *_COUNTS)
_WORDS = ("phase", "delay", "seconds")
_GROUP = 500_000
"""Rows that are read at once."""
_KEPT = 2


def pack_progress(runs: Iterable[Sequence[Row]]) -> tuple[bytes, list[int]]:
    """Parquet of the rows of runs, run by run, and how many rows each has."""
    counts: list[int] = []
    return parquet_bytes(SCHEMA, map(_group, _together(runs, counts)), _SPLIT, _WORDS), counts


def _together(runs: Iterable[Sequence[Row]], counts: list[int]) -> Iterator[list[Sequence[Row]]]:
    """Runs in groups of at most so many rows, never more than one group in memory; counts are added as they come."""
    group: list[Sequence[Row]] = []
    held = 0
    for rows in runs:
        if group and held + len(rows) > _GROUP:
            yield group
            group, held = [], 0
        group.append(rows)
        held += len(rows)
        counts.append(len(rows))
    if group:
        yield group


def _group(runs: Sequence[Sequence[Row]]) -> dict[str, Any]:
    told: dict[str, list[Any]] = {name: [row[name] for rows in runs for row in rows] for name in PROGRESS_COLUMNS}
    firsts = _firsts([len(rows) for rows in runs])
    found: dict[str, Any] = {name: values for name, values in told.items() if name not in _STEPS}
    for name, sign in (("generation", 1), ("error", -1)):
        gaps = np.array([value is None for value in told[name]], dtype=bool)
        values = _filled([value or 0 for value in told[name]], gaps, firsts)
        steps = np.diff(values, prepend=0)
        steps[firsts] = values[firsts]
        found[_STEPS[name]] = pa.array(sign * steps, mask=gaps)
    return found


def _firsts(sizes: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """First row of each run that has any."""
    counts = np.asarray(sizes, dtype=np.int64)
    starts = np.cumsum(counts) - counts
    first: NDArray[np.int64] = starts[counts > 0]
    return first


def _filled(values: Sequence[int], gaps: NDArray[np.bool_], firsts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Values, the last one of the same run in place of a gap, and 0 before there is any."""
    known = np.where(gaps, -1, np.arange(len(gaps)))
    known[firsts] = firsts  # a gap there has the value 0
    filled: NDArray[np.int64] = np.array(values, dtype=np.int64)[np.maximum.accumulate(known)]
    return filled


def _summed(steps: NDArray[np.int64], firsts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sums of steps, begun anew at each of ``firsts``."""
    sums = np.cumsum(steps)
    if not len(firsts):
        return sums
    before = sums[firsts] - steps[firsts]
    return sums - np.repeat(before, np.diff(firsts, append=len(steps)))


class SealedProgress:
    """Rows of progress by run, see :class:`cgplab.store.progress.SharedProgress`.

    Parameters
    ----------
    data : bytes
    ids : sequence of str
    counts : (runs,) int64
        Rows of each run.
    where : str
        What messages call the file.

    Raises
    ------
    InputError
        It is damaged, or has more or fewer rows than the runs.
    """

    def __init__(self, data: bytes, ids: Sequence[str], counts: NDArray[np.int64], where: str) -> None:
        self._where = where
        self._rows = Rows(data, SCHEMA, where)
        self._ids = ids
        self._places: Mapping[str, int] = {name: place for place, name in enumerate(ids)}
        self._counts = counts
        self._ends = np.cumsum(counts)
        starts = self._rows.starts
        whole = np.isin(starts[1:-1], self._ends)
        if len(self._rows) != int(counts.sum()) or (counts < 0).any() or not whole.all():
            raise InputError(f"{where} is damaged: its rows are not those of the runs")
        self._columns = lru_cache(maxsize=_KEPT)(self._read)

    def rows(self, run: int) -> list[Row]:
        """Rows of a run, given by its place."""
        size, end = int(self._counts[run]), int(self._ends[run])
        if not size:
            return []
        group, place = self._rows.place(end - size)
        found: list[Row] = self._columns(group, PROGRESS_COLUMNS).slice(place, size).to_pylist()
        return found

    def table(self, runs: Sequence[str], columns: Sequence[str]) -> Any:
        """Arrow table with ``run``, the id, and some columns of the rows of runs."""
        chosen = np.zeros(len(self._ids), dtype=bool)
        chosen[[self._places[name] for name in runs]] = True
        parts = list(self._parts(chosen, tuple(columns)))
        return pa.concat_tables(parts) if parts else _nothing(columns)

    def _parts(self, chosen: NDArray[np.bool_], columns: tuple[str, ...]) -> Iterator[Any]:
        for group, (begin, end) in enumerate(zip(self._rows.starts, self._rows.starts[1:], strict=False)):
            first, last = np.searchsorted(self._ends, [begin, end], side="right").tolist()
            runs = slice(first, last)
            wanted = chosen[runs]
            if not wanted.any():
                continue
            each = np.repeat(np.arange(last - first), self._counts[runs])
            names = pa.array(self._ids[runs])
            coded = pa.DictionaryArray.from_arrays(pa.array(each, pa.int32()), names)
            table = self._columns(group, columns).add_column(0, "run", coded)
            yield table if wanted.all() else table.filter(pa.array(wanted[each]))

    def _read(self, group: int, columns: tuple[str, ...]) -> Any:
        """Rows of a group as they were told, checked."""
        stored = self._rows.group(group, [_STEPS.get(name, name) for name in columns])
        begin, end = self._rows.starts[group : group + 2]
        runs = slice(*np.searchsorted(self._ends, [begin, end], side="right"))
        firsts = _firsts(self._counts[runs])
        found = {}
        for name in columns:
            values = stored.column(_STEPS.get(name, name)).combine_chunks()
            if name in _STEPS:
                sums = _summed(values.fill_null(0).to_numpy(zero_copy_only=False), firsts)
                gaps = values.is_null().to_numpy(zero_copy_only=False)
                values = pa.array(sums if name == "generation" else -sums, mask=gaps)
            self._check(name, values)
            found[name] = values
        return pa.table(found)

    def _check(self, name: str, values: Any) -> None:
        """Raise InputError where a column has values that no row of progress has."""
        if pa.types.is_string(values.type):
            wrong = (pc.utf8_length(values).to_numpy(zero_copy_only=False) > MOST_NAME).any()
        else:
            low, high = (pc.min_max(values)[end].as_py() for end in ("min", "max"))
            wrong = low is not None and not (low >= 0 and high <= LARGEST)
            wrong = wrong or bool(pa.types.is_floating(values.type) and pc.any(pc.is_nan(values)).as_py())
        if wrong:
            raise InputError(f"{self._where} is damaged: the column {name} has values that are too large or too small")


def _nothing(columns: Sequence[str]) -> Any:
    kinds = {name: SCHEMA.field(_STEPS.get(name, name)).type for name in columns}
    return pa.schema({"run": pa.string(), **kinds}).empty_table()
