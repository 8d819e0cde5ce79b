"""The last two checkpoints of a run."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from cgplab.cgp.checkpoint import is_sealed
from cgplab.cgp.kernels.layout import GENERATION
from cgplab.errors import InputError
from cgplab.files import write_npz
from cgplab.schema import NUMBERS, ArraySchema, read_arrays
from cgplab.store.names import CHECKPOINTS

Arrays = dict[str, NDArray[Any]]

CHECKPOINT_ARRAYS = {"*": ArraySchema(NUMBERS + "U")}
"""Schema of the files; their seal, which the search checks, tells the rest."""


BEFORE = "before"
"""Array that tells what came before the search; it is no part of what the search has sealed."""


def read_checkpoint(path: Path) -> Arrays:
    """Arrays of one checkpoint; InputError where they are not as they were written."""
    arrays = read_arrays(path, CHECKPOINT_ARRAYS)
    if not is_sealed({name: array for name, array in arrays.items() if name != BEFORE}):
        raise InputError(f"{path} is damaged: its checksum does not match its content")
    return arrays


def write_checkpoint(directory: Path, arrays: Arrays) -> None:
    """Store a checkpoint; the one before stays as the older of two."""
    newer, older = (directory / name for name in CHECKPOINTS)
    incoming = directory / f".{CHECKPOINTS[0]}.new"
    write_npz(incoming, arrays, compress=False)
    # Wherever this is cut short, at least one whole checkpoint is in its place.
    if newer.is_file():
        os.replace(newer, older)
    os.replace(incoming, newer)


def read_checkpoints(directory: Path) -> Iterator[tuple[Path, Arrays]]:
    """Stored checkpoints, the newest first; one that cannot be read comes without arrays."""
    for name in CHECKPOINTS:
        path = directory / name
        if os.path.lexists(path):
            try:
                yield path, read_checkpoint(path)
            except InputError:
                yield path, {}


def checkpoint_generation(directory: Path) -> int | None:
    """Generation at which the newest readable checkpoint was taken; None without one."""
    for _, arrays in read_checkpoints(directory):
        counters = arrays.get("kernel.counters")
        if counters is not None and counters.dtype.kind == "i" and counters.ndim == 1 and counters.size > GENERATION:
            return int(counters[GENERATION])
    return None


def remove_checkpoints(directory: Path) -> None:
    """Remove both; a finished run needs none."""
    for name in CHECKPOINTS:
        (directory / name).unlink(missing_ok=True)
