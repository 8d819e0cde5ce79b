"""Accuracies of weights stored in other ways, kept beside the runs.

``STORE/baselines/<model>/<key>.json`` holds those of one set of weights on one data set, with its own checksum.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from cgplab.files import with_directory
from cgplab.schema import Checksum, Finite, Name, Text
from cgplab.store.checksums import read_checked_as, value_checksum, write_checked_json
from cgplab.store.contents import Percent
from cgplab.store.names import BASELINES

if TYPE_CHECKING:
    from cgplab.store.store import Store


@dataclass(frozen=True)
class BaselineKey:
    """What was measured.

    Attributes
    ----------
    model, model_sha256 : str
    weights : str
        Checksum of the weights' positions.
    dataset : str
        Data set and split, as the accuracies of runs name them.
    """

    model: Text
    model_sha256: Checksum
    weights: Checksum
    dataset: Text


class _Stored(TypedDict):
    key: BaselineKey
    accuracies: dict[Name, tuple[Percent, Finite]]


def read_baselines(store: "Store", key: BaselineKey) -> dict[str, tuple[float, float]]:
    """Top-1 in per cent and loss in percentage points by scheme; empty if not measured, InputError if damaged."""
    return read_baselines_file(_path(store, key))


def read_baselines_file(path: Path) -> dict[str, tuple[float, float]]:
    """What :func:`read_baselines` tells of a key, from its file."""
    found = read_checked_as(path, _Stored)
    return {} if found is None else found["accuracies"]


def write_baselines(store: "Store", key: BaselineKey, accuracies: dict[str, tuple[float, float]]) -> Path:
    """Store accuracies by scheme in place of those with this key, atomically; returns their file."""
    path = _path(store, key)
    write_checked_json(with_directory(path), {"key": asdict(key), "accuracies": accuracies})
    return path


def _path(store: "Store", key: BaselineKey) -> Path:
    return store.root / BASELINES / key.model / f"{value_checksum(asdict(key))[:16]}.json"
