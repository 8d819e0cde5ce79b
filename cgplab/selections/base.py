"""What a selection is: which weights are kept as inputs and which are inferred as outputs."""

from collections.abc import Callable, Mapping
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
class Selected:
    """Weights of a model chosen for one circuit, and the way of the circuit's outputs back into the model.

    Attributes
    ----------
    kept, inferred : tuple of Weights
        Inputs and outputs of the circuit, in its order.
    layer : str
        Layer whose weights are inferred, for tables and figures.
    """

    kept: tuple[Weights, ...]
    inferred: tuple[Weights, ...]
    layer: str

    def problem(self, model: StoredModel) -> Problem:
        """Problem of one vector that the circuit has to solve."""
        return Problem(_gather(model, self.kept), _gather(model, self.inferred))

    def put_back(self, model: StoredModel, outputs: NDArray[np.int8]) -> dict[str, NDArray[np.int8]]:
        """Whole weight arrays of the touched layers with the circuit's outputs in place.

        Parameters
        ----------
        model : StoredModel
        outputs : (1, n_out) int8
            Inferred weights.

        Returns
        -------
        {layer: int8 array shaped like the layer's weights}
        """
        values = outputs[0]
        changed: dict[str, NDArray[np.int8]] = {}
        start = 0
        for weights in self.inferred:
            part = values[start : start + len(weights.indices)]
            start += len(weights.indices)
            array = changed.setdefault(weights.layer, model.int8_weights(weights.layer).copy())
            array.reshape(-1)[weights.indices] = part
        if start != len(values):
            raise InputError(f"{len(values)} outputs were given for {start} selected weights")
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

    def geometry(self, problem: Problem, grid: str | None = None, l_back: int | None = None) -> Geometry:
        """Geometry for a problem, with this selection's defaults."""
        rows, cols = parse_grid(grid or self.grid)
        if l_back is None:
            l_back = cols + self.outputs_reach_inputs
        return Geometry(problem.n_inputs, problem.n_outputs, rows, cols, l_back)


def conv_layers(model: StoredModel) -> list[str]:
    """Names of the model's convolution layers, in the order they run."""
    return [layer.name for layer in model.layers if layer.kind == "conv"]


def whole_layer(model: StoredModel, layer: str) -> Weights:
    """All weights of a layer."""
    return Weights(layer, np.arange(model.int8_weights(layer).size))


def _gather(model: StoredModel, parts: tuple[Weights, ...]) -> NDArray[np.int8]:
    return np.concatenate([model.int8_weights(part.layer).reshape(-1)[part.indices] for part in parts])[None]
