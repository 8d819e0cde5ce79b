"""Lean runs: finished runs without what their model and their circuit give again, for small archives.

A run stores a pin per inferred weight, and whole layers with the inferred weights in place. Where equal weights take
equal pins, which nearest-value wiring and construction see to, the pins of the distinct values are enough; the rest is
made again from the model, and a checksum tells whether it is what it was.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit, Problem
from cgplab.cgp.evaluation import infer
from cgplab.errors import InputError
from cgplab.files import write_npz
from cgplab.schema import WHOLE, ArraySchema, read_arrays
from cgplab.store import Run, State
from cgplab.store.checksums import file_checksum, value_checksum
from cgplab.store.circuit_arrays import SIZES, circuit_of, sizes_of
from cgplab.store.export import export_runs
from cgplab.store.names import ANNOTATIONS, EVENTS, HISTORY, LEAN, MANIFEST, METRICS, PROGRESS, STATUS, SYNTHESIS
from cgplab.store.progress import write_sealed
from cgplab.work import load_work

_KEPT = (MANIFEST, STATUS, METRICS, SYNTHESIS, ANNOTATIONS, EVENTS, HISTORY)
_PINS, _GENES, _GATES, _SIZES, _SUM, _FILES = "pins", "outputs", "gates", "geometry", "sha256", "files"
_CHECKED = (MANIFEST, PROGRESS, HISTORY)
"""What a seal names and the archive holds as it was; archives of earlier versions have no checksums of these."""

LEAN_ARRAYS = {
    _PINS: ArraySchema(WHOLE, 1, required=False),
    _GENES: ArraySchema(WHOLE, 1, required=False),
    _GATES: ArraySchema(WHOLE, 2),
    _SIZES: SIZES,
    _SUM: ArraySchema("u", shape=(32,)),
    _FILES: ArraySchema("u", shape=(32,), required=False),
}
"""Schema of the file of a lean run."""


def export_lean(runs: Sequence[Run], path: Path) -> int:
    """Write runs into an archive, those lean that can be completed again.

    Parameters
    ----------
    runs : sequence of Run
    path : Path
        ``.tar.gz`` or, smaller, ``.tar.xz``.

    Returns
    -------
    int
        How many are lean; the others are in the archive as they are.

    Raises
    ------
    InputError
        The archive cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="cgplab-lean-") as name:
        taken = [_lean_copy(run, Path(name) / run.id) or run for run in runs]
        export_runs(taken, path)
    return sum(copy is not run for copy, run in zip(taken, runs, strict=True))


def complete(run: Run) -> bool:
    """Make a lean run whole and seal it; returns whether it was lean.

    Raises
    ------
    InputError
        Its model or cost table is not the one it was made with, or the file is damaged.
    """
    path = run.directory / LEAN
    if not os.path.lexists(path):
        return False
    arrays = read_arrays(path, LEAN_ARRAYS)
    if _FILES in arrays and arrays[_FILES].tobytes() != _checksum_of_files(run):
        raise InputError(f"run {run.id} cannot be completed: its files are altered; fetch its archive again")
    work = load_work(run.manifest)
    try:
        genes = arrays[_PINS][_places(work.problem)] if _PINS in arrays else arrays[_GENES]
        circuit = circuit_of(arrays[_SIZES], arrays[_GATES], genes)
        expected = arrays[_SUM].tobytes()
        outputs = infer(circuit, work.problem.inputs)
    except (KeyError, ValueError, IndexError, OverflowError) as error:
        raise InputError(f"{path} does not hold a lean run ({error}); fetch the archive again") from error
    if _checksum(circuit, outputs) != expected:
        raise InputError(
            f"run {run.id} cannot be completed: it makes other weights than it did; fetch its archive again"
        )
    run.write_best(circuit)
    run.write_weights(outputs, work.selected.put_back(work.model, outputs))
    run.seal(run.status)
    path.unlink()
    return True


def _lean_copy(run: Run, directory: Path) -> Run | None:
    """Lean copy of a run; None where a part of it could not be made again."""
    if run.status.state is not State.FINISHED:
        return None
    try:
        work = load_work(run.manifest)
        circuit, weights = run.best(), run.weights()
    except InputError:
        return None
    outputs = infer(circuit, work.problem.inputs)
    again = work.selected.put_back(work.model, outputs)
    if again.keys() != weights.keys() or any(not np.array_equal(again[name], weights[name]) for name in again):
        return None
    directory.mkdir(parents=True)
    # Nothing is compressed: the archive as a whole is, and better.
    for name in _KEPT:
        if (run.directory / name).is_file():
            shutil.copy2(run.directory / name, directory / name)
    write_sealed(directory / PROGRESS, run.progress(), compress=False)
    arrays = {
        _GATES: circuit.gates.astype(np.uint16 if circuit.geometry.n_pins < 1 << 16 else np.int32),
        _SIZES: sizes_of(circuit),
        _SUM: np.frombuffer(_checksum(circuit, outputs), dtype=np.uint8),
        _FILES: np.frombuffer(_checksum_of_files(Run(directory)), dtype=np.uint8),
        **_wires(circuit, work.problem),
    }
    write_npz(directory / LEAN, arrays, compress=False)
    return Run(directory)


def _wires(circuit: Circuit, problem: Problem) -> dict[str, NDArray[np.int32]]:
    """Pins of the distinct targets, or of every output where equal targets take different pins."""
    places = _places(problem)
    pins = np.zeros(places.max() + 1, dtype=np.int32)
    pins[places] = circuit.outputs
    return {_PINS: pins} if np.array_equal(pins[places], circuit.outputs) else {_GENES: circuit.outputs}


@lru_cache(maxsize=1)
def _places(problem: Problem) -> NDArray[np.int64]:
    """Which distinct target, in order, each output has to meet: (n_out,)."""
    _, places = np.unique(problem.targets, axis=1, return_inverse=True)
    return places.reshape(-1)


def _checksum(circuit: Circuit, outputs: NDArray[np.int8]) -> bytes:
    return sha256(np.ascontiguousarray(circuit.outputs, dtype="<i4").tobytes() + outputs.tobytes()).digest()


def _checksum_of_files(run: Run) -> bytes:
    present = [name for name in _CHECKED if (run.directory / name).is_file()]
    told = [f"{name} {file_checksum(run.directory / name)}" for name in present]
    return sha256(" ".join([*told, value_checksum(asdict(run.status))]).encode()).digest()
