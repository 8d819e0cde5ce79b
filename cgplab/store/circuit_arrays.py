"""A circuit as arrays in a file: its sizes beside its genes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit
from cgplab.errors import InputError
from cgplab.schema import WHOLE, ArraySchema, read_arrays

SIZES = ArraySchema(WHOLE, shape=(6,))
CIRCUIT_ARRAYS = {"gates": ArraySchema(WHOLE, 2), "outputs": ArraySchema(WHOLE, 1), "geometry": SIZES}
"""Schema of the file of a best circuit."""
WEIGHT_ARRAYS = {"outputs": ArraySchema("i", 2), "layer.*": ArraySchema("i")}
"""Schema of the file of inferred weights."""

_LAYER = "layer."
T = TypeVar("T")


def weight_arrays(outputs: NDArray[np.int8], layers: Mapping[str, NDArray[np.int8]]) -> dict[str, NDArray[np.int8]]:
    """Outputs of a circuit and whole weight arrays by layer, as they stand in a file."""
    return {"outputs": outputs, **{f"{_LAYER}{name}": array for name, array in layers.items()}}


def layers_of(arrays: Mapping[str, T]) -> dict[str, T]:
    """Weight arrays by layer, of the arrays in a file."""
    return {name.removeprefix(_LAYER): array for name, array in arrays.items() if name.startswith(_LAYER)}


def sizes_of(circuit: Circuit) -> NDArray[np.int64]:
    """Inputs, outputs, rows, columns, l-back and data set size: (6,)."""
    g = circuit.geometry
    return np.array([g.n_inputs, g.n_outputs, g.rows, g.cols, g.l_back, circuit.dataset_size], dtype=np.int64)


def circuit_of(sizes: NDArray[Any], gates: NDArray[Any], outputs: NDArray[Any]) -> Circuit:
    """Circuit of such sizes and genes; ValueError or InputError where they do not fit together."""
    n_in, n_out, rows, cols, l_back, dataset_size = sizes.tolist()
    # Compared before anything of the claimed size is made.
    if gates.shape[0] != rows * cols:
        raise InputError(f"a grid of {rows}x{cols} has {rows * cols} gates, but {gates.shape[0]} were given")
    return Circuit(n_in, n_out, rows, cols, l_back, gates, outputs, dataset_size)


def read_circuit(path: Path) -> Circuit:
    """Circuit of a file.

    Raises
    ------
    InputError
        There is none, or the file is damaged.
    """
    arrays = read_arrays(path, CIRCUIT_ARRAYS)
    try:
        return circuit_of(arrays["geometry"], arrays["gates"], arrays["outputs"])
    except (ValueError, OverflowError) as error:
        raise InputError(f"{path} does not hold a circuit ({error}); run again") from error
