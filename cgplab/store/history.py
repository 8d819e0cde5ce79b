"""How a run's best circuit became what it is: a bounded choice of its improvements, in one file."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np

from cgplab.cgp import Circuit
from cgplab.cgp.geometry import MAX_GENES
from cgplab.errors import InputError
from cgplab.files import write_npz
from cgplab.schema import WHOLE, ArraySchema, read_arrays
from cgplab.store.circuit_arrays import SIZES, circuit_of, sizes_of

MOST_SNAPSHOTS, FEWEST_SNAPSHOTS = 64, 4
MOST_GENES = 1_000_000
"""Genes of all snapshots together, so that storing stays quick: circuits with very many outputs are kept less often."""
_MOST_BYTES = FEWEST_SNAPSHOTS * MAX_GENES * 4 + (1 << 20)
"""Limit on the unpacked bytes of a history; the largest is four snapshots of the largest circuit."""
_PER_SNAPSHOT = ("generation", "error", "energy", "gates", "outputs")

HISTORY_ARRAYS = {
    "generation": ArraySchema(WHOLE, 1),
    "error": ArraySchema(WHOLE, 1),
    "energy": ArraySchema("f", 1),
    "geometry": SIZES,
    "gates": ArraySchema(WHOLE, 3),
    "outputs": ArraySchema(WHOLE, 2),
}
"""Schema of the file."""


@dataclass(frozen=True)
class Snapshot:
    """The best circuit after one of the improvements.

    Attributes
    ----------
    generation : int
        Of the improvement.
    error : int
        In the run's metric.
    energy : float or None
        pJ; None while the error is above the strategy's budget.
    circuit : Circuit
    """

    generation: int
    error: int
    energy: float | None
    circuit: Circuit


def most_snapshots(genes: int) -> int:
    """Most snapshots kept of a circuit with ``genes`` genes."""
    return min(MOST_SNAPSHOTS, max(FEWEST_SNAPSHOTS, MOST_GENES // max(1, genes)))


class History:
    """Snapshots of a run under way, in order of their generations.

    When there are too many, every second one goes; the first and the newest stay.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        What the file holds already.
    """

    def __init__(self, snapshots: Sequence[Snapshot] = ()) -> None:
        self._snapshots = list(snapshots)
        self._stored = self._snapshots.copy()

    @property
    def snapshots(self) -> list[Snapshot]:
        """What is kept."""
        return self._snapshots.copy()

    def forget_after(self, generation: int) -> None:
        """Drop what a search that goes on at a generation has yet to find again."""
        self._snapshots = [snapshot for snapshot in self._snapshots if snapshot.generation <= generation]

    def take(self, snapshot: Snapshot) -> None:
        """Add a snapshot; one of the same generation is replaced, as neutral drift changes a circuit in between."""
        kept = self._snapshots
        if kept and kept[-1].generation == snapshot.generation:
            kept.pop()
        kept.append(snapshot)
        genes = snapshot.circuit.gates.size + snapshot.circuit.outputs.size
        if len(kept) > most_snapshots(genes):
            kept[:] = [kept[0], *kept[:0:-2][::-1]]

    def store(self, path: Path) -> None:
        """Write the snapshots unless the file holds them already."""
        if self._snapshots != self._stored:
            write_history(path, self._snapshots)
            self._stored = self._snapshots.copy()


def write_history(path: Path, snapshots: Sequence[Snapshot]) -> None:
    """Store snapshots, at least one, all of one geometry."""
    circuits = [snapshot.circuit for snapshot in snapshots]
    arrays = {
        "generation": np.array([snapshot.generation for snapshot in snapshots], dtype=np.int64),
        "error": np.array([snapshot.error for snapshot in snapshots], dtype=np.int64),
        "energy": np.array([snapshot.energy for snapshot in snapshots], dtype=np.float64),
        "geometry": sizes_of(circuits[-1]),
    }
    for name in ("gates", "outputs"):
        genes = np.stack([getattr(circuit, name) for circuit in circuits])
        # Few genes differ from one improvement to the next: differences are mostly zeros, which compress to nothing.
        arrays[name] = np.diff(genes, axis=0, prepend=np.zeros_like(genes[:1]))
    write_npz(path, arrays)


def read_history(path: Path) -> list[Snapshot]:
    """Snapshots, oldest first; none if there is no such file.

    Raises
    ------
    InputError
        The file is damaged.
    """
    if not os.path.lexists(path):
        return []
    arrays = read_arrays(path, HISTORY_ARRAYS, _MOST_BYTES)
    genes = sum(math.prod(arrays[name].shape[1:]) for name in ("gates", "outputs"))
    if genes > MAX_GENES:
        raise InputError(f"{path} holds circuits of {genes:,} genes; {MAX_GENES:,} are allowed")
    most = most_snapshots(genes)
    for name in _PER_SNAPSHOT:
        if len(arrays[name]) > most:
            raise InputError(
                f"{path} holds {len(arrays[name]):,} snapshots of circuits of {genes:,} genes; {most} are allowed"
            )
    measured = np.concatenate([arrays["generation"], arrays["error"], np.nan_to_num(arrays["energy"], nan=0.0)])
    if not (np.isfinite(measured).all() and (measured >= 0).all()):
        raise InputError(f"{path} does not hold a history: a generation, error or energy is negative or infinite")
    try:
        measures = zip(arrays["generation"].tolist(), arrays["error"].tolist(), arrays["energy"].tolist(), strict=True)
        # One after the other: all at once would take several times the memory of the file.
        add = partial(np.add, dtype=np.int32, casting="unsafe")
        gates, outputs = (accumulate(arrays[name], add) for name in ("gates", "outputs"))
        return [
            Snapshot(
                generation, error, None if np.isnan(energy) else energy, circuit_of(arrays["geometry"], gate, output)
            )
            for (generation, error, energy), gate, output in zip(measures, gates, outputs, strict=True)
        ]
    except (ValueError, OverflowError) as error:
        raise InputError(f"{path} does not hold a history ({error}); it can be removed, no result needs it") from error
