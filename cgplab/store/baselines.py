"""Accuracies of weights stored in other ways, kept beside the runs.

``STORE/baselines/<model>/<key>.json`` holds those of one set of weights on one data set, with its own checksum.
"""

import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from cgplab.errors import InputError
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


class Baselines(TypedDict):
    """Accuracies of one key by scheme: top-1 in per cent and loss in percentage points."""

    key: BaselineKey
    accuracies: dict[Name, tuple[Percent, Finite]]


def read_baselines(root: Path, key: BaselineKey) -> dict[str, tuple[float, float]]:
    """Accuracies by scheme that the store at ``root`` holds; empty if not measured, InputError if damaged."""
    found = read_baselines_file(_path(root, key))
    return {} if found is None else found["accuracies"]


def read_baselines_file(path: Path) -> Baselines | None:
    """Accuracies of a file, None where there is none; InputError if it is damaged."""
    return read_checked_as(path, Baselines)


def read_all_baselines(root: Path) -> Iterator[Baselines]:
    """Accuracies of all keys that the store at ``root`` holds; damaged files are left out with a warning."""
    for path in sorted((root / BASELINES).glob("*/*.json")):
        try:
            found = read_baselines_file(path)
        except InputError as error:
            warnings.warn(f"accuracies of baselines left out: {error}", stacklevel=2)
            continue
        if found is not None:
            yield found


def write_baselines(store: "Store", key: BaselineKey, accuracies: dict[str, tuple[float, float]]) -> Path:
    """Store accuracies by scheme in place of those with this key, atomically; returns their file."""
    path = _path(store.root, key)
    write_checked_json(with_directory(path), {"key": asdict(key), "accuracies": accuracies})
    return path


def _path(root: Path, key: BaselineKey) -> Path:
    return root / BASELINES / key.model / f"{value_checksum(asdict(key))[:16]}.json"
