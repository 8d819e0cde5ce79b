"""Take over runs from another store: a cluster node's results, a colleague's archive."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from cgplab.errors import InputError
from cgplab.store.checkpoints import checkpoint_generation
from cgplab.store.checksums import file_checksum, sealed_checksum
from cgplab.store.incoming import ID, beside, check_id, check_sound, damages, taken_in
from cgplab.store.locks import held, is_held
from cgplab.store.names import EDIT_LOCK, LOCK, MANIFEST, RESULT
from cgplab.store.progress import last_generation
from cgplab.store.run import Run
from cgplab.store.states import State
from cgplab.store.trash import claimed_even_damaged, empty_trash, put_into_trash
from cgplab.store.unpack import unpack
from cgplab.system_errors import explained, no_room

_INCOMING, _LOCK = "incoming", "runs/.merge.lock"
_WAIT_SECONDS = 600.0
"""How long a merge waits for another one of the same store."""


@dataclass(frozen=True)
class Merged:
    """What became of the runs of the other store, by id.

    ``healed`` were damaged here and are replaced by the sound copy; ``refused`` come with the reason.
    """

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    healed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


class _Step(Enum):
    """What there is to do about a run that is in both stores."""

    NOTHING = auto()
    WORDS = auto()
    REPLACE = auto()
    HEAL = auto()


def merge(root: Path, source: Path) -> Merged:
    """Copy runs that are not here; replace those that have gone further there. Each changes in one step.

    Only a sound copy is taken: every file is held against its checksum, after it was copied. A run that is in both
    has the same manifest, or it is refused. A run that is damaged here is replaced by a sound copy that has gone as
    far. Finished goes before unfinished, more generations before fewer, more attempts before fewer; a run that is
    finished and sound here stays. Tags, notes and what was measured are kept of both sides; where they differ, ours.
    Measurements of a run that is damaged here stay only if its circuit and weights are bit-identical to the copy's.

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
    with held(root / _LOCK, _WAIT_SECONDS):
        _finish(root)
        return _merge(root, source)


def _merge(root: Path, source: Path) -> Merged:
    if source.is_file():
        with beside(root) as directory:
            unpack(source, directory)
            found = _merge_runs(root, directory / "runs")
            if found == Merged():
                raise InputError(f"{source} holds no runs")
            return found
    directory = source / "runs" if (source / "runs").is_dir() else source
    if not directory.is_dir():
        raise InputError(f"{source} is neither a store nor an archive of runs")
    if directory.resolve() == (root / "runs").resolve():
        raise InputError(f"{source} is this store itself")
    found = _merge_runs(root, directory)
    if found == Merged():
        raise InputError(f"{source} holds no runs")
    return found


def finish_merge(root: Path) -> None:
    """Put runs into their place whose merge was cut short between two steps."""
    if (root / _INCOMING).is_dir():
        with held(root / _LOCK, _WAIT_SECONDS):
            _finish(root)


def _finish(root: Path) -> None:
    for directory in (root / _INCOMING).glob("*"):
        place = root / "runs" / directory.name
        if os.path.lexists(place) or directory.is_symlink() or not directory.is_dir():
            shutil.rmtree(directory, ignore_errors=True)
        else:
            _put(directory, place)


def _merge_runs(root: Path, directory: Path) -> Merged:
    merged = Merged()
    for path in sorted(directory.iterdir()):
        # Where its name tells that it was a run, it is named even without a manifest.
        if path.is_dir() and ((path / MANIFEST).is_file() or ID.fullmatch(path.name)):
            try:
                _merge_run(root, Run(path), merged)
            except InputError as error:
                if no_room(error):
                    raise
                merged.refused[path.name] = str(error)
    empty_trash(root)
    return merged


def _merge_run(root: Path, theirs: Run, merged: Merged) -> None:
    check_id(theirs)
    ours = Run(root / "runs" / theirs.id)
    if ours.directory.exists() and _step(ours, theirs) is _Step.NOTHING:
        if not is_held(theirs.directory / LOCK):
            check_sound(theirs)
        merged.unchanged.append(ours.id)
        return
    with taken_in(root, theirs) as copy:
        if not ours.directory.exists():
            _put(copy.directory, ours.directory)
            merged.added.append(ours.id)
            return
        # Looked at once more: this copy is sound and stays as it is.
        step = _step(ours, copy)
        if step is _Step.WORDS:
            _take_over_words(copy, ours)
            merged.updated.append(ours.id)
        elif step is _Step.NOTHING:
            merged.unchanged.append(ours.id)
        else:
            _replace(root, ours, copy, whole=step is _Step.REPLACE)
            (merged.updated if step is _Step.REPLACE else merged.healed).append(ours.id)


def _step(ours: Run, theirs: Run) -> _Step:
    """What to do about a run that is in both stores; InputError where theirs is another run."""
    going_on = is_held(ours.directory / LOCK)
    if not going_on and damages(ours):
        _check_same(ours, theirs)
        return _Step.HEAL if _reached(theirs) >= _reached(ours) else _Step.NOTHING
    if ours.manifest != theirs.manifest:
        raise _another(ours)
    further = _reached(theirs) > _reached(ours)
    if further and ours.status_or_rebuilt().state is not State.FINISHED:
        return _Step.REPLACE
    return _Step.WORDS if any(_missing_words(theirs, ours)) else _Step.NOTHING


def lacks_nothing(ours: Run, theirs: Run) -> bool:
    """Whether ours is finished and sound, and has all that was noted and measured of theirs, the same finished run."""
    return (
        not damages(ours)
        and ours.manifest == theirs.manifest
        and ours.status.state is State.FINISHED
        and not any(_missing_words(theirs, ours))
    )


def _check_same(ours: Run, theirs: Run) -> None:
    """Raise InputError where a damaged run's checksums tell that its manifest was not that of the sound one."""
    try:
        expected = sealed_checksum(ours.directory / MANIFEST)
    except InputError:
        return
    if expected is not None and expected != file_checksum(theirs.directory / MANIFEST):
        raise _another(ours)


def _another(run: Run) -> InputError:
    return InputError(f"run {run.id} is in both stores with different manifests; one of them was altered")


def _reached(run: Run) -> tuple[bool, int, int]:
    """How far a run has gone, as far as its files bear that out."""
    status = run.status_or_rebuilt()
    if status.state is State.FINISHED:
        return (True, 0, 0)
    # A status can say anything: what a run would go on from counts, else the rows, which prove that it searched.
    generation = checkpoint_generation(run.directory)
    return (False, last_generation(run.directory) if generation is None else generation, status.attempt)


def _replace(root: Path, ours: Run, copy: Run, whole: bool) -> None:
    """Put a copy in the place of a run and keep the run's tags, note and measurements.

    Of a damaged run, keep what can be read; its measurements only if circuit and weights are the same.
    """
    with claimed_even_damaged(ours), held(ours.directory / EDIT_LOCK):
        if whole:
            _take_over_words(ours, copy)
        else:
            for take in (_take_annotations, *((_take_metrics, _take_synthesis) if _same_result(ours, copy) else ())):
                with suppress(InputError):
                    take(ours, copy)
        incoming = root / _INCOMING / ours.id
        incoming.parent.mkdir(exist_ok=True)
        _put(copy.directory, incoming)
        # A crash between these two is mended by finish_merge.
        kept = put_into_trash(root, ours.directory)
        try:
            os.rename(incoming, ours.directory)
        except OSError as error:
            with suppress(OSError):  # else finish_merge puts the copy into its place
                os.rename(kept, ours.directory)
            raise explained(f"{ours.directory} cannot be put into its place", error, "merge again") from error


def _missing_words(source: Run, target: Run) -> Iterator[bool]:
    """Whether the target lacks tags, a note, accuracies or syntheses of the source, in turn."""
    yield bool(set(source.tags) - set(target.tags))
    yield bool(source.note and not target.note)
    yield bool(source.metrics().keys() - target.metrics().keys())
    yield bool(source.synthesis().keys() - target.synthesis().keys())


def _same_result(ours: Run, copy: Run) -> bool:
    """Whether two runs have bit-identical circuits and weights, so that measurements of one hold for the other."""
    try:
        return all(file_checksum(ours.directory / name) == file_checksum(copy.directory / name) for name in RESULT)
    except (InputError, FileNotFoundError):
        return False


def _take_over_words(source: Run, target: Run) -> None:
    """Add those tags, notes and measurements of the source that the target lacks."""
    for take in (_take_annotations, _take_metrics, _take_synthesis):
        take(source, target)


def _take_annotations(source: Run, target: Run) -> None:
    tags = tuple(tag for tag in source.tags if tag not in target.tags)
    note = source.note if source.note and not target.note else None
    if tags or note:
        target.annotate(add=tags, note=note)


def _take_metrics(source: Run, target: Run) -> None:
    known = target.metrics()
    new = {name: value for name, value in source.metrics().items() if name not in known}
    if new:
        target.write_metrics(new)


def _take_synthesis(source: Run, target: Run) -> None:
    known = target.synthesis()
    new = {name: value for name, value in source.synthesis().items() if name not in known}
    if new:
        target.write_synthesis(new)


def _put(copy: Path, place: Path) -> None:
    try:
        os.rename(copy, place)
    except OSError as error:
        shutil.rmtree(copy, ignore_errors=True)
        raise explained(f"{place} cannot be put into its place", error, "make the store writable") from error
