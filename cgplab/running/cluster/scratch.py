"""A job's copy of its runs on the node's own disk, and the way back into the store."""

import os
import shutil
from pathlib import Path

ORDER = ("checkpoint", "progress")
"""Files copied first, in this order: a checkpoint must never be newer than the progress beside it."""


LOCAL = ("lock", "edit.lock", "control", "reserve")
"""Files that belong to the place where they lie, as do the hidden ones that are still being written."""


def copy_run(source: Path, target: Path) -> int:
    """Make a run's directory equal to another one, file by file.

    Each file is replaced atomically and the status last, so that at any moment the target is a run that
    resumes bit-identically, even while the source is being written.

    Parameters
    ----------
    source, target : Path

    Returns
    -------
    int
        Number of files that differed.
    """
    target.mkdir(parents=True, exist_ok=True)
    copied = 0
    present = sorted(_files(source), key=_rank)
    for path in present:
        copied += _copy(path, target / path.name)
    for path in _files(target) - {target / path.name for path in present}:
        path.unlink(missing_ok=True)
    return copied


def _files(directory: Path) -> set[Path]:
    return {
        path
        for path in directory.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.name not in LOCAL
    }


def _rank(path: Path) -> tuple[int, str]:
    if path.name == "status.json":
        return len(ORDER) + 1, path.name
    return next((i for i, start in enumerate(ORDER) if path.name.startswith(start)), len(ORDER)), path.name


def _copy(source: Path, target: Path) -> bool:
    try:
        now = source.stat()
        if target.exists() and (old := target.stat()).st_size == now.st_size and old.st_mtime_ns == now.st_mtime_ns:
            return False
        part = target.with_name(f".{target.name}.part")
        shutil.copy2(source, part)
    except FileNotFoundError:
        return False  # replaced or taken away meanwhile; the next round sees what came instead
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
    return True
