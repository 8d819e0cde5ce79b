"""Where the shipped cost tables come from."""

from dataclasses import dataclass
from functools import cache

from cgplab.errors import InputError
from cgplab.paths import shipped_data
from cgplab.schema import read_json

DEFAULT_COSTS = "thesis45"


@dataclass(frozen=True)
class TableInfo:
    """Provenance of a shipped cost table.

    Attributes
    ----------
    name : str
    library : str
        Standard-cell library.
    node_nm : int
        Feature size of the technology in nm.
    corner : str
        Process corner and supply voltage.
    origin : str
        How the values came about.
    notes : tuple of str
        What a user should know before trusting a value.
    """

    name: str
    library: str
    node_nm: int
    corner: str
    origin: str
    notes: tuple[str, ...]


@cache
def shipped_tables() -> dict[str, TableInfo]:
    """Provenance of every shipped table by name, the default table first."""
    entries = read_json(shipped_data() / "costs" / "catalog.json")
    tables = {
        name: TableInfo(name=name, **{**fields, "notes": tuple(fields["notes"])}) for name, fields in entries.items()
    }
    return dict(sorted(tables.items(), key=lambda item: item[0] != DEFAULT_COSTS))


def cost_table_names() -> list[str]:
    """Names of the shipped cost tables, the default first."""
    return list(shipped_tables())


def table_info(name: str) -> TableInfo:
    """Provenance of a shipped table; InputError when there is no such table."""
    tables = shipped_tables()
    if name not in tables:
        raise InputError(f"unknown cost table {name!r}; shipped are {', '.join(tables)}")
    return tables[name]
