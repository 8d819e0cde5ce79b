"""Where a stored model came from: a JSON file beside the archive."""

import hashlib
import platform
import re
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cgplab import __version__
from cgplab.errors import InputError
from cgplab.files import with_directory, write_atomic, write_json
from cgplab.models.datasets import Images
from cgplab.models.stored import StoredModel, archive, model_path, shipped_models, user_models
from cgplab.schema import read_json
from cgplab.system_errors import explained

DEFAULT_DATASET = "mnist"  # of models without a record
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def check_destination(name: str, directory: Path) -> None:
    """Fail before a long training rather than after it; creates the directory.

    Raises
    ------
    InputError
        The name cannot be a file name or is taken, or the directory cannot be written.
    """
    if not NAME.fullmatch(name):
        raise InputError(f"model name {name!r} must be letters, digits, '-' and '_', and start with a letter or digit")
    if (directory / f"{name}.npz").exists():
        raise InputError(f"a model named {name} is already in {directory}; give another --name or delete it")
    if directory.resolve() == user_models().resolve() and (shipped_models() / f"{name}.npz").exists():
        raise InputError(f"{name} is the name of a shipped model, which would hide yours; give another --name or --out")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise explained(f"cannot write to {directory}", error, "give another --out") from error


def save_with_provenance(model: StoredModel, directory: Path, making: dict[str, Any], test: dict[str, Any]) -> Path:
    """Write ``<name>.json`` and then ``<name>.npz`` into ``directory``.

    The archive comes last, so a model that can be found has its record, also when writing is cut short.

    Parameters
    ----------
    model : StoredModel
        What to store, under its own name.
    directory : Path
        Created when absent.
    making : dict
        How the model was made: method, command, settings, data. Must hold no path or name of this machine.
    test : dict
        What the model achieves, and on which data.

    Returns
    -------
    Path
        The ``.npz`` file.
    """
    path = directory / f"{model.name}.npz"
    data = archive(model)
    record = {
        "format": 1,
        "name": model.name,
        "architecture": model.architecture,
        "npz_sha256": hashlib.sha256(data).hexdigest(),
        "model_sha256": model.sha256,
        **making,
        "test": test,
        "versions": {
            "cgplab": __version__,
            "python": platform.python_version(),
            "numpy": version("numpy"),
            "torch": version("torch"),
        },
    }
    write_json(with_directory(path).with_suffix(".json"), record)
    write_atomic(path, data)
    return path


def load_provenance(name: str | Path) -> dict[str, Any]:
    """The record of a stored model, checked against the archive beside it.

    Parameters
    ----------
    name : str or Path
        As for `cgplab.models.stored.load_model`.

    Raises
    ------
    InputError
        No such model, no record, or a record of another archive.
    """
    path = model_path(name)
    beside = path.with_suffix(".json")
    record = read_json(beside)
    if not isinstance(record, dict) or record.get("npz_sha256") != hashlib.sha256(path.read_bytes()).hexdigest():
        raise InputError(f"{beside} does not describe {path.name}, which has changed since; make the model again")
    return record


def dataset_of(model: str | Path) -> str:
    """Name of the data set that a stored model was made for, as its record says; MNIST when it says nothing."""
    try:
        record = load_provenance(model)
    except InputError:
        return DEFAULT_DATASET
    found: Any = record
    for part in ("test", "data", "name"):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, str) and found else DEFAULT_DATASET


def data_record(dataset: Images) -> dict[str, Any]:
    """What a record says about a data set."""
    return {"name": dataset.name, "split": dataset.split, "images": len(dataset), "sha256": dataset.sha256}
