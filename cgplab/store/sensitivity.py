"""Tables of a model's sensitivity to errors in its weights, kept beside the runs.

``STORE/sensitivity/<model>/<key>.json`` holds one table with its own checksum. The key stands for the model's content,
the images and how overflow is treated; measuring more layers or errors of the same adds rows to the same file.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cgplab.errors import InputError
from cgplab.store.checksums import read_checked_json, value_checksum, write_checked_json
from cgplab.store.names import SENSITIVITY
from cgplab.store.store import Store

PARTS = ("core", "outside", "everywhere")
"""Which weights of a kernel an error is added to."""


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

    model: str
    model_sha256: str
    dataset: str
    split: str
    dataset_sha256: str
    images: int
    overflow: str


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


def read_sensitivity(store: Store, key: SensitivityKey) -> SensitivityTable | None:
    """The stored table of a key, None when there is none; InputError when it is damaged."""
    content = read_checked_json(_path(store, key))
    return _table(content, _path(store, key)) if content else None


def write_sensitivity(store: Store, table: SensitivityTable) -> Path:
    """Store a table in place of the one with its key, atomically; returns its file."""
    path = _path(store, table.key)
    rows = [asdict(row) for row in table.rows]
    names = list(rows[0]) if rows else []
    columns = {name: [row[name] for row in rows] for name in names}
    write_checked_json(path, asdict(table) | {"rows": columns})
    return path


def sensitivity_tables(store: Store) -> Iterator[SensitivityTable]:
    """All tables, in the order of their models' names."""
    for path in sorted((store.root / SENSITIVITY).glob("*/*.json")):
        yield _table(read_checked_json(path), path)


def _path(store: Store, key: SensitivityKey) -> Path:
    return store.root / SENSITIVITY / key.model / f"{value_checksum(asdict(key))[:16]}.json"


def _table(content: dict[str, Any], path: Path) -> SensitivityTable:
    try:
        columns = content["rows"]
        rows = [
            SensitivityRow(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)
        ]
        references = {name: content[name] for name in ("reference_top1", "reference_top5", "reference_loss")}
        return SensitivityTable(SensitivityKey(**content["key"]), **references, rows=rows)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is no table of sensitivity ({error}); remove it and measure again") from error
