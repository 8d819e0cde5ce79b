"""Take over runs from another store: a cluster node's results, a colleague's archive."""

import lzma
import os
import shutil
import tarfile
import tempfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from cgplab.errors import InputError
from cgplab.store.locks import held
from cgplab.store.names import CHECKPOINTS, EDIT_LOCK, MANIFEST, NEW, STATUS, TRANSIENT
from cgplab.store.run import Run
from cgplab.store.states import State
from cgplab.store.trash import empty_trash, put_into_trash

_INCOMING = "incoming"


@dataclass(frozen=True)
class Merged:
    """What became of the runs of the other store, by id; ``refused`` with the reason."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def merge(root: Path, source: Path) -> Merged:
    """Copy runs that are not here; replace those that have gone further there. Each changes in one step.

    A run that is in both has the same manifest, or it is refused. Finished goes before unfinished, more
    generations before fewer, more attempts before fewer. Tags, notes and accuracies of both sides are kept; where
    they differ, ours.

    Parameters
    ----------
    root : Path
        Of this store.
    source : Path
        Store, directory of runs, or archive (.tar.gz).

    Raises
    ------
    InputError
        There is no such store, or the archive is damaged or holds anything but runs.
    """
    finish_merge(root)
    if source.is_file():
        with tempfile.TemporaryDirectory(dir=root, prefix=NEW) as name:
            unpack(source, Path(name))
            return _merge_runs(root, Path(name) / "runs")
    directory = source / "runs" if (source / "runs").is_dir() else source
    if not directory.is_dir():
        raise InputError(f"{source} is neither a store nor an archive of runs")
    if directory.resolve() == (root / "runs").resolve():
        raise InputError(f"{source} is this store itself")
    found = _merge_runs(root, directory)
    if not (found.added or found.updated or found.unchanged or found.refused):
        raise InputError(f"{source} holds no runs")
    return found


def finish_merge(root: Path) -> None:
    """Put runs into their place whose merge was cut short between two steps."""
    for directory in (root / _INCOMING).glob("*"):
        place = root / "runs" / directory.name
        if place.exists():
            shutil.rmtree(directory, ignore_errors=True)
        else:
            os.rename(directory, place)


def _merge_runs(root: Path, directory: Path) -> Merged:
    merged = Merged()
    for theirs in (Run(path) for path in sorted(directory.iterdir()) if (path / MANIFEST).is_file()):
        try:
            _merge_run(root, theirs, merged)
        except InputError as error:
            merged.refused[theirs.id] = str(error)
    empty_trash(root)
    return merged


def _merge_run(root: Path, theirs: Run, merged: Merged) -> None:
    ours = Run(root / "runs" / theirs.id)
    if theirs.manifest.id != theirs.id:
        raise InputError(f"{theirs.directory} is named unlike its run {theirs.manifest.id}")
    if not ours.directory.exists():
        _put(_copied(root, theirs), ours.directory)
        merged.added.append(theirs.id)
        return
    if ours.manifest != theirs.manifest:
        raise InputError(f"run {ours.id} is in both stores with different manifests; one of them was altered")
    if _reached(theirs) <= _reached(ours):
        if _take_over_words(theirs, ours):
            merged.updated.append(ours.id)
        else:
            merged.unchanged.append(ours.id)
        return
    with ours.claimed(), held(ours.directory / EDIT_LOCK):
        copy = _copied(root, theirs)
        _take_over_words(ours, Run(copy))
        incoming = root / _INCOMING / ours.id
        incoming.parent.mkdir(exist_ok=True)
        _put(copy, incoming)
        # A crash between these two is mended by finish_merge.
        put_into_trash(root, ours.directory)
        _put(incoming, ours.directory)
    merged.updated.append(ours.id)


def _reached(run: Run) -> tuple[bool, int, int]:
    status = run.status_or_rebuilt()
    return (status.state is State.FINISHED, status.generation, status.attempt)


def _take_over_words(source: Run, target: Run) -> bool:
    """Add tags, note and accuracies that the target lacks; whether there were any."""
    tags = tuple(tag for tag in source.tags if tag not in target.tags)
    note = source.note if source.note and not target.note else None
    known = target.metrics()
    metrics = {name: value for name, value in source.metrics().items() if name not in known}
    if tags or note:
        target.annotate(add=tags, note=note)
    if metrics:
        target.write_metrics(metrics)
    return bool(tags or note or metrics)


def _copied(root: Path, run: Run) -> Path:
    """Whole copy of a run, on the disk of the store but in no place yet.

    The run may be going on meanwhile: what refers to other files is copied before them, the status before the
    checkpoints and these before the rows they know of, so that the copy can be resumed.
    """
    copy = Path(tempfile.mkdtemp(dir=root, prefix=NEW))
    first = [name for name in (STATUS, *CHECKPOINTS) if (run.directory / name).is_file()]
    try:
        for name in first:
            shutil.copy2(run.directory / name, copy / name)
        ignore = shutil.ignore_patterns(*TRANSIENT, STATUS, *CHECKPOINTS, ".*")
        shutil.copytree(run.directory, copy, dirs_exist_ok=True, ignore=ignore)
    except OSError as error:
        shutil.rmtree(copy, ignore_errors=True)
        raise InputError(f"run {run.id} cannot be copied: {str(error).splitlines()[0]}") from error
    copy.chmod(0o755)
    return copy


def _put(copy: Path, place: Path) -> None:
    try:
        os.rename(copy, place)
    except OSError as error:
        shutil.rmtree(copy, ignore_errors=True)
        raise InputError(f"{place} cannot be put into its place: {error.strerror}; merge again") from error


def _only_runs(member: tarfile.TarInfo, _: str) -> tarfile.TarInfo | None:
    """Plain files and directories below ``runs/``, as anybody's: stricter than Python's filters, and quicker."""
    parts = PurePosixPath(member.name).parts
    if parts[:1] != ("runs",):
        return None
    if ".." in parts or not (member.isreg() or member.isdir()):
        raise tarfile.FilterError(f"{member.name!r} is no file of a run")
    mode = 0o755 if member.isdir() else 0o644
    return member.replace(mode=mode, uid=None, gid=None, uname=None, gname=None, deep=False)  # type: ignore[arg-type]


def unpack(archive: Path, directory: Path) -> None:
    """Unpack an archive of runs into a directory.

    Raises
    ------
    InputError
        It is damaged, or holds no runs, or does not fit on the disk.
    """
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(directory, filter=_only_runs)
    except (tarfile.TarError, OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None and archive.is_file():
            raise InputError(
                f"cannot unpack {archive} into {directory}: {error.strerror}; free some space or choose another place"
            ) from error
        raise InputError(f"{archive} is not a readable archive of runs: {error}") from error
    if not (directory / "runs").is_dir():
        raise InputError(f"{archive} holds no runs; make such archives with: cgplab runs export")
