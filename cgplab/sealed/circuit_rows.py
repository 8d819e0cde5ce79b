"""Circuits and histories read from a file, see :mod:`cgplab.sealed.circuits`."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit
from cgplab.errors import InputError
from cgplab.sealed.circuits import SIZES, Genes
from cgplab.sealed.parquet import Rows, parts
from cgplab.store import Snapshot
from cgplab.store.circuit_arrays import circuit_of
from cgplab.store.history import most_snapshots

_KEPT = 2
"""Groups of rows that are kept."""


@dataclass(frozen=True)
class _Parts:
    """Genes of a run as they are stored."""

    sizes: NDArray[np.int64]
    arity: int
    places: int | None
    pins: Genes
    functions: Genes
    wires: Genes


class _Group:
    """Columns of a group of rows as arrays."""

    def __init__(self, table: Any) -> None:
        self._plain: dict[str, list[Any]] = {}
        self._lists: dict[str, tuple[NDArray[Any], NDArray[np.int64]]] = {}
        for name in table.schema.names:
            if str(table.schema.field(name).type).startswith("list"):
                self._lists[name] = parts(table.column(name))
            else:
                self._plain[name] = table.column(name).to_pylist()

    def value(self, name: str, row: int) -> Any:
        return self._plain[name][row]

    def values(self, name: str, row: int) -> NDArray[Any]:
        flat, starts = self._lists[name]
        return flat[starts[row] : starts[row + 1]]

    def column(self, name: str) -> list[Any]:
        return self._plain[name]


class SealedCircuits:
    """Circuits of runs by their row; InputError where they are damaged.

    Parameters
    ----------
    circuits, places, histories : Rows
        Of the schemas of :mod:`cgplab.sealed.circuits`.
    """

    def __init__(self, circuits: Rows, places: Rows, histories: Rows) -> None:
        self._rows, self._places, self._histories = circuits, places, histories
        self._group = lru_cache(maxsize=_KEPT)(lambda number: _Group(self._rows.group(number)))
        self._shared = lru_cache(maxsize=_KEPT)(lambda number: _Group(self._places.group(number)))
        self._changes = lru_cache(maxsize=_KEPT)(lambda number: _Group(self._histories.group(number)))

    def __len__(self) -> int:
        return len(self._rows)

    def best(self, row: int) -> Circuit:
        """Best circuit of a run."""
        return self._circuit(row, self._parts(row))

    def history(self, row: int) -> list[Snapshot]:
        """Some of the improvements of the best circuit of a run, oldest first."""
        if row not in self._with_history:
            return []
        own = self._parts(row)
        group, place = self._histories.place(self._with_history[row])
        changes = self._changes(group)
        counts, at, gene = (changes.values(name, place) for name in ("changed", "at", "gene"))
        told = [changes.values(name, place) for name in ("generation", "error", "energy")]
        genes = np.concatenate([own.pins, own.functions, own.wires])
        circuit = self._circuit(row, own)
        most = most_snapshots(circuit.gates.size + circuit.outputs.size)
        ends = np.cumsum(counts, dtype=np.int64)
        if (
            len(counts) > most or {len(each) for each in told} != {len(counts)} or (counts < 0).any()
            or len(at) != len(gene) or len(at) != (int(ends[-1]) if len(ends) else 0)
            or ((at < 0) | (at >= len(genes))).any() or not _measured(*told)
        ):  # fmt: skip
            raise self._damaged(row, "its history does not fit its circuit")
        snapshots: list[Snapshot] = []
        cuts = np.cumsum([len(own.pins), len(own.functions)])
        for number in range(len(counts) - 1, -1, -1):
            part = slice(int(ends[number] - counts[number]), int(ends[number]))
            if part.start < part.stop:
                genes[at[part]] = gene[part]
                pins, functions, wires = np.split(genes, cuts)
                circuit = self._circuit(row, _Parts(own.sizes, own.arity, own.places, pins, functions, wires))
            generation, error, energy = (each[number].item() for each in told)
            snapshots.append(Snapshot(generation, error, None if np.isnan(energy) else energy, circuit))
        return snapshots[::-1]

    @cached_property
    def _with_history(self) -> dict[int, int]:
        """Row of the history by row of the run."""
        return self._histories.by_run(len(self))

    def _parts(self, row: int) -> _Parts:
        number, place = self._rows.place(row)
        group = self._group(number)
        sizes = np.array([group.value(name, place) for name in SIZES], dtype=np.int64)
        pins, functions, wires = (group.values(name, place) for name in ("pins", "functions", "wires"))
        return _Parts(sizes, group.value("arity", place), group.value("places", place), pins, functions, wires)

    def _circuit(self, row: int, own: _Parts) -> Circuit:
        try:
            outputs = own.wires if own.places is None else own.wires[self._outputs(own.places)]
            gates = np.column_stack([own.pins.reshape(len(own.functions), own.arity), own.functions])
            return circuit_of(own.sizes, gates, outputs)
        except (ValueError, IndexError, OverflowError) as error:
            raise self._damaged(row, str(error)) from error

    def _outputs(self, number: int) -> Genes:
        """Which wire each output takes."""
        if not 0 <= number < len(self._places):
            raise IndexError(f"there are no places {number}")
        group, place = self._places.place(number)
        outputs: Genes = self._shared(group).values("places", place)
        if outputs.size and outputs.min() < 0:
            raise IndexError("an output takes a wire that is not there")
        return outputs

    def _damaged(self, row: int, what: str) -> InputError:
        return InputError(f"{self._rows.where} is damaged: row {row} does not hold a circuit: {what}")


def _measured(generation: NDArray[np.int64], error: NDArray[np.int64], energy: NDArray[np.float64]) -> bool:
    """Whether these are measures of snapshots."""
    known = np.concatenate([generation, error, np.nan_to_num(energy, nan=0.0)])
    return bool(((known >= 0) & np.isfinite(known)).all())
