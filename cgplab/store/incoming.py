"""Copies of runs of another store: whole, sound and beside their place before anything here changes."""

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cgplab.errors import InputError
from cgplab.store.names import CHECKPOINTS, NEW, STATUS, TRANSIENT, is_known
from cgplab.store.run import Run
from cgplab.store.states import State
from cgplab.store.verify import Damage, verify_run
from cgplab.system_errors import explained
from cgplab.words import counted

ID = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")
"""What a run's id, a ULID, looks like."""
_COPIES = 3
"""Attempts to copy a run that ends while it is copied."""


@contextmanager
def taken_in(root: Path, theirs: Run) -> Iterator[Run]:
    """Sound copy of a run on the store's disk; removed at the end unless it was moved into its place.

    It is checked after it was copied, so that nothing can change between the check and the use.

    Raises
    ------
    InputError
        The run cannot be copied, or is damaged; names the first file.
    """
    check_id(theirs)
    with beside(root) as directory:
        copy = Run(directory / theirs.id)
        _copy(theirs, copy)
        check_sound(copy)
        yield copy


def check_id(run: Run) -> None:
    """Raise InputError unless a run's directory is named as its manifest says, by an id."""
    if not ID.fullmatch(run.id):
        raise InputError(f"{run.directory} is named unlike any run; ids have 26 letters and digits")
    _ = run.manifest


def check_sound(run: Run) -> None:
    """Raise InputError, which names the first damaged file, unless a run of another store is as it was written."""
    found = damages(run)
    if found:
        path, what = found[0].path, found[0].what
        more = f" and {counted(len(found) - 1, 'more file')}" if len(found) > 1 else ""
        name = path.relative_to(run.directory).as_posix() if path != run.directory else "its directory"
        raise InputError(f"it is damaged there: {name}{more}: {what.removeprefix(f'{path} ').replace(f'{path}', name)}")


def damages(run: Run) -> list[Damage]:
    """What is wrong with a run."""
    try:
        return list(verify_run(run))
    except OSError as error:
        raise explained(f"run {run.id} cannot be read", error) from error


@contextmanager
def beside(root: Path) -> Iterator[Path]:
    """Directory of the store that nobody lists, for what is not in its place yet; it goes at the end."""
    try:
        directory = Path(tempfile.mkdtemp(dir=root, prefix=NEW))
    except OSError as error:
        raise explained(f"cannot write into {root}", error) from error
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _copy(theirs: Run, copy: Run) -> None:
    for _ in range(_COPIES):
        shutil.rmtree(copy.directory, ignore_errors=True)
        try:
            copy_whole(theirs.directory, copy.directory)
        except OSError as error:
            # Files go when a run ends; a run that stays the same cannot be copied at all.
            if not _ended_meanwhile(theirs, copy):
                raise _uncopied(theirs, error) from error
        else:
            if not _ended_meanwhile(theirs, copy):
                return
    raise InputError(f"run {theirs.id} changes while it is copied; merge again")


def _uncopied(theirs: Run, error: OSError) -> InputError:
    if isinstance(error, shutil.Error):
        # It lists source, target and message of every file.
        return InputError(f"run {theirs.id} cannot be copied: {error.args[0][0][2]}")
    return explained(f"run {theirs.id} cannot be copied", error)


def _ended_meanwhile(theirs: Run, copy: Run) -> bool:
    """Whether a run was finished after its status had been copied, so that status and seal would not fit."""
    return (
        (copy.directory / STATUS).is_file()
        and copy.status_or_rebuilt().state is not State.FINISHED
        and theirs.status_or_rebuilt().state is State.FINISHED
    )


def copy_whole(source: Path, target: Path) -> None:
    """Copy a run's directory: files and directories only, without what belongs to the processes at work on it.

    The run may be going on meanwhile: what refers to other files is copied before them, the status before the
    checkpoints and these before the rows they know of, so that the copy can be resumed.
    """
    target.mkdir()
    first = [name for name in (STATUS, *CHECKPOINTS) if (source / name).is_file()]
    patterns = shutil.ignore_patterns(*TRANSIENT, STATUS, *CHECKPOINTS, ".*")

    def ignored(directory: str, found: list[str]) -> set[str]:
        left_out = patterns(directory, found)
        for name in sorted(set(found) - left_out):
            _check_plain(Path(directory, name))
            if not is_known(name):
                raise InputError(f"{name!r} does not belong to a run; remove it, then merge again")
        return left_out

    for name in first:
        _check_plain(source / name)
        shutil.copy2(source / name, target / name)
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=ignored)
    target.chmod(0o755)


def _check_plain(path: Path) -> None:
    """A link could lead anywhere, and a device has no end."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return  # replaced meanwhile
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise InputError(f"{path} is neither a file nor a directory, so it cannot belong to a run")
