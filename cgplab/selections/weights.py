"""Which weights a circuit is about, and the way between a model's layers and the circuit's problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Problem
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
        Layer or layers whose weights are inferred; for tables and figures.
    grid : str, optional
        Default grid where it depends on the model.
    stops : {measure: limit}, optional
        Default early stop where it depends on the weights, see :class:`cgplab.cgp.Settings`.
    """

    vectors: tuple[Vector, ...]
    layer: str
    grid: str | None = None
    stops: Mapping[str, float] | None = field(default=None, kw_only=True)

    def problem(self, model: StoredModel) -> Problem:
        """Problem that the circuit has to solve."""
        inputs = [_gather(model, vector.kept) for vector in self.vectors]
        targets = [_gather(model, (vector.wanted,) if vector.wanted else vector.inferred) for vector in self.vectors]
        n_in, n_out = max(map(len, inputs)), max(map(len, targets))
        mask = np.array([np.arange(n_out) < len(row) for row in targets])
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
        for weights, part in self._parts(outputs):
            array = changed.setdefault(weights.layer, model.int8_weights(weights.layer).copy())
            array.reshape(-1)[weights.indices] = part
        return changed

    def at_once(self, outputs: NDArray[np.int8]) -> dict[str, NDArray[np.int8]]:
        """Inferred weights, layer by layer, where one circuit serves several layers at the same time.

        Parameters
        ----------
        outputs : (d, n_out) int8
            Inferred weights.

        Returns
        -------
        {layer: (n,) int8}
            Empty when the circuit serves a single layer, or serves its layers by turns.
        """
        served: dict[str, list[NDArray[np.int8]]] = {}
        if len(self.vectors) == 1:
            for weights, part in self._parts(outputs):
                served.setdefault(weights.layer, []).append(part)
        return {name: np.concatenate(parts) for name, parts in served.items()} if len(served) > 1 else {}

    def _parts(self, outputs: NDArray[np.int8]) -> "list[tuple[Weights, NDArray[np.int8]]]":
        parts = []
        for vector, values in zip(self.vectors, outputs, strict=True):
            start = 0
            for weights in vector.inferred:
                parts.append((weights, values[start : start + len(weights.indices)]))
                start += len(weights.indices)
        return parts


def label_of(layers: Sequence[str]) -> str:
    """Name of several layers for tables and figures: joined by ``+``, or first, last and count of many."""
    return "+".join(layers) if len(layers) <= 3 else f"{layers[0]}…{layers[-1]} ({len(layers)} layers)"


def _gather(model: StoredModel, parts: tuple[Weights | Constants, ...]) -> NDArray[np.int8]:
    return np.concatenate(
        [
            part.values if isinstance(part, Constants) else model.int8_weights(part.layer).reshape(-1)[part.indices]
            for part in parts
        ]
    )


def _filled_up(rows: list[NDArray[np.int8]], n: int) -> NDArray[np.int8]:
    return np.array([np.pad(row, (0, n - len(row))) for row in rows], dtype=np.int8)
