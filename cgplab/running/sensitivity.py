"""Measure how sensitive a model is to errors in its weights, layer by layer, and store the table."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.models import load_model
from cgplab.models.cores import core_and_outer
from cgplab.models.datasets import load_images
from cgplab.models.stored import StoredModel
from cgplab.store import Store
from cgplab.store.sensitivity import (
    PARTS,
    SensitivityKey,
    SensitivityRow,
    SensitivityTable,
    read_sensitivity,
    write_sensitivity,
)

Overflow = Literal["saturate", "wrap"]
ERRORS = (-128, 127)

# Called with (measurements done, measurements in all).
Progress = Callable[[int, int], None]


def measure_sensitivity(
    model_name: str,
    store: Store,
    *,
    dataset: str,
    split: str = "test",
    layers: Sequence[str] = (),
    step: int = 1,
    images: int | None = None,
    overflow: Overflow = "saturate",
    device: str = "cpu",
    progress: Progress | None = None,
) -> SensitivityTable:
    """Add every error e = -128..127 to a layer's core, outside its core and everywhere, and classify.

    What the store holds already is not measured again, so an interrupted measurement goes on where it stopped.

    Parameters
    ----------
    model_name : str
    store : Store
    dataset, split : str
        As for `cgplab.models.datasets.load_images`.
    layers : sequence of str
        Default: all.
    step : int
        Distance of neighbouring errors, 1..128; they are its multiples.
    images : int, optional
        Use only the first images; default: all.
    overflow : str
        What becomes of a sum beyond -128..127: ``saturate`` keeps the nearest end, ``wrap`` counts modulo 256.
    device : str
        As torch names it.
    progress : callable, optional

    Raises
    ------
    InputError
        No such model, layer, data set or device, or a value out of range.
    """
    from cgplab.models.accuracy import Accuracy, CandidateEvaluator

    if not 1 <= step <= 128:
        raise InputError(f"step must be in 1..128, not {step}")
    if images is not None and images < 1:
        raise InputError(f"the number of images must be at least 1, not {images}")
    model = load_model(model_name)
    chosen = [model.layer(name).name for name in layers] or list(model.layer_names)
    data = load_images(dataset, split=split, side=model.image[1])
    if images is not None:
        data = data.first(images)
    key = SensitivityKey(model.name, model.sha256, data.name, data.split, data.sha256, len(data), overflow)
    table = read_sensitivity(store, key)
    known = set() if table is None else {(row.layer, row.part, row.error) for row in table.rows}
    errors = [error for error in range(ERRORS[0], ERRORS[1] + 1) if error % step == 0]
    todo = {
        name: [(part, where, e) for part, where in parts(model, name) for e in errors if (name, part, e) not in known]
        for name in chosen
    }
    done, total = 0, sum(map(len, todo.values()))
    for name, wanted in todo.items():
        if table is not None and not wanted:
            continue
        reference = None
        if table is not None:
            reference = Accuracy(table.reference_top1, table.reference_top5, table.reference_loss, len(data))
        evaluator = CandidateEvaluator(model, data, [name], device=device, reference=reference)
        if table is None:
            reference = evaluator.accuracy({})
            table = SensitivityTable(key, reference.top1, reference.top5, reference.loss)
        try:
            for part, where, error in wanted:
                weights = with_error(model.int8_weights(name), where, error, overflow)
                accuracy = evaluator.accuracy({name: weights})
                table.rows.append(SensitivityRow(name, part, error, accuracy.top1, accuracy.top5, accuracy.loss))
                done += 1
                if progress is not None:
                    progress(done, total)
        finally:
            write_sensitivity(store, table)
    assert table is not None  # a model has layers
    return table


def parse_overflow(name: str) -> Overflow:
    """``saturate`` or ``wrap``; InputError for another word."""
    match name:
        case "saturate" | "wrap":
            return name
    raise InputError(f"overflow must be saturate or wrap, not {name!r}")


def parts(model: StoredModel, layer: str) -> list[tuple[str, NDArray[np.bool_]]]:
    """Parts of a layer with the weights that belong to them, each (weights of a kernel,) bool.

    A kernel that is all core, as in 1x1 convolutions and fully connected layers, has only the part ``everywhere``.
    """
    shape = model.int8_weights(layer).shape
    if len(shape) == 2:
        return [(PARTS[-1], np.ones(1, dtype=bool))]
    everywhere = np.ones(shape[2] * shape[3], dtype=bool)
    if everywhere.size == 1:
        return [(PARTS[-1], everywhere)]
    core, _ = core_and_outer(shape[2], shape[3])
    inside = np.zeros_like(everywhere)
    inside[core] = True
    return list(zip(PARTS, (inside, ~inside, everywhere), strict=True))


def with_error(weights: NDArray[np.int8], part: NDArray[np.bool_], error: int, overflow: Overflow) -> NDArray[np.int8]:
    """Weights with an error added to a part of every kernel.

    Parameters
    ----------
    weights : int8 array
        (out, in, kernel height, kernel width) or (out, in).
    part : (weights of a kernel,) bool
    error : int
    overflow : str
        See `measure_sensitivity`.
    """
    kernels = weights.reshape(-1, part.size).astype(np.int16)
    kernels[:, part] += error
    if overflow == "saturate":
        kernels = kernels.clip(*ERRORS)
    return kernels.astype(np.int8).reshape(weights.shape)
