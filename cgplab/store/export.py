"""Runs as one archive for others, to be taken in with ``cgplab runs merge``."""

import os
import tarfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from cgplab.store.names import TRANSIENT, is_known
from cgplab.store.run import Run
from cgplab.system_errors import explained

_DEPTH = 2
"""Parts of the path of a run's directory in an archive."""


def export_runs(runs: Sequence[Run], path: Path) -> None:
    """Write whole runs into an archive, .tar.gz or .tar.xz; it appears whole or not at all.

    Raises
    ------
    InputError
        The archive cannot be written.
    """

    def own_files(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
        name = PurePosixPath(member.name).name
        is_run = len(PurePosixPath(member.name).parts) == _DEPTH
        if not is_run and (member.isdir() or name in TRANSIENT or not is_known(name)):
            return None
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = int(member.mtime)  # parts of a second would take a header of their own
        return member

    temporary = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _archive(temporary, path) as tar:
            for run in runs:
                tar.add(run.directory, f"runs/{run.id}", filter=own_files)
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise explained(f"cannot write {path}", error) from error


def _archive(temporary: Path, path: Path) -> tarfile.TarFile:
    if path.name.endswith(".xz"):
        return tarfile.open(temporary, "w:xz", preset=9)
    return tarfile.open(temporary, "w:gz", compresslevel=6)
