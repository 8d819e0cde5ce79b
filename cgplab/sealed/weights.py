"""Inferred weights: made again from model and circuit where these give them bit for bit, else stored."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cgplab.cgp import Circuit
from cgplab.cgp.evaluation import infer
from cgplab.errors import InputError
from cgplab.schema import decode_arrays
from cgplab.sealed.parquet import Rows, column, groups_of, list_array, lists, parquet_bytes
from cgplab.store import Manifest, Run
from cgplab.store.circuit_arrays import WEIGHT_ARRAYS, layers_of, weight_arrays
from cgplab.work import load_problem

SCHEMA = pa.schema([
    lists("layers", pa.string()),
    column("sha256", pa.binary(32)),
    column("arrays", pa.binary(), optional=True),
])  # fmt: skip
"""A row for each run: its layers, the checksum of all arrays, and the arrays where they are not made again."""
_GROUP = 64 << 20
"""Bytes of arrays that are read at once."""
Arrays = Mapping[str, NDArray[np.int8]]


def npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as an archive that is not packed: what holds it is."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def made_again(manifest: Manifest, circuit: Circuit) -> dict[str, NDArray[np.int8]]:
    """Outputs of a circuit, and whole weight arrays with them in place, as a run stores them.

    Raises
    ------
    InputError
        The run's model is not here, is no longer the one of that time, or does not fit the circuit.
    """
    model, selected, problem = load_problem(manifest)
    try:
        outputs = infer(circuit, problem.inputs)
        layers = selected.put_back(model, outputs)
    except (ValueError, IndexError) as error:
        raise InputError(f"the circuit of run {manifest.id} does not fit {manifest.model}: {error}") from error
    return weight_arrays(outputs, layers)


def same(ours: Arrays, theirs: Arrays) -> bool:
    """Whether two sets of arrays agree in every bit."""
    return ours.keys() == theirs.keys() and checksum(ours) == checksum(theirs)


def checksum(arrays: Arrays) -> bytes:
    """SHA-256 of names, shapes and values."""
    digest = sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.digest()


@dataclass
class PackedWeights:
    """Weights on their way into a file; of most runs, names and a checksum are all that is kept."""

    _layers: list[NDArray[Any]] = field(default_factory=list)
    _checksums: list[bytes] = field(default_factory=list)
    _arrays: list[bytes | None] = field(default_factory=list)

    def add(self, arrays: Arrays, *, stored: bool) -> None:
        """Take the weights of the next run; ``stored`` says whether the arrays themselves are needed."""
        self._layers.append(np.array(list(layers_of(arrays)), dtype=object))
        self._checksums.append(checksum(arrays))
        self._arrays.append(npz(arrays) if stored else None)

    def weights(self) -> bytes:
        """Parquet of the weights."""
        groups = groups_of([len(each or b"") for each in self._arrays], _GROUP)
        return parquet_bytes(SCHEMA, map(self._group, groups), words=["layers.list.element"])

    def _group(self, part: slice) -> dict[str, Any]:
        layers = list_array(self._layers[part], SCHEMA.field("layers"))
        return {"layers": layers, "sha256": self._checksums[part], "arrays": self._arrays[part]}


class SealedWeights:
    """Weights of runs by their row; InputError where they are damaged."""

    def __init__(self, data: bytes, where: str) -> None:
        self._rows = Rows(data, SCHEMA, where)

    def __len__(self) -> int:
        return len(self._rows)

    def layers(self, row: int) -> list[str]:
        """Layers whose weights a run infers."""
        found: list[str] = self._layers[row]
        return found

    def stored(self, row: int) -> bool:
        """Whether a run's arrays are in the file, and need no model."""
        group, place = self._rows.place(row)
        return bool(self._rows.group(group, ["arrays"]).column("arrays")[place].is_valid)

    def arrays(self, row: int, run: Run) -> dict[str, NDArray[np.int8]]:
        """Arrays of a run.

        Raises
        ------
        InputError
            They are damaged; or they have to be made again, and the run's model is not the one of that time.
        """
        group, place = self._rows.place(row)
        stored = self._rows.group(group, ["sha256", "arrays"]).slice(place, 1)
        data = stored.column("arrays")[0].as_py()
        where = f"{self._rows.where} row {row}"
        arrays = made_again(run.manifest, run.best()) if data is None else decode_arrays(data, WEIGHT_ARRAYS, where)
        if checksum(arrays) != stored.column("sha256")[0].as_py():
            raise InputError(f"{where} is damaged: model and circuit give other weights than run {run.id} had")
        return arrays

    @cached_property
    def _layers(self) -> list[Any]:
        layers: list[Any] = self._rows.all(["layers"]).column("layers").to_pylist()
        return layers
