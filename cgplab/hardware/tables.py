"""Read cost tables from CSV."""

import csv
from functools import lru_cache
from pathlib import Path

from cgplab.cgp.costs import CostTable
from cgplab.errors import InputError
from cgplab.paths import shipped_data

DEFAULT_COSTS = "thesis45"

COLUMNS: dict[str, str] = {
    "energy": "energy_pj",
    "area": "area_um2",
    "delay": "delay_ns",
    "energy_per_op": "energy_per_op_pj",
}
"""CSV column, with its unit, of each quantity."""


def cost_table_names() -> list[str]:
    """Names of the shipped cost tables, the default first."""
    names = sorted(path.stem for path in (shipped_data() / "costs").glob("*.csv"))
    return sorted(names, key=lambda name: name != DEFAULT_COSTS)


@lru_cache(maxsize=32)
def load_costs(name: str = DEFAULT_COSTS) -> CostTable:
    """Cost table by name, or from a CSV file.

    Parameters
    ----------
    name : str
        A shipped table (see :func:`cost_table_names`) or the path of a CSV with the columns ``name``,
        ``energy_pj`` (power x delay), ``area_um2``, ``delay_ns`` and, optionally, ``energy_per_op_pj``.

    Raises
    ------
    InputError
        No such table or file, or its contents are not a cost table.
    """
    path = shipped_data() / "costs" / f"{name}.csv"
    if name not in cost_table_names():
        path = Path(name)
        if path.suffix != ".csv":
            raise InputError(
                f"unknown cost table {name!r}; allowed: {', '.join(cost_table_names())}, or the path of a .csv file"
            )
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot read the cost table {path}: {error}") from error
    columns = set(rows[0]) if rows else set()
    lacking = [c for c in ("name", "energy_pj", "area_um2", "delay_ns") if c not in columns]
    if lacking:
        raise InputError(f"cost table {path} lacks the column {', '.join(lacking)}")
    present = {quantity: column for quantity, column in COLUMNS.items() if column in columns}
    mapping = {row["name"]: {quantity: row[column] for quantity, column in present.items()} for row in rows}
    if len(mapping) != len(rows):
        raise InputError(f"cost table {path} names an operator twice")
    return CostTable.from_mapping(mapping, name=path.stem)  # type: ignore[arg-type]
