"""Remove runs so that a crash half-way does no harm."""

import os
import shutil
from pathlib import Path

from cgplab.errors import InputError
from cgplab.store.run import Run

_TRASH = "trash"


def delete_run(root: Path, run: Run) -> None:
    """Remove a run that nobody carries out: it leaves ``runs/`` in one step, and its files go afterwards."""
    with run.claimed():
        put_into_trash(root, run.directory)
    empty_trash(root)


def put_into_trash(root: Path, directory: Path) -> None:
    """Move a run's directory out of sight."""
    trash = root / _TRASH
    try:
        trash.mkdir(exist_ok=True)
        place = trash / directory.name
        number = 0
        while place.exists():
            number += 1
            place = trash / f"{directory.name}.{number}"
        os.rename(directory, place)
    except OSError as error:
        raise InputError(f"cannot remove {directory}: {error.strerror}; the store must be writable") from error


def empty_trash(root: Path) -> None:
    """Remove what a deletion that was cut short has left."""
    shutil.rmtree(root / _TRASH, ignore_errors=True)
