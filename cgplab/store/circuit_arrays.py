"""A circuit as arrays in a file: its sizes beside its genes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit


def sizes_of(circuit: Circuit) -> NDArray[np.int64]:
    """Inputs, outputs, rows, columns, l-back and data set size: (6,)."""
    g = circuit.geometry
    return np.array([g.n_inputs, g.n_outputs, g.rows, g.cols, g.l_back, circuit.dataset_size], dtype=np.int64)


def circuit_of(sizes: NDArray[Any], gates: NDArray[Any], outputs: NDArray[Any]) -> Circuit:
    """Circuit of such sizes and genes; ValueError or InputError where they do not fit together."""
    n_in, n_out, rows, cols, l_back, dataset_size = sizes.tolist()
    return Circuit(n_in, n_out, rows, cols, l_back, gates, outputs, dataset_size)
