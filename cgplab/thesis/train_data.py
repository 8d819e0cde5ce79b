"""``train.data``: the problem; per vector one line of inputs and one of targets.

An ``x`` among the inputs is 0; the first ``x`` among the targets and all that follow it do not count.
"""

from pathlib import Path

import numpy as np

from cgplab.cgp import Problem
from cgplab.errors import InputError
from cgplab.numbers import whole_number
from cgplab.thesis.text import read_lines
from cgplab.words import counted

DONT_CARE = "x"


def read_train_data(path: Path, n_inputs: int, n_outputs: int, n_vectors: int) -> Problem:
    """Read the problem.

    Parameters
    ----------
    path : Path
    n_inputs, n_outputs, n_vectors : int
        As the configuration says.

    Raises
    ------
    InputError
        Absent, cut off, or a line has another number of values or one that is no int8; the message names the line.
    """
    rows = read_lines(path)
    if len(rows) != 2 * n_vectors:
        raise InputError(
            f"{path} has {counted(len(rows), 'line')}; {counted(n_vectors, 'vector')} (dataset_size) need "
            f"{2 * n_vectors}, inputs and targets by turns"
        )
    lines = [(f"{path}, line {number}", line.split()) for number, line in rows]
    # The configuration can claim any size; nothing of that size is made before the lines have it.
    for index, (place, words) in enumerate(lines):
        wanted, what = (n_outputs, "targets") if index % 2 else (n_inputs, "inputs")
        if len(words) != wanted:
            raise InputError(f"{place} has {len(words)} values; the configuration asks for {wanted} {what}")
    inputs = np.zeros((n_vectors, n_inputs), dtype=np.int64)
    targets = np.zeros((n_vectors, n_outputs), dtype=np.int64)
    mask = np.zeros((n_vectors, n_outputs), dtype=bool)
    for index, (place, words) in enumerate(lines):
        vector, is_target = divmod(index, 2)
        values = [0 if word == DONT_CARE else _weight(word, place) for word in words]
        if is_target:
            count = words.index(DONT_CARE) if DONT_CARE in words else n_outputs
            if count == 0:
                raise InputError(f"{place}: no target counts, the line begins with {DONT_CARE!r}")
            targets[vector, :count] = values[:count]
            mask[vector, :count] = True
        else:
            inputs[vector] = values
    return Problem(inputs.astype(np.int8), targets.astype(np.int8), mask=mask)


def write_train_data(path: Path, problem: Problem) -> None:
    """Write the problem; InputError when don't-care targets are not the last of their vector."""
    assert problem.mask is not None
    lines = []
    for inputs, targets, mask in zip(problem.inputs, problem.targets, problem.mask, strict=True):
        count = int(mask.sum())
        if not mask[:count].all():
            raise InputError("the original's train.data can leave out only the last targets of a vector, not others")
        lines.append(" ".join(map(str, inputs.tolist())))
        lines.append(" ".join([*map(str, targets[:count].tolist()), *[DONT_CARE] * (len(mask) - count)]))
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def _weight(word: str, place: str) -> int:
    value = whole_number(word, f"{place}: a weight")
    if not -128 <= value <= 127:
        raise InputError(f"{place}: weight {value} is not in -128..127")
    return value
