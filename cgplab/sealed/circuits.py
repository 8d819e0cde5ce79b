"""Circuits of all runs, and how each became what it is.

A circuit stores the pins and functions of its gates and a pin for every output. Equal targets mostly take equal pins,
so the outputs stand as the pins of the distinct targets (``wires``) and, once for all runs of a problem, which of them
each output takes (``places``). Histories stand as the genes that differ from the next improvement, backwards from the
best circuit. Nothing of this needs the model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cgplab.cgp import Circuit
from cgplab.errors import InputError
from cgplab.sealed.parquet import column, groups_of, list_array, lists, parquet_bytes
from cgplab.store import Run, Snapshot
from cgplab.store.circuit_arrays import sizes_of

Genes = NDArray[np.int32]
SIZES = ("n_inputs", "n_outputs", "rows", "cols", "l_back", "dataset_size")
CIRCUITS = pa.schema([
    *(column(name, pa.int64()) for name in SIZES),
    column("arity", pa.int64()),
    column("places", pa.int32(), optional=True),
    lists("pins", pa.int32()),
    lists("functions", pa.int32()),
    lists("wires", pa.int32()),
])  # fmt: skip
"""A row for each run; without ``places`` the wires are those of every output."""
PLACES = pa.schema([lists("places", pa.int32())])
"""A row for each way in which outputs share wires."""
HISTORIES = pa.schema([
    column("run", pa.int32()),
    lists("generation", pa.int64()),
    lists("error", pa.int64()),
    lists("energy", pa.float64(), optional_items=True),
    lists("changed", pa.int32()),
    lists("at", pa.int32()),
    lists("gene", pa.int32()),
])  # fmt: skip
"""A row for each run that has a history: ``changed`` genes of each snapshot, where they are, and what they were.

Genes are numbered pins first, then functions, then wires.
"""
_SPLIT = ("pins", "functions", "wires")
_GROUP = 4_000_000
"""Genes that are read at once."""
_GENES = tuple(f"{name}.list.element" for name in _SPLIT)
_CHANGES = tuple(f"{name}.list.element" for name in ("generation", "error", "changed", "at", "gene"))


def shared_places(targets: NDArray[np.int8]) -> Genes:
    """Which distinct target, in order, each output of a problem has to meet: (n_out,)."""
    _, places = np.unique(targets, axis=1, return_inverse=True)
    return places.reshape(-1).astype(np.int32)


@dataclass
class PackedCircuits:
    """Circuits and histories on their way into a file."""

    _circuits: list[dict[str, Any]] = field(default_factory=list)
    _histories: list[dict[str, Any]] = field(default_factory=list)
    _places: dict[bytes, int] = field(default_factory=dict)

    def add(self, run: Run, places: Genes | None, with_history: bool = True) -> None:
        """Take the circuit and the history of the next run.

        Parameters
        ----------
        run : Run
        places : (n_out,) int32, optional
            See :func:`shared_places`; used if all outputs of equal places have equal pins.
        with_history : bool
        """
        best, history = run.best(), run.history() if with_history else []
        circuits = [best, *(snapshot.circuit for snapshot in history)]
        shared = None if places is None else _all_shared(circuits, places)
        wires = [circuit.outputs for circuit in circuits] if shared is None else shared
        genes = [_genes(circuit, own) for circuit, own in zip(circuits, wires, strict=True)]
        if any(not np.array_equal(sizes_of(circuit), sizes_of(best)) for circuit in circuits):
            raise InputError(f"run {run.id} has a history of circuits of other sizes")
        number = None
        if shared is not None and places is not None:
            number = self._places.setdefault(places.tobytes(), len(self._places))
        self._circuits.append({
            **dict(zip(SIZES, sizes_of(best).tolist(), strict=True)), "arity": best.geometry.arity, "places": number,
            "pins": best.gates[:, :-1].reshape(-1), "functions": best.gates[:, -1], "wires": wires[0],
        })  # fmt: skip
        if history:
            self._histories.append(_changes(len(self._circuits) - 1, history, genes))

    def circuits(self) -> bytes:
        """Parquet of the circuits."""
        sizes = [sum(len(row[name]) for name in _SPLIT) for row in self._circuits]
        return parquet_bytes(CIRCUITS, _groups(CIRCUITS, self._circuits, sizes), _GENES)

    def places(self) -> bytes:
        """Parquet of the places."""
        rows = [{"places": np.frombuffer(each, dtype=np.int32)} for each in self._places]
        groups = _groups(PLACES, rows, [len(row["places"]) for row in rows])
        return parquet_bytes(PLACES, groups, ["places.list.element"])

    def histories(self) -> bytes:
        """Parquet of the histories."""
        sizes = [len(row["at"]) for row in self._histories]
        return parquet_bytes(HISTORIES, _groups(HISTORIES, self._histories, sizes), _CHANGES)


def _groups(schema: Any, rows: Sequence[dict[str, Any]], sizes: Sequence[int]) -> Iterator[dict[str, Any]]:
    for part in groups_of(sizes, _GROUP):
        columns = {name: [row[name] for row in rows[part]] for name in schema.names}
        yield {
            each.name: list_array(columns[each.name], each) if pa.types.is_list(each.type) else columns[each.name]
            for each in schema
        }


def _all_shared(circuits: Sequence[Circuit], places: Genes) -> list[Genes] | None:
    """Pin of each place, for each circuit; None where outputs of one place take different pins."""
    found = []
    for circuit in circuits:
        if circuit.outputs.shape != places.shape:
            return None
        wires = np.zeros(int(places.max()) + 1, dtype=np.int32)
        wires[places] = circuit.outputs
        if not np.array_equal(wires[places], circuit.outputs):
            return None
        found.append(wires)
    return found


def _genes(circuit: Circuit, wires: Genes) -> Genes:
    return np.concatenate([circuit.gates[:, :-1].reshape(-1), circuit.gates[:, -1], wires])


def _changes(run: int, history: Sequence[Snapshot], genes: Sequence[Genes]) -> dict[str, Any]:
    """Row of a history, given the genes of the best circuit and of each snapshot."""
    following = [*genes[2:], genes[0]]
    places = [np.flatnonzero(own != after) for own, after in zip(genes[1:], following, strict=True)]
    return {
        "run": run,
        "generation": np.array([snapshot.generation for snapshot in history], dtype=np.int64),
        "error": np.array([snapshot.error for snapshot in history], dtype=np.int64),
        "energy": np.array([snapshot.energy for snapshot in history], dtype=np.float64),
        "changed": np.array([len(each) for each in places], dtype=np.int32),
        "at": np.concatenate(places).astype(np.int32),
        "gene": np.concatenate([own[each] for own, each in zip(genes[1:], places, strict=True)]),
    }
