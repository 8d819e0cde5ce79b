"""A job's copy of its runs on the node's own disk, and the way back into the store."""

import os
import shutil
from pathlib import Path

from cgplab.store.names import CHECKPOINTS, STATUS, TRANSIENT


def copy_run(source: Path, target: Path) -> int:
    """Make a run's directory equal to another one, file by file.

    Each file is replaced atomically, so that at any moment the target is a run that resumes bit-identically, even
    while the source is being written: what refers to other files is read before them, the status before the
    checkpoints and these before the rows they know of. The status is put in place last.

    Parameters
    ----------
    source, target : Path

    Returns
    -------
    int
        Number of files that differed.
    """
    target.mkdir(parents=True, exist_ok=True)
    status = _fetch(source / STATUS, target / STATUS)
    present = sorted(_files(source), key=_rank)
    copied = 0
    for path in present:
        part = _fetch(path, target / path.name)
        if part is not None:
            part.replace(target / path.name)
            copied += 1
    for path in _files(target) - {target / path.name for path in present}:
        path.unlink(missing_ok=True)
    if status is not None:
        status.replace(target / STATUS)
        copied += 1
    return copied


def _files(directory: Path) -> set[Path]:
    """Files of the run itself but for its status; hidden ones are still being written."""
    return {
        path
        for path in directory.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.name not in (*TRANSIENT, STATUS)
    }


def _rank(path: Path) -> tuple[bool, str]:
    return path.name not in CHECKPOINTS, path.name


def _fetch(source: Path, target: Path) -> Path | None:
    """Whole copy of a file beside the one that it is to replace; None where they are the same."""
    try:
        now = source.stat()
        if target.exists() and (old := target.stat()).st_size == now.st_size and old.st_mtime_ns == now.st_mtime_ns:
            return None
        part = target.with_name(f".{target.name}.part")
        shutil.copy2(source, part)
    except FileNotFoundError:
        return None  # replaced or taken away meanwhile; the next round sees what came instead
    with part.open("rb") as file:
        os.fsync(file.fileno())
    return part
