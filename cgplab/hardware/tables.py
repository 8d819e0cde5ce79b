"""Load cost tables: shipped ones by name, a user's own from a file."""

import csv
import io
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from cgplab.cgp.costs import CostTable
from cgplab.errors import InputError
from cgplab.hardware.catalog import DEFAULT_COSTS, cost_table_names
from cgplab.hardware.quantized import from_quantized_text
from cgplab.paths import shipped_data
from cgplab.texts import read_text

COLUMNS: dict[str, str] = {
    "energy": "energy_pj",
    "area": "area_um2",
    "delay": "delay_ns",
    "energy_per_op": "energy_per_op_pj",
}
"""CSV column, with its unit, of each quantity."""

FILE_COLUMNS: tuple[str, ...] = ("name", *COLUMNS.values(), "power_mw", "source")
"""Columns of the CSV files that cgplab writes; the last two inform people only."""

QUANTITY_LABELS: dict[str, str] = {
    "energy": "energy, power × delay [pJ]",
    "energy_per_op": "energy per operation [pJ]",
    "area": "area [µm²]",
    "delay": "delay [ns]",
}
"""Each quantity with its definition and unit, for heads of tables and axes."""


@lru_cache(maxsize=32)
def load_costs(name: str = DEFAULT_COSTS) -> CostTable:
    """Cost table by name, or from a file.

    Parameters
    ----------
    name : str
        A shipped table (see :func:`cost_table_names`); or the path of a ``.csv`` with the columns ``name``,
        ``energy_pj`` (power x delay), ``area_um2``, ``delay_ns`` and, optionally, ``energy_per_op_pj``; or
        the path of a ``.txt`` in the original program's format, see :mod:`cgplab.hardware.quantized`.

    Raises
    ------
    InputError
        No such table or file, or its contents are not a cost table.
    """
    path = table_path(name)
    text = _read(path)
    return from_quantized_text(text, path.stem) if path.suffix == ".txt" else costs_of_csv(text, path)


def costs_of_csv(text: str, path: Path) -> CostTable:
    """Cost table of the text of a CSV file; InputError, which names the file, where it holds none."""
    rows = _rows(text, path)
    present = {quantity: column for quantity, column in COLUMNS.items() if column in rows[0]}
    mapping = {row["name"]: {quantity: row[column] for quantity, column in present.items()} for row in rows}
    if len(mapping) != len(rows):
        raise InputError(f"cost table {path} names an operator twice")
    return CostTable.from_mapping(mapping, name=path.stem)  # type: ignore[arg-type]


def table_path(name: str) -> Path:
    """File of a cost table given by name or path; InputError when it is neither."""
    if name in cost_table_names():
        return shipped_data() / "costs" / f"{name}.csv"
    path = Path(name)
    if path.suffix not in (".csv", ".txt"):
        raise InputError(
            f"unknown cost table {name!r}; allowed: {', '.join(cost_table_names())}, "
            "or the path of a .csv file or of a .txt file of the original program"
        )
    return path


def read_rows(name: str) -> list[dict[str, str]]:
    """Rows of a CSV cost table as they stand in the file, with the columns that only inform people.

    Raises
    ------
    InputError
        No such table or file, or a required column is absent.
    """
    path = table_path(name)
    return _rows(_read(path), path)


def _rows(text: str, path: Path) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise InputError(f"cannot read the cost table {path}: {error}") from error
    columns = {name for name in rows[0] if name is not None} if rows else set()
    ragged = next((number for number, row in enumerate(rows, 1) if None in row or None in row.values()), None)
    if ragged is not None:
        raise InputError(f"cost table {path}: row {ragged} needs one value for each of the {len(columns)} columns")
    lacking = [c for c in ("name", "energy_pj", "area_um2", "delay_ns") if c not in columns]
    if lacking:
        raise InputError(f"cost table {path} lacks the column {', '.join(lacking)}")
    return rows


def to_csv(rows: Iterable[Mapping[str, object]]) -> str:
    """CSV text of rows with the columns :data:`FILE_COLUMNS`; columns that no row has are left out."""
    rows = list(rows)
    columns = [column for column in FILE_COLUMNS if any(column in row for row in rows)]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _read(path: Path) -> str:
    try:
        return read_text(path)
    except InputError as error:
        raise InputError(f"cannot read the cost table {path}: {error}") from error
