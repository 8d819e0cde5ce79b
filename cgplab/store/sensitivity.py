"""Tables of a model's sensitivity to errors in its weights, kept beside the runs.

``STORE/sensitivity/<model>/<key>.json`` holds one table with its own checksum. The key stands for the model's content,
the images and how overflow is treated; measuring more layers or errors of the same adds rows to the same file.
"""

import os
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from msgspec import Meta

from cgplab.errors import InputError
from cgplab.files import with_directory
from cgplab.schema import Checksum, Count, Finite, Name, Text
from cgplab.store.checksums import read_checked_as, value_checksum, write_checked_json
from cgplab.store.contents import Percent
from cgplab.store.names import SENSITIVITY

if TYPE_CHECKING:
    from cgplab.store.store import Store

PARTS = ("core", "outside", "everywhere")
"""Which weights of a kernel an error is added to."""
MOST_TABLE_BYTES = 256 << 20
"""Of a file: every error at every layer of a large network."""


@dataclass(frozen=True)
class SensitivityKey:
    """What every row of a table has in common.

    Attributes
    ----------
    model, model_sha256 : str
    dataset, split, dataset_sha256 : str
        The checksum is of the images used.
    images : int
    overflow : str
        ``saturate`` or ``wrap``.
    """

    model: Text
    model_sha256: Checksum
    dataset: Text
    split: Name
    dataset_sha256: Checksum
    images: Count
    overflow: Literal["saturate", "wrap"]


@dataclass(frozen=True)
class SensitivityRow:
    """Quality with an error added to some weights of one layer.

    Attributes
    ----------
    layer : str
    part : str
        ``core``, ``outside`` or ``everywhere``.
    error : int
        Added to every weight of the part, -128..127.
    top1, top5 : float
        Per cent.
    loss : float
        Mean cross-entropy in nats.
    """

    layer: str
    part: str
    error: int
    top1: float
    top5: float
    loss: float


@dataclass(frozen=True)
class SensitivityTable:
    """Rows of one key, in the order of their measurement, and the quality without any error."""

    key: SensitivityKey
    reference_top1: float
    reference_top5: float
    reference_loss: float
    rows: list[SensitivityRow] = field(default_factory=list)


def read_sensitivity(store: "Store", key: SensitivityKey) -> SensitivityTable | None:
    """The stored table of a key, None when there is none; InputError when it is damaged."""
    path = _path(store, key)
    return read_table(path) if os.path.lexists(path) else None


def write_sensitivity(store: "Store", table: SensitivityTable) -> Path:
    """Store a table in place of the one with its key, atomically; returns its file."""
    path = _path(store, table.key)
    write_checked_json(with_directory(path), content_of(table))
    return path


def content_of(table: SensitivityTable) -> dict[str, Any]:
    """A table as JSON takes it, see :func:`table_of`."""
    rows = [asdict(row) for row in table.rows]
    names = list(rows[0]) if rows else []
    return asdict(table) | {"rows": {name: [row[name] for row in rows] for name in names}}


def read_tables(root: Path) -> Iterator[SensitivityTable]:
    """All tables of the store at ``root``, by their models' names; damaged ones are left out with a warning."""
    for path in sorted((root / SENSITIVITY).glob("*/*.json")):
        try:
            yield read_table(path)
        except InputError as error:
            warnings.warn(f"table of sensitivity left out: {error}", stacklevel=2)


def _path(store: "Store", key: SensitivityKey) -> Path:
    return store.root / SENSITIVITY / key.model / f"{value_checksum(asdict(key))[:16]}.json"


class _Columns(TypedDict, total=False):
    """Rows by column, all of one length; none of them where there are no rows."""

    layer: list[Name]
    part: list[Literal["core", "outside", "everywhere"]]
    error: list[Annotated[int, Meta(ge=-128, le=127)]]
    top1: list[Percent]
    top5: list[Percent]
    loss: list[Finite]


class StoredTable(TypedDict):
    """Content of a file."""

    key: SensitivityKey
    reference_top1: Percent
    reference_top5: Percent
    reference_loss: Finite
    rows: _Columns


def read_table(path: Path) -> SensitivityTable:
    """Table of a file; InputError when it is absent or damaged."""
    found = read_checked_as(path, StoredTable, MOST_TABLE_BYTES)
    if found is None:
        raise InputError(f"no such file: {path}")
    return table_of(found, path)


def table_of(found: StoredTable, where: Path | str) -> SensitivityTable:
    """Table of a file's content; InputError, which names the file, where its columns do not fit together."""
    columns: Any = found["rows"]
    try:
        rows = [
            SensitivityRow(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)
        ]
    except (TypeError, ValueError) as error:
        raise InputError(f"{where} is no table of sensitivity ({error}); remove it and measure again") from error
    return SensitivityTable(
        found["key"], found["reference_top1"], found["reference_top5"], found["reference_loss"], rows
    )
