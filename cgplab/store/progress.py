"""Progress of a run: rows that are acknowledged once and never lost or repeated."""

import json
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from cgplab.errors import InputError
from cgplab.files import write_atomic
from cgplab.plain_files import open_plain, read_bounded
from cgplab.schema import decode_as
from cgplab.store.checksums import check_sealed, sealed_checksum
from cgplab.store.commands import Standing, go_on
from cgplab.store.contents import ProgressRow
from cgplab.store.names import PROGRESS, attempt_file
from cgplab.system_errors import explained, is_explained
from cgplab.unpacked_size import check_size

Row = dict[str, Any]
_ROW_BYTES = 600  # as a dictionary
_TEXT, _LONGEST = "phase", 255
"""The only column of texts, and characters in one."""
_BATCH_ROWS = 16_384
_SO_MANY = "no run has so many rows"

MOST_PROGRESS_BYTES = 256 << 20
"""Of one attempt: more than a million improvements."""
_ATTEMPT = re.compile(r"[1-9][0-9]{0,8}")


def attempts(directory: Path) -> list[Path]:
    """Progress files of a run, oldest attempt first."""
    return sorted((path for path in directory.glob(attempt_file("*")) if _number(path)), key=_number)


def last_attempt(directory: Path) -> int:
    """Number of the last attempt that told rows; 0 if there was none."""
    return max(map(_number, attempts(directory)), default=0)


def last_generation(directory: Path) -> int:
    """Generation of the last row; 0 if there is none that can be read."""
    try:
        return max((row["generation"] for row in read_progress(directory)), default=0)
    except InputError:
        return 0


def _number(path: Path) -> int:
    text = path.name.split(".")[1]
    return int(text) if _ATTEMPT.fullmatch(text) else 0


def read_progress(directory: Path) -> list[Row]:
    """Rows of all attempts in order; a torn last line of an attempt is left out.

    Raises
    ------
    InputError
        Names the file, and the line if it has lines, that is damaged.
    """
    for _ in range(2):
        sealed = sealed_progress(directory)
        if sealed is not None:
            return read_sealed(sealed)
        try:
            return [row for path in attempts(directory) for row in read_lines(path)]
        except FileNotFoundError:
            pass  # the run was sealed meanwhile
    raise InputError(f"{directory} lost its progress while it was read; see: cgplab runs verify")


def sealed_progress(directory: Path) -> Path | None:
    """File with all rows of a run that has ended, compared with what the run was sealed with.

    None while the rows are still JSON lines. Before the run is sealed, or if sealing was interrupted, only the page
    checksums are compared.

    Raises
    ------
    InputError
        The file is damaged, or the run was sealed and has lost it.
    """
    path = directory / PROGRESS
    for _ in range(2):
        if path.is_file():
            check_sealed(path)
            return path
        if sealed_checksum(path) is None:
            return None
        # Perhaps sealed between the two looks.
    raise InputError(f"{path} is missing, though the run was sealed with it; see: cgplab runs verify")


def read_lines(path: Path) -> list[Row]:
    """Rows of one attempt; a torn last line is left out."""
    lines = read_bounded(path, MOST_PROGRESS_BYTES).splitlines(keepends=True)
    return [decode(line, path, number) for number, line in enumerate(lines, 1) if line.endswith(b"\n")]


def decode(line: bytes, path: Path, number: int) -> Row:
    """Row of one whole line."""
    return dict(decode_as(line, ProgressRow, f"{path} line {number}"))


def read_sealed(path: Path) -> list[Row]:
    """Rows of a Parquet file of progress; InputError where it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        data = read_bounded(path, MOST_PROGRESS_BYTES)
        with pq.ParquetFile(pa.BufferReader(data)) as file:
            metadata = file.metadata
            groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
            told = max(metadata.num_rows, sum(group.num_rows for group in groups))
            for size in (told * _ROW_BYTES, sum(group.total_byte_size for group in groups)):
                check_size(size, len(data), str(path), _SO_MANY)
            if not file.schema_arrow.equals(_schema()):
                raise InputError(f"{path} is damaged: it does not hold the columns of progress")
        # Files of versions that wrote no checksums of pages are read as they are. As a dictionary, a long text that
        # stands in every row takes its memory once.
        checked = {"page_checksum_verification": True, "read_dictionary": [_TEXT]}
        rows: list[Row] = []
        with pq.ParquetFile(pa.BufferReader(data), metadata=metadata, **checked) as file:
            for batch in file.iter_batches(_BATCH_ROWS):
                _check_texts(batch.column(_TEXT), path)
                check_size((len(rows) + len(batch)) * _ROW_BYTES, len(data), str(path), _SO_MANY)
                rows += batch.to_pylist()
    except OSError as error:
        if is_explained(error):
            raise explained(f"cannot read {path}", error) from error
        raise _damaged(path, error) from error
    except (pa.ArrowException, UnicodeDecodeError, MemoryError) as error:
        raise _damaged(path, error) from error
    return rows


def _check_texts(texts: Any, path: Path) -> None:
    longest = max((len(text) for text in texts.unique().to_pylist() if text is not None), default=0)
    if longest > _LONGEST:
        raise InputError(f"{path} is damaged: a {_TEXT} of {longest:,} characters; at most {_LONGEST} are allowed")


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(f"{path} is damaged: {(str(error) or type(error).__name__).splitlines()[0]}")


def _schema() -> Any:
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("generation", pa.int64()),
            pa.field("error", pa.int64()),
            *(pa.field(name, pa.float64()) for name in ("energy", "area", "delay")),
            pa.field("depth", pa.int64()),
            pa.field("gate_count", pa.int64()),
            pa.field(_TEXT, pa.string()),
            pa.field("seconds", pa.float64()),
        ]
    )


def seal_progress(directory: Path) -> None:
    """Turn the rows of all attempts into one Parquet file; then the attempts' own files go."""
    if not (directory / PROGRESS).is_file():
        write_sealed(directory / PROGRESS, read_progress(directory))
    for path in attempts(directory):
        path.unlink(missing_ok=True)


def write_sealed(path: Path, rows: list[Row]) -> None:
    """Write rows as a Parquet file, atomically."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    table = pa.Table.from_pylist(rows, _schema())
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    write_atomic(path, sink.getvalue().to_pybytes())


class ProgressWriter:
    """Append-only rows of one attempt; one writer, whole lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise explained(f"cannot write {path}", error) from error

    def write(self, rows: Iterable[Row]) -> None:
        """Append rows and hand them to the operating system; with that they are acknowledged.

        Raises
        ------
        InputError
            They do not fit on the disk; none of them was appended.
        """
        data = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows).encode()
        if not data:
            return
        size = os.fstat(self._descriptor).st_size
        try:
            written = 0
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
        except OSError as error:
            os.ftruncate(self._descriptor, size)
            hint = f"free some space, then: {go_on(Standing.FAILED)}"
            raise explained(f"cannot write {self.path}", error, hint) from error

    def sync(self) -> None:
        """Make the rows survive a power cut."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


class SharedProgress(Protocol):
    """Progress of many runs in one place."""

    def table(self, runs: Sequence[str], columns: Sequence[str]) -> Any:
        """Arrow table with ``run``, the id, and some columns of the runs' rows; InputError where it is damaged."""


class NewRows(Protocol):
    """Follows the rows of a run."""

    def new_rows(self) -> list[Row]:
        """Rows since the last call, each once; InputError where rows are damaged or lost."""


class ProgressReader:
    """Follows a run's rows while it goes on, across attempts and sealing.

    ``reader.new_rows()`` returns the rows since the last call; it reads only what was appended.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._read: dict[str, tuple[int, int]] = {}
        self._count = 0
        self._sealed: tuple[int, int, int] | None = None

    def new_rows(self) -> list[Row]:
        """Rows appended since the last call, each once; InputError where rows are damaged or lost."""
        try:
            state = (self._directory / PROGRESS).stat()
        except FileNotFoundError:
            mark = None
        else:
            mark = (state.st_mtime_ns, state.st_size, state.st_ino)
            if mark == self._sealed:
                return []
        try:
            if sealed_progress(self._directory) is not None:
                rows = read_progress(self._directory)[self._count :]
                self._sealed = mark
            else:
                rows = [row for path in attempts(self._directory) for row in self._appended(path)]
        except FileNotFoundError:
            return self.new_rows()  # the run was sealed meanwhile
        self._count += len(rows)
        return rows

    def _appended(self, path: Path) -> list[Row]:
        offset, lines = self._read.get(path.name, (0, 0))
        with os.fdopen(open_plain(path), "rb") as file:
            file.seek(offset)
            data = file.read(MOST_PROGRESS_BYTES)
        end = data.rfind(b"\n") + 1
        rows = [decode(line, path, number) for number, line in enumerate(data[:end].splitlines(), lines + 1)]
        self._read[path.name] = (offset + end, lines + len(rows))
        return rows
