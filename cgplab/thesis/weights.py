"""``weights/weights.{run}.txt``: the inferred weights of a finished run, one line per vector."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.numbers import whole_number
from cgplab.thesis.text import read_lines


def read_weights(path: Path, n_vectors: int, n_outputs: int) -> NDArray[np.int8]:
    """Inferred weights (n_vectors, n_outputs) int8; of a file with several blocks (repeated runs) the last.

    Raises
    ------
    InputError
        Absent, cut off, or a line has another number of values or one that is no int8.
    """
    lines = read_lines(path)
    if not lines or len(lines) % n_vectors:
        raise InputError(f"{path} has {len(lines)} lines; expected {n_vectors} per run, one for each vector")
    rows = []
    for number, line in lines[-n_vectors:]:
        place = f"{path}, line {number}"
        words = line.split()
        if len(words) != n_outputs:
            raise InputError(f"{place} has {len(words)} weights instead of {n_outputs}; the file may be cut off")
        values = [whole_number(word, f"{place}: a weight") for word in words]
        if not all(-128 <= value <= 127 for value in values):
            raise InputError(f"{place}: a weight is not in -128..127")
        rows.append(values)
    return np.array(rows, dtype=np.int8)


def write_weights(path: Path, weights: NDArray[np.int8]) -> None:
    """Write inferred weights (d, n_out) int8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(" ".join(map(str, row)) + "\n" for row in weights.tolist()), encoding="utf-8")
