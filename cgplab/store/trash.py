"""Remove runs so that a crash half-way does no harm."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ulid import ULID

from cgplab.store.locks import held
from cgplab.store.names import EDIT_LOCK, LOCK, MANIFEST, NEW
from cgplab.store.run import Run
from cgplab.system_errors import explained

_TRASH = ".trash-"
_FILLING_SECONDS = 24 * 3600.0
"""After this time nobody is still filling a new run; that takes moments."""


def delete_run(root: Path, run: Run) -> None:
    """Remove a run that nobody carries out: it leaves ``runs/`` in one step, and its files go afterwards."""
    # Nobody may write into it by its old name: neither its worker nor whoever adds accuracies or tags.
    with claimed_even_damaged(run), held(run.directory / EDIT_LOCK):
        put_into_trash(root, run.directory)
    empty_trash(root)


@contextmanager
def claimed_even_damaged(run: Run) -> Iterator[None]:
    """Hold a run, even one that has lost its manifest."""
    if (run.directory / MANIFEST).is_file() or not run.directory.is_dir():
        with run.claimed():
            yield
    else:
        with held(run.directory / LOCK):
            yield


def put_into_trash(root: Path, directory: Path) -> Path:
    """Move a run's directory out of sight, in one step; returns where it is now."""
    place = root / f"{_TRASH}{directory.name}-{ULID()}"
    try:
        os.rename(directory, place)
        return place
    except OSError as error:
        raise explained(f"cannot remove {directory}", error, "the store must be writable") from error


def empty_trash(root: Path) -> None:
    """Remove what a deletion that was cut short has left."""
    for directory in root.glob(f"{_TRASH}*"):
        shutil.rmtree(directory, ignore_errors=True)


def remove_unfinished(root: Path) -> None:
    """Remove runs whose creation was killed half-way, which nobody has ever seen."""
    for directory in root.glob(f"{NEW}*"):
        with suppress(FileNotFoundError):  # in its place meanwhile
            if time.time() - directory.lstat().st_mtime > _FILLING_SECONDS:
                shutil.rmtree(directory, ignore_errors=True)
