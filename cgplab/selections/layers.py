"""Which layers of a model a selection can use, and the cores of their kernels."""

from collections.abc import Iterable, Sequence

import numpy as np

from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.models.cores import core_and_outer
from cgplab.selections.weights import Weights

ALL = "all"
"""Stands for every layer that a selection can use."""


def conv_layers(model: StoredModel) -> list[str]:
    """Names of the model's convolution layers, in the order they run; InputError when it has none."""
    found = [layer.name for layer in model.layers if layer.kind == "conv"]
    if not found:
        raise InputError(f"model {model.name} has no convolution")
    return found


def layers_named(model: StoredModel, layers: Sequence[str] | None) -> list[str]:
    """The named layers in the order they run, each once; all convolutions when none, or ``all``, is named."""
    if layers is None or ALL in layers:
        return conv_layers(model)
    wanted = {model.layer(name).name for name in layers}
    return [name for name in model.layer_names if name in wanted]


def whole_layer(model: StoredModel, layer: str) -> Weights:
    """All weights of a layer."""
    return Weights(layer, np.arange(model.int8_weights(layer).size))


def kernel_counts(model: StoredModel, layer: str) -> tuple[int, int]:
    """Filters and channels of a convolution; a depthwise one has one channel. InputError for other layers."""
    shape = model.int8_weights(layer).shape
    if len(shape) != 4:
        listed = _listed(conv_layers(model))
        raise InputError(f"layer {layer} of {model.name} is not a convolution; choose one of {listed}")
    return shape[0], shape[1]


def layers_with_cores(model: StoredModel, core: int | None, layers: Sequence[str] | None = None) -> list[str]:
    """Convolutions whose kernels have a core with weights around it, in the order they run.

    Parameters
    ----------
    model : StoredModel
    core : int or None
        Side of the core, see :func:`cgplab.models.cores.core_and_outer`.
    layers : sequence of str, optional
        Only these; each must have cores.

    Raises
    ------
    InputError
        No convolution has such a core, or a named layer has none.
    """
    if layers is not None and ALL not in layers:
        named = layers_named(model, layers)
        for name in named:
            kernel_parts(model, name, [(0, 0)], core)
        return named
    found, reason = [], ""
    for name in conv_layers(model):
        try:
            kernel_parts(model, name, [(0, 0)], core)
            found.append(name)
        except InputError as error:
            reason = reason or str(error)
    if not found:
        raise InputError(f"no convolution of {model.name} has a core with weights around it; the first: {reason}")
    return found


def kernel_parts(
    model: StoredModel, layer: str, kernels: Iterable[tuple[int, int]], core: int | None
) -> tuple[Weights, Weights]:
    """Cores and outer weights of some kernels of a convolution, kernel by kernel.

    Parameters
    ----------
    model : StoredModel
    layer : str
    kernels : iterable of (filter, channel)
    core : int or None
        Side of the core, see :func:`cgplab.models.cores.core_and_outer`.

    Raises
    ------
    InputError
        The layer is no convolution, its kernels have no such core with weights around it, or a filter or
        channel is not there.
    """
    counts = kernel_counts(model, layer)
    height, width = model.int8_weights(layer).shape[2:]
    try:
        inside, outside = core_and_outer(height, width, core)
    except InputError as error:
        raise InputError(f"layer {layer}: {error}") from error
    starts = []
    for kernel in kernels:
        for what, value, count in zip(("filter", "channel"), kernel, counts, strict=True):
            if not 0 <= value < count:
                raise InputError(f"layer {layer} has no {what} {value}; allowed: 0 to {count - 1}")
        starts.append((kernel[0] * counts[1] + kernel[1]) * height * width)
    offsets = np.array(starts)[:, None]
    return Weights(layer, (offsets + inside).ravel()), Weights(layer, (offsets + outside).ravel())


def random_kernels(filters: int, channels: int, n: int, seed: int) -> list[tuple[int, int]]:
    """``n`` different kernels (filter, channel) of a layer, drawn with ``seed``.

    Raises
    ------
    InputError
        The layer has fewer kernels, or a number is out of range.
    """
    if not 1 <= n <= filters * channels:
        raise InputError(f"the number of kernels must lie between 1 and the layer's {filters * channels}, not {n}")
    if seed < 0:
        raise InputError(f"the seed of the kernels must be at least 0, not {seed}")
    drawn = np.random.default_rng(seed).permutation(filters * channels)[:n]
    return [divmod(int(kernel), channels) for kernel in drawn]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
