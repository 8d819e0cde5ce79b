"""``train_statistics/fitness/statistics.{run}.csv[.zip]``: one row per improvement of a run.

Rows are read one at a time, for a file with the chromosomes of a large grid can be far larger than memory. Numbers
that were not computed stand as ``inf`` or ``nan``. The program itself writes no line of column names, its later
tools do; both are read.
"""

import csv
import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from cgplab.cgp.circuit import MOST_TEXT
from cgplab.errors import InputError
from cgplab.numbers import real_number, whole_number
from cgplab.unpacked_size import check_zip

COLUMNS = (
    "run", "generation", "timestamp", "error", "quantized_energy", "energy", "area", "quantized_delay", "delay",
    "depth", "gate_count", "chromosome",
)  # fmt: skip
WHOLE = ("error", "quantized_energy", "quantized_delay", "depth", "gate_count")
REAL = ("energy", "area", "delay")
NOT_COMPUTED = ("inf", "nan", "")
LARGEST_INT64 = 2**63 - 1
LARGEST_UINT64 = 2**64 - 1

# What the module for archives raises on damaged ones: encrypted, or packed in an unknown way, are RuntimeErrors.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, struct.error)


@dataclass(frozen=True)
class Row:
    """One row; measures that were not computed are None.

    ``energy`` is in pJ, ``area`` in um2, ``delay`` in ns (the original doubles it before constants), ``timestamp`` in
    seconds. ``place`` names file and line.
    """

    place: str
    run: int
    generation: int
    timestamp: float | None
    error: int | None
    quantized_energy: int | None
    energy: float | None
    area: float | None
    quantized_delay: int | None
    delay: float | None
    depth: int | None
    gate_count: int | None
    chromosome: str | None

    def texts(self) -> dict[str, str]:
        """Columns as the original prints them."""
        missing = dict.fromkeys(COLUMNS, "inf") | dict.fromkeys(("depth", "gate_count"), "nan")
        texts = {"run": str(self.run), "generation": str(self.generation)}
        texts["timestamp"] = "" if self.timestamp is None else f"{self.timestamp:.6f}"
        for name in (*WHOLE, *REAL):
            value = getattr(self, name)
            texts[name] = missing[name] if value is None else f"{value:.6f}" if name in REAL else str(value)
        texts["chromosome"] = self.chromosome or ""
        return texts


def read_statistics(path: Path) -> Iterator[Row]:
    """Rows of a file, ``.csv`` or ``.csv.zip``.

    Raises
    ------
    InputError
        Absent, cut off, damaged, with other columns, or with a value that is no number; names the line.
    """
    with _open_text(path) as file:
        yield from _rows(path, file)


def write_statistics(path: Path, rows: Iterable[Row]) -> None:
    """Write rows with a line of column names; zipped if the name ends in ``.zip``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".zip":
        with path.open("w", encoding="utf-8", newline="") as file:
            _write(file, rows)
        return
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(path.name.removesuffix(".zip"), "w", force_zip64=True) as binary,
        io.TextIOWrapper(binary, encoding="utf-8", newline="") as file,
    ):
        _write(file, rows)


def parse_row(fields: Mapping[str, str], place: str) -> Row:
    """Row from the texts of its columns."""
    values = {name: _value(fields[name].strip(), name, place) for name in (*WHOLE, *REAL, "timestamp")}
    chromosome = fields["chromosome"].strip()
    return Row(
        place=place,
        run=whole_number(fields["run"], f"{place}: run", 0, LARGEST_INT64),
        generation=whole_number(fields["generation"], f"{place}: generation", 0, LARGEST_INT64),
        chromosome=None if chromosome in ("", "null") else chromosome,
        **values,  # type: ignore[arg-type]
    )


def _rows(path: Path, file: TextIO) -> Iterator[Row]:
    # A chromosome of 500 x 30 gates is longer than what the module takes by default.
    csv.field_size_limit(sys.maxsize)
    lines = _Lines(path, file)
    reader = csv.reader(lines, strict=True)
    columns: tuple[str, ...] = COLUMNS
    try:
        for index, fields in enumerate(reader):
            place = f"{path}, line {reader.line_num}"
            if not lines.complete:
                raise InputError(f"{place}: the file is cut off in this row; fetch it again, or remove the row")
            if index == 0 and not (fields and fields[0].strip().isdecimal()):
                columns = tuple(name.strip() for name in fields)
                _check_columns(columns, place)
            elif len(fields) != len(columns):
                raise InputError(f"{place} has {len(fields)} values instead of {len(columns)}; the file may be damaged")
            else:
                yield parse_row(dict(zip(columns, fields, strict=True)), place)
    except InputError:
        raise
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: not CSV, or cut off ({error})") from error
    except _DAMAGED as error:
        raise InputError(f"{path} is a damaged archive ({error}) after line {reader.line_num}") from error
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path} after line {reader.line_num}: {error}") from error


class _Lines:
    """Lines of a file; knows whether the last one ended as lines do."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path = path
        self.file = file
        self.complete = True

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(MOST_TEXT + 1):
            if len(line) > MOST_TEXT:
                raise InputError(f"{self.path} has a line of more than {MOST_TEXT:,} characters; it is damaged")
            self.complete = line.endswith("\n")
            yield line


@contextmanager
def _open_text(path: Path) -> Iterator[TextIO]:
    try:
        if path.suffix != ".zip":
            with path.open(encoding="utf-8", newline="") as file:
                yield file
            return
        with zipfile.ZipFile(path) as archive:
            check_zip(archive, path.stat().st_size, str(path), "if it is genuine, unpack it and give the .csv")
            members = [name for name in archive.namelist() if not name.endswith("/")]
            if len(members) != 1:
                raise InputError(f"{path} holds {len(members)} files; expected one CSV")
            with archive.open(members[0]) as binary, io.TextIOWrapper(binary, encoding="utf-8", newline="") as file:
                yield file
    except FileNotFoundError as error:
        raise InputError(f"no such file: {path}") from error
    except _DAMAGED as error:
        raise InputError(f"{path} is a damaged or cut-off archive ({error}); fetch it again") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error}") from error


def _check_columns(columns: tuple[str, ...], place: str) -> None:
    for name in COLUMNS:
        if name not in columns:
            raise InputError(f"{place}: no column {name!r}; expected {','.join(COLUMNS)}")


def _write(file: TextIO, rows: Iterable[Row]) -> None:
    file.write(",".join(COLUMNS) + "\n")
    for row in rows:
        texts = row.texts()
        for name in ("timestamp", "chromosome"):
            texts[name] = f'"{texts[name]}"'
        file.write(",".join(texts[name] for name in COLUMNS) + "\n")


def _value(text: str, name: str, place: str) -> int | float | None:
    if text.lower() in NOT_COMPUTED:
        return None
    what = f"{place}: {name}"
    if name not in WHOLE:
        return real_number(text, what)
    return whole_number(text, what, 0, LARGEST_UINT64 if name.startswith("quantized") else LARGEST_INT64)
