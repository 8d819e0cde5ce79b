"""What a selection is: which weights are kept as inputs and which are inferred as outputs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Geometry, Problem
from cgplab.cgp.geometry import parse_grid
from cgplab.errors import InputError
from cgplab.models import StoredModel


@dataclass(frozen=True, eq=False)
class Weights:
    """Some weights of one layer.

    Attributes
    ----------
    layer : str
    indices : (n,) int64
        Positions in the layer's weight array, flattened in C order.
    """

    layer: str
    indices: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Constants:
    """Fixed numbers in place of weights, (n,) int8."""

    values: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Vector:
    """One vector of a circuit's problem.

    Attributes
    ----------
    kept : tuple of Weights or Constants
        Inputs, in the circuit's order.
    inferred : tuple of Weights
        Where the outputs go back to, in the circuit's order.
    wanted : Constants, optional
        What the outputs shall be; default: the weights in ``inferred``.
    """

    kept: tuple[Weights | Constants, ...]
    inferred: tuple[Weights, ...]
    wanted: Constants | None = None


@dataclass(frozen=True, eq=False)
class Selected:
    """Weights of a model chosen for one circuit, and the way of the circuit's outputs back into the model.

    Attributes
    ----------
    vectors : tuple of Vector
        Several only where one circuit serves several layers by turns. Shorter ones are filled up: inputs
        with 0, targets with values that do not count.
    layer : str
        Layer, or layers joined by ``+``, whose weights are inferred; for tables and figures.
    grid : str, optional
        Default grid where it depends on the model.
    """

    vectors: tuple[Vector, ...]
    layer: str
    grid: str | None = None

    def problem(self, model: StoredModel) -> Problem:
        """Problem that the circuit has to solve."""
        inputs = [_gather(model, vector.kept) for vector in self.vectors]
        targets = [_gather(model, (vector.wanted,) if vector.wanted else vector.inferred) for vector in self.vectors]
        n_in, n_out = max(map(len, inputs)), max(map(len, targets))
        mask = np.array([[j < len(row) for j in range(n_out)] for row in targets])
        return Problem(_filled_up(inputs, n_in), _filled_up(targets, n_out), mask=mask)

    def put_back(self, model: StoredModel, outputs: NDArray[np.int8]) -> dict[str, NDArray[np.int8]]:
        """Whole weight arrays of the touched layers with the circuit's outputs in place.

        Parameters
        ----------
        model : StoredModel
        outputs : (d, n_out) int8
            Inferred weights.

        Returns
        -------
        {layer: int8 array shaped like the layer's weights}
        """
        changed: dict[str, NDArray[np.int8]] = {}
        for vector, values in zip(self.vectors, outputs, strict=True):
            start = 0
            for weights in vector.inferred:
                part = values[start : start + len(weights.indices)]
                start += len(weights.indices)
                array = changed.setdefault(weights.layer, model.int8_weights(weights.layer).copy())
                array.reshape(-1)[weights.indices] = part
        return changed


@dataclass(frozen=True)
class Parameter:
    """A choice that a selection leaves open; None as default means: chosen from the model."""

    name: str
    default: int | str | None
    meaning: str


@dataclass(frozen=True)
class Selection:
    """A named way of selecting weights.

    Attributes
    ----------
    name : str
    picture : str
        One line: what is kept -> what is inferred.
    parameters : tuple of Parameter
    grid : str
        Default grid, ``ROWSxCOLS``.
    mutation_rate : float
        Default.
    outputs_reach_inputs : bool
        Whether the default l-back (cols + 1, else cols) lets an output take an input directly.
    select : callable
        ``select(model, **parameters) -> Selected``; raises InputError for a layer, filter or channel that
        is not there.
    """

    name: str
    picture: str
    parameters: tuple[Parameter, ...]
    grid: str
    mutation_rate: float
    outputs_reach_inputs: bool
    select: Callable[..., Selected]

    def resolve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters: those given, else their defaults.

        Raises
        ------
        InputError
            A parameter is given that this selection does not have.
        """
        allowed = {parameter.name: parameter.default for parameter in self.parameters}
        unknown = [name for name in given if name not in allowed]
        if unknown:
            raise InputError(
                f"selection {self.name} has no parameter {unknown[0]!r}; allowed: {', '.join(allowed) or 'none'}"
            )
        return {**allowed, **given}

    def geometry(self, selected: Selected, problem: Problem, grid: str | None, l_back: int | None) -> Geometry:
        """Geometry for a problem, with this selection's defaults."""
        rows, cols = parse_grid(grid or selected.grid or self.grid)
        if l_back is None:
            l_back = cols + self.outputs_reach_inputs
        # A mux chooses among as many pins as there are vectors.
        return Geometry(problem.n_inputs, problem.n_outputs, rows, cols, l_back, arity=max(2, problem.n_vectors))


def conv_layers(model: StoredModel) -> list[str]:
    """Names of the model's convolution layers, in the order they run."""
    return [layer.name for layer in model.layers if layer.kind == "conv"]


def whole_layer(model: StoredModel, layer: str) -> Weights:
    """All weights of a layer."""
    return Weights(layer, np.arange(model.int8_weights(layer).size))


CORE = 3
"""Side of the part of a kernel that is kept."""


def core_and_outer(height: int, width: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Flat positions of a kernel's central 3x3 core and of the weights around it, row by row.

    Raises
    ------
    InputError
        The kernel is no larger than its core, or has no centre.
    """
    if height <= CORE or width <= CORE or (height - CORE) % 2 or (width - CORE) % 2:
        raise InputError(
            f"a kernel of {height}x{width} has no 3x3 core with weights around it; "
            "choose a layer with 5x5 or 7x7 kernels"
        )
    inside = np.zeros((height, width), dtype=bool)
    top, left = (height - CORE) // 2, (width - CORE) // 2
    inside[top : top + CORE, left : left + CORE] = True
    return np.flatnonzero(inside), np.flatnonzero(~inside)


def kernel_parts(model: StoredModel, layer: str, kernels: Iterable[tuple[int, int]]) -> tuple[Weights, Weights]:
    """Cores and outer weights of some kernels of a convolution, kernel by kernel.

    Parameters
    ----------
    model : StoredModel
    layer : str
    kernels : iterable of (filter, channel)

    Raises
    ------
    InputError
        The layer is no convolution, its kernels have no 3x3 core with weights around it, or a filter or
        channel is not there.
    """
    shape = model.int8_weights(layer).shape
    if len(shape) != 4:
        listed = ", ".join(conv_layers(model))
        raise InputError(f"layer {layer} of {model.name} is not a convolution; choose one of {listed}")
    filters, channels, height, width = shape
    core, outer = core_and_outer(height, width)
    starts = []
    for kernel in kernels:
        for what, value, count in zip(("filter", "channel"), kernel, (filters, channels), strict=True):
            if not 0 <= value < count:
                raise InputError(f"layer {layer} has no {what} {value}; allowed: 0 to {count - 1}")
        starts.append((kernel[0] * channels + kernel[1]) * height * width)
    offsets = np.array(starts)[:, None]
    return Weights(layer, (offsets + core).ravel()), Weights(layer, (offsets + outer).ravel())


def _gather(model: StoredModel, parts: tuple[Weights | Constants, ...]) -> NDArray[np.int8]:
    return np.concatenate(
        [
            part.values if isinstance(part, Constants) else model.int8_weights(part.layer).reshape(-1)[part.indices]
            for part in parts
        ]
    )


def _filled_up(rows: list[NDArray[np.int8]], n: int) -> NDArray[np.int8]:
    return np.array([np.pad(row, (0, n - len(row))) for row in rows], dtype=np.int8)
