"""Find damaged files in a store and name them."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cgplab.errors import InputError
from cgplab.files import read_npz
from cgplab.store import names
from cgplab.store.checksums import file_checksum, read_checked_json, value_checksum
from cgplab.store.progress import attempts, read_lines, read_sealed
from cgplab.store.run import Run
from cgplab.store.states import State


@dataclass(frozen=True)
class Damage:
    """A file that is damaged, and how that shows."""

    path: Path
    what: str


def verify_run(run: Run) -> list[Damage]:
    """Every damaged or missing file of a run.

    What no longer changes is compared with its checksum, down to the last bit; what still changes is read as a
    worker would read it. A last line torn by a crash is no damage.
    """
    return list(_damages(run))


def verify_tables(root: Path) -> list[Damage]:
    """Every damaged table of sensitivity, and of accuracies of baselines, of a store."""
    paths = [path for name in (names.BASELINES, names.SENSITIVITY) for path in sorted((root / name).glob("*/*.json"))]
    return [damage for path in paths for damage in _tried(path, partial(read_checked_json, path))]


def _damages(run: Run) -> Iterator[Damage]:
    directory = run.directory
    manifest = directory / names.MANIFEST
    status = directory / names.STATUS
    sums: dict[str, Any] = {}
    checksums = directory / names.CHECKSUMS
    yield from _tried(manifest, lambda: run.manifest)
    yield from _tried(status, lambda: run.status)
    if not checksums.is_file():
        yield Damage(checksums, "missing")
    try:
        sums = read_checked_json(checksums)
    except InputError as error:
        yield Damage(checksums, str(error))
    sealed = sums.get("files", {})
    for name, checksum in sealed.items():
        path = directory / name
        if not path.is_file():
            if path != manifest:
                yield Damage(path, "missing")
        elif file_checksum(path) != checksum:
            yield Damage(path, "altered: its checksum does not fit")
    if sums.get("status") is not None:
        present = [name for name in names.SEALED_IF_PRESENT if (directory / name).is_file()]
        for name in (*names.SEALED, *present):
            if name not in sealed:
                yield Damage(checksums, f"does not name {name}, though the run was sealed")
    yield from _status_damages(run, status, sums)
    for name in (names.BEST, names.HISTORY, names.WEIGHTS, *names.CHECKPOINTS):
        path = directory / name
        if name not in sealed and path.is_file():
            yield from _tried(path, partial(read_npz, path))
    if names.PROGRESS not in sealed and (directory / names.PROGRESS).is_file():
        yield from _tried(directory / names.PROGRESS, partial(read_sealed, directory / names.PROGRESS))
    elif names.PROGRESS not in sealed:
        for path in attempts(directory):
            yield from _tried(path, partial(read_lines, path))
    for name in (names.METRICS, names.SYNTHESIS, names.ANNOTATIONS):
        yield from _tried(directory / name, partial(read_checked_json, directory / name))


def _status_damages(run: Run, path: Path, sums: dict[str, Any]) -> Iterator[Damage]:
    try:
        status, manifest_id = run.status, run.manifest.id
    except InputError:
        return
    if manifest_id != run.id:
        yield Damage(run.directory, f"named unlike its run {manifest_id}")
    sealed = sums.get("status")
    if sealed is not None and value_checksum(asdict(status)) != value_checksum(sealed):
        yield Damage(path, "altered: it differs from what the run was sealed with")
    if sealed is None and sums and status.state is State.FINISHED:
        yield Damage(path, "says finished, but the run was never sealed")


def _tried(path: Path, read: Callable[[], Any]) -> Iterator[Damage]:
    try:
        read()
    except InputError as error:
        yield Damage(path, str(error))
