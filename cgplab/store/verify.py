"""Find damaged files in a store and name them."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cgplab.cgp.geometry import parse_grid
from cgplab.errors import InputError
from cgplab.store import names
from cgplab.store.baselines import read_baselines_file
from cgplab.store.checkpoints import read_checkpoint
from cgplab.store.checksums import file_checksum, read_checked_as
from cgplab.store.contents import Checksums
from cgplab.store.progress import attempts, read_lines, read_sealed
from cgplab.store.run import Run
from cgplab.store.sensitivity import read_table
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
    readers = ((names.BASELINES, read_baselines_file), (names.SENSITIVITY, read_table))
    found = [(path, read) for name, read in readers for path in sorted((root / name).glob("*/*.json"))]
    return [damage for path, read in found for damage in _tried(path, partial(read, path))]


def _damages(run: Run) -> Iterator[Damage]:
    directory = run.directory
    manifest = directory / names.MANIFEST
    status = directory / names.STATUS
    sums: Checksums | None = None
    checksums = directory / names.CHECKSUMS
    yield from _tried(manifest, lambda: run.manifest)
    yield from _tried(status, lambda: run.status)
    try:
        sums = read_checked_as(checksums, Checksums)
        if sums is None:
            yield Damage(checksums, "missing")
    except InputError as error:
        yield Damage(checksums, str(error))
    sealed = {} if sums is None else sums["files"]
    altered = {manifest}
    for name, checksum in sealed.items():
        path = directory / name
        if path == manifest and not path.is_file():
            continue  # told already
        for damage in _sum_damages(path, checksum):
            altered.add(path)
            yield damage
    if sums is not None and sums["status"] is not None:
        present = [name for name in names.SEALED_IF_PRESENT if (directory / name).is_file()]
        for name in (*names.SEALED, *present):
            if name not in sealed:
                yield Damage(checksums, f"does not name {name}, though the run was sealed")
    yield from _status_damages(run, status, sums)
    # A checksum tells that a file is what it was, not that it ever was sound.
    for name, read in _readers(run).items():
        path = directory / name
        if os.path.lexists(path) and path not in altered:
            yield from _tried(path, read)
    if names.PROGRESS not in sealed and not os.path.lexists(directory / names.PROGRESS):
        for path in attempts(directory):
            yield from _tried(path, partial(read_lines, path))


def _readers(run: Run) -> dict[str, Callable[[], Any]]:
    """How each file of a run is read; None of them changes anything."""
    checkpoints = {name: partial(read_checkpoint, run.directory / name) for name in names.CHECKPOINTS}
    return {
        names.BEST: partial(check_grid, run, run.directory / names.BEST),
        names.HISTORY: run.history,
        names.WEIGHTS: run.weights,
        names.PROGRESS: partial(read_sealed, run.directory / names.PROGRESS),
        names.PROBLEM: run.carried_problem,
        names.COSTS: run.costs,
        names.METRICS: run.metrics,
        names.SYNTHESIS: run.synthesis,
        names.ANNOTATIONS: run.annotations,
        names.EVENTS: run.events,
        **checkpoints,
    }


def check_grid(run: Run, where: Path | str) -> None:
    """Raise InputError, which names ``where``, if the best circuit cannot be read or has not the manifest's sizes."""
    circuit = run.best()
    try:
        manifest = run.manifest
    except InputError:
        return  # its own reader reports the damage
    found = (circuit.n_inputs, circuit.n_outputs, circuit.rows, circuit.cols)
    asked = (manifest.n_inputs, manifest.n_outputs, *parse_grid(manifest.grid))
    if found != asked:
        sizes = "{} inputs, {} outputs and a grid of {}x{}"
        raise InputError(
            f"{where} is damaged: its circuit has {sizes.format(*found)}; the manifest names {sizes.format(*asked)}"
        )


def _sum_damages(path: Path, checksum: str) -> Iterator[Damage]:
    try:
        if file_checksum(path) != checksum:
            yield Damage(path, "altered: its checksum does not match")
    except FileNotFoundError:
        yield Damage(path, "missing")
    except InputError as error:
        yield Damage(path, str(error))


def _status_damages(run: Run, path: Path, sums: Checksums | None) -> Iterator[Damage]:
    try:
        status = run.status
    except InputError:
        return
    if sums is None:
        return
    if sums["status"] is not None and status != sums["status"]:
        yield Damage(path, "altered: it differs from what the run was sealed with")
    if sums["status"] is None and status.state is State.FINISHED:
        yield Damage(path, "says finished, but the run was never sealed")


def _tried(path: Path, read: Callable[[], Any]) -> Iterator[Damage]:
    try:
        read()
    except InputError as error:
        yield Damage(path, str(error))
