"""One run's directory: what is in it and how it is written and read."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit, CostTable, Problem
from cgplab.errors import InputError
from cgplab.files import write_atomic, write_json, write_npz
from cgplab.hardware import load_costs
from cgplab.plain_files import read_bounded
from cgplab.schema import array_names, convert_as, read_arrays
from cgplab.store import names
from cgplab.store.carried import read_costs, read_problem
from cgplab.store.checkpoints import checkpoint_generation, remove_checkpoints
from cgplab.store.checksums import file_checksum, read_checked_as, write_checked_json
from cgplab.store.circuit_arrays import WEIGHT_ARRAYS, layers_of, read_circuit, sizes_of, weight_arrays
from cgplab.store.contents import Accuracy, Annotations, Checksums, Metrics, Synthesis
from cgplab.store.events import add_event, read_events
from cgplab.store.history import Snapshot, read_history
from cgplab.store.locks import Lock, held, is_held
from cgplab.store.manifest import Manifest
from cgplab.store.progress import (
    NewRows,
    ProgressReader,
    ProgressWriter,
    Row,
    SharedProgress,
    last_attempt,
    read_progress,
    seal_progress,
)
from cgplab.store.row import row_of
from cgplab.store.states import State
from cgplab.store.status import Status, now, observed


class RunTakenError(InputError):
    """Another process has claimed the run."""


class RunRemovedError(InputError):
    """Somebody removed the run while it was carried out."""


class Run:
    """A run in a store.

    Parameters
    ----------
    directory : Path
        Named by the run's id.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @property
    def directory(self) -> Path:
        """Where the run's files are."""
        return self._directory

    @property
    def place(self) -> str:
        """Where the run is, for people."""
        return str(self.directory)

    def is_there(self) -> bool:
        """Whether nobody has removed the run."""
        return self.directory.is_dir()

    def is_held(self) -> bool:
        """Whether a process carries the run out or changes its state."""
        return is_held(self.directory / names.LOCK)

    def signs(self) -> dict[str, tuple[int, int, int]] | None:
        """Time, size and inode of each file: equal signs mean an unchanged run; None when it is gone."""
        try:
            with os.scandir(self.directory) as entries:
                return {e.name: (s.st_mtime_ns, s.st_size, s.st_ino) for e in entries if (s := _stat(e)) is not None}
        except OSError:
            return None

    @property
    def id(self) -> str:
        """Identifier of the run."""
        return self.directory.name

    @cached_property
    def manifest(self) -> Manifest:
        """What was asked for.

        Raises
        ------
        InputError
            It cannot be read, or is that of another run: its directory was renamed, or copied by hand.
        """
        manifest = Manifest.read(self.directory / names.MANIFEST)
        if manifest.id != self.id and not self.id.startswith(names.NEW):
            raise InputError(f"{self.directory} is not named after its run {manifest.id}")
        return manifest

    @property
    def status(self) -> Status:
        """Where the run stands, as last written."""
        return Status.read(self.directory / names.STATUS)

    def observed(self, clock: Callable[[], float] = time.time) -> Status:
        """Where the run stands now: crashed if it should be running but its process is gone."""
        return observed(self.directory, lambda: self.status, clock)

    def status_or_rebuilt(self) -> Status:
        """Status as last written; if that is damaged, what the other files tell."""
        try:
            return self.status
        except InputError as error:
            path = self.directory / names.CHECKSUMS
            with suppress(InputError):
                sums = read_checked_as(path, Checksums)
                if sums is not None and (sealed := sums["status"]) is not None:
                    return sealed
            found = Status(State.CRASHED, now(), reason=str(error), attempt=last_attempt(self.directory))
            with suppress(InputError):
                if rows := self.progress():
                    measures = {name: value for name, value in rows[-1].items() if value is not None}
                    generation = max(measures["generation"], checkpoint_generation(self.directory) or 0)
                    found = convert_as(
                        {**asdict(found), **measures, "generation": generation}, Status, "the last row of the progress"
                    )
            return found

    def mend_status(self) -> Status:
        """Like :meth:`status_or_rebuilt`; a damaged status of a sealed run is stored as it was. Claim the run first."""
        status = self.status_or_rebuilt()
        if status.state is State.FINISHED:
            try:
                _ = self.status
            except InputError:
                write_json(self.directory / names.STATUS, asdict(status))
        return status

    def write_status(self, status: Status) -> None:
        """Replace the status, stamping it with the time.

        That a run is going on need not outlast a power cut: without its process it has crashed either way.
        """
        durable = status.state is not State.RUNNING
        write_json(self.directory / names.STATUS, asdict(replace(status, updated=now())), durable)

    def check_there(self) -> None:
        """Raise RunRemovedError if the run's manifest is gone, so that nothing more is written into its place."""
        if not (self.directory / names.MANIFEST).is_file():
            raise RunRemovedError(f"run {self.id} was removed before it ended")

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold the run: whoever carries it out or changes its state does so alone.

        Raises
        ------
        RunTakenError
            Another process holds it.
        InputError
            The store cannot be written.
        """
        if not (self.directory / names.MANIFEST).is_file():
            raise InputError(f"no run in {self.directory}; see: cgplab runs list")
        lock = Lock.take(self.directory / names.LOCK)
        if lock is None:
            status = self.status
            raise RunTakenError(f"run {self.id} is being carried out by process {status.pid} on {status.host}")
        try:
            yield
        finally:
            lock.release()

    def request(self, what: str) -> None:
        """Leave a request, ``pause`` or ``stop``, for the process that carries the run out."""
        write_atomic(self.directory / names.CONTROL, f"{what}\n".encode())

    def requested(self) -> str | None:
        """Request that was left, if any."""
        try:
            return read_bounded(self.directory / names.CONTROL, 1024).decode("utf-8", "replace").strip()
        except FileNotFoundError:
            return None

    def clear_request(self) -> None:
        """Take a request back, or note that it was obeyed."""
        (self.directory / names.CONTROL).unlink(missing_ok=True)

    def remove_leftovers(self) -> None:
        """Remove files that a killed process had not yet put into their place."""
        for path in self.directory.glob(".*"):
            path.unlink(missing_ok=True)

    def add_event(self, event: str, **details: Any) -> None:
        """Note what happened."""
        add_event(self.directory, event, **details)

    def events(self) -> list[dict[str, Any]]:
        """What happened, in order."""
        return read_events(self.directory)

    def open_progress(self, attempt: int) -> ProgressWriter:
        """Writer of this attempt's progress."""
        return ProgressWriter(self.directory / names.attempt_file(attempt))

    def progress(self) -> list[Row]:
        """Rows of all attempts in order, none twice; a torn last line is left out."""
        return read_progress(self.directory)

    @property
    def shared_progress(self) -> SharedProgress | None:
        """Table in which the run's rows stand beside those of others; None where they have files of their own."""
        return None

    def follow_progress(self) -> NewRows:
        """Reader that returns new rows at every call."""
        return ProgressReader(self.directory)

    def write_best(self, circuit: Circuit) -> None:
        """Store the best circuit."""
        write_npz(
            self.directory / names.BEST,
            {"gates": circuit.gates, "outputs": circuit.outputs, "geometry": sizes_of(circuit)},
        )

    def best(self) -> Circuit:
        """Best circuit; InputError when there is none or it is damaged."""
        return read_circuit(self.directory / names.BEST)

    def history(self) -> list[Snapshot]:
        """Some of the improvements of the best circuit, oldest first; InputError when the file is damaged.

        Empty for runs that did not evolve, were imported, or are of a version that kept none.
        """
        return read_history(self.directory / names.HISTORY)

    def carried_problem(self) -> Problem | None:
        """Problem stored with the run; None where model and selection give it; InputError when it is damaged."""
        return read_problem(self.directory)

    def carried_costs(self) -> CostTable | None:
        """Cost table stored with the run; None where the manifest names one; InputError when it is damaged."""
        return read_costs(self.directory)

    def costs(self) -> CostTable:
        """Cost table stored with the run, else the one that the manifest names; InputError when it is damaged."""
        return self.carried_costs() or load_costs(self.manifest.costs)

    def write_weights(self, outputs: NDArray[np.int8], layers: dict[str, NDArray[np.int8]]) -> None:
        """Store inferred weights.

        Parameters
        ----------
        outputs : (d, n_out) int8
            Outputs of the best circuit.
        layers : {layer: int8 array}
            Whole weight arrays with the outputs in place.
        """
        write_npz(self.directory / names.WEIGHTS, weight_arrays(outputs, layers))

    def weights(self) -> dict[str, NDArray[np.int8]]:
        """Whole weight arrays by layer, with the inferred weights in place."""
        return layers_of(self.weight_arrays())

    def weight_arrays(self) -> dict[str, NDArray[np.int8]]:
        """Outputs of the best circuit, ``outputs``, and whole weight arrays, ``layer.NAME``."""
        return read_arrays(self.directory / names.WEIGHTS, WEIGHT_ARRAYS)

    def has_best(self) -> bool:
        """Whether a best circuit is stored."""
        return (self.directory / names.BEST).is_file()

    def best_sign(self) -> tuple[int, int] | None:
        """Sign of the best circuit: an equal one means that it was not stored anew; None while there is none."""
        try:
            stat = (self.directory / names.BEST).stat()
        except FileNotFoundError:
            return None
        # Files are replaced, so the inode tells two apart even within a tick of the clock.
        return stat.st_mtime_ns, stat.st_ino

    def weight_layers(self) -> list[str]:
        """Layers whose weights are stored, without reading them."""
        return list(layers_of(dict.fromkeys(array_names(self.directory / names.WEIGHTS))))

    def has_weights(self) -> bool:
        """Whether inferred weights are stored."""
        return (self.directory / names.WEIGHTS).is_file()

    def write_metrics(self, metrics: Mapping[str, Any]) -> None:
        """Store accuracies by ``dataset/split``, replacing those of the same name."""
        with held(self.directory / names.EDIT_LOCK):
            write_checked_json(self.directory / names.METRICS, {**self.metrics(), **metrics})

    def drop_metrics(self) -> None:
        """Remove the accuracies: they are those of weights that are about to be replaced."""
        path = self.directory / names.METRICS
        if path.exists():
            with held(self.directory / names.EDIT_LOCK):
                path.unlink(missing_ok=True)

    def metrics(self) -> dict[str, Accuracy]:
        """Accuracies by ``dataset/split``; empty when none were measured."""
        return read_checked_as(self.directory / names.METRICS, Metrics) or {}

    def write_synthesis(self, synthesis: Mapping[str, Any]) -> None:
        """Store estimates and syntheses by library, replacing those of the same name."""
        with held(self.directory / names.EDIT_LOCK):
            write_checked_json(self.directory / names.SYNTHESIS, {**self.synthesis(), **synthesis})

    def synthesis(self) -> dict[str, Any]:
        """Estimates and syntheses by library; empty when the circuit was not synthesised."""
        return read_checked_as(self.directory / names.SYNTHESIS, Synthesis) or {}

    def annotate(self, add: tuple[str, ...] = (), remove: tuple[str, ...] = (), note: str | None = None) -> None:
        """Add and remove tags; replace the note if one is given, an empty one removes it."""
        with held(self.directory / names.EDIT_LOCK):
            before = self.annotations()
            tags = [tag for tag in dict.fromkeys((*before["tags"], *add)) if tag not in remove]
            after = {"tags": tags, "note": before["note"] if note is None else note}
            convert_as(after, Annotations, f"the new tags or note of run {self.id}", "cannot be stored")
            write_checked_json(self.directory / names.ANNOTATIONS, after)

    def annotations(self) -> Annotations:
        """Tags, in the order they were given, and note."""
        return read_checked_as(self.directory / names.ANNOTATIONS, Annotations) or {"tags": [], "note": ""}

    @property
    def tags(self) -> list[str]:
        """Tags, in the order they were given."""
        return self.annotations()["tags"]

    @property
    def note(self) -> str:
        """Note; empty if there is none."""
        return self.annotations()["note"]

    def finish(self, status: Status) -> None:
        """Seal a run whose best circuit and weights are stored: nothing but metrics and annotations changes hereafter.

        Cut short anywhere, it can be done again.
        """
        self.seal(replace(status, state=State.FINISHED, updated=now(), worker=None))

    def seal(self, final: Status) -> None:
        """Seal a run that has ended with the status ``final``; see :meth:`finish`."""
        seal_progress(self.directory)
        carried = [name for name in names.SEALED_IF_PRESENT if (self.directory / name).is_file()]
        sealed = (*names.SEALED, *carried)
        fields = asdict(final)
        write_checked_json(
            self.directory / names.CHECKSUMS,
            {"files": {name: file_checksum(self.directory / name) for name in sealed}, "status": fields},
        )
        write_json(self.directory / names.STATUS, fields)
        remove_checkpoints(self.directory)

    def stored_row(self) -> tuple[dict[str, Any], str | None, dict[str, Accuracy]]:
        """Row as the files say, whether or not the run's process is still there; its worker; and its accuracies."""
        status, metrics, words = self.status, self.metrics(), self.annotations()
        return row_of(self.manifest, status, metrics, words["tags"], words["note"]), status.worker, metrics

    def row(self, dataset: str | None = None) -> dict[str, Any]:
        """Row of the table of runs; see :data:`cgplab.store.columns.RUN_COLUMNS`.

        Parameters
        ----------
        dataset : str, optional
            ``dataset/split`` whose accuracy to show; default: the one measured last.
        """
        words = self.annotations()
        return row_of(self.manifest, self.observed(), self.metrics(), words["tags"], words["note"], dataset)


def _stat(entry: "os.DirEntry[str]") -> os.stat_result | None:
    try:
        return entry.stat()
    except OSError:  # replaced at this moment
        return None
