"""Accuracies of weights stored in other ways, kept beside the runs.

``STORE/baselines/<model>/<key>.json`` holds those of one set of weights on one data set, with its own checksum.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from cgplab.errors import InputError
from cgplab.store.checksums import read_checked_json, value_checksum, write_checked_json
from cgplab.store.names import BASELINES
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

    model: str
    model_sha256: str
    weights: str
    dataset: str


def read_baselines(store: Store, key: BaselineKey) -> dict[str, tuple[float, float]]:
    """Top-1 in per cent and loss in percentage points by scheme; empty if not measured, InputError if damaged."""
    path = _path(store, key)
    content = read_checked_json(path)
    if not content:
        return {}
    try:
        return {scheme: (float(top1), float(loss)) for scheme, (top1, loss) in content["accuracies"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} holds no accuracies ({error}); remove it and measure again") from error


def write_baselines(store: Store, key: BaselineKey, accuracies: dict[str, tuple[float, float]]) -> Path:
    """Store accuracies by scheme in place of those with this key, atomically; returns their file."""
    path = _path(store, key)
    write_checked_json(path, {"key": asdict(key), "accuracies": accuracies})
    return path


def _path(store: Store, key: BaselineKey) -> Path:
    return store.root / BASELINES / key.model / f"{value_checksum(asdict(key))[:16]}.json"
