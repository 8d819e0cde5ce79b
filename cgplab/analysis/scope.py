"""Which weights of a model a run is about: those it keeps, and those its circuit infers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.models import StoredModel, load_model
from cgplab.selections import Selected, Weights, selection_by_name
from cgplab.store import Run

Positions = Mapping[str, NDArray[np.int64]]


@dataclass(frozen=True, eq=False)
class Scope:
    """Weights of a run, each counted once.

    Attributes
    ----------
    model : StoredModel
    layers : dict of str to (n,) int64
        Flat positions of all weights that are kept or inferred.
    n_kept : int
        Values that stay in memory: kept weights, and kept numbers that are no weights. A lone 0 is no value to keep.
    n_inferred : int
        Weights that the circuit makes, those it also keeps included.
    """

    model: StoredModel
    layers: Positions
    n_kept: int
    n_inferred: int

    @property
    def n_weights(self) -> int:
        """Weights in all."""
        return sum(len(positions) for positions in self.layers.values())

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Equal for runs about the same weights of the same model."""
        return (self.model.sha256, *((name, positions.tobytes()) for name, positions in sorted(self.layers.items())))

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the positions, hexadecimal; the same on every machine."""
        digest = sha256()
        for name, positions in sorted(self.layers.items()):
            digest.update(f"{name}:{len(positions)}:".encode() + positions.astype("<i8").tobytes())
        return digest.hexdigest()

    def weights(self) -> dict[str, NDArray[np.int8]]:
        """The model's own weights at the positions, by layer."""
        return self.values_in({name: self.model.int8_weights(name) for name in self.layers})

    def values_in(self, arrays: Mapping[str, NDArray[np.int8]]) -> dict[str, NDArray[np.int8]]:
        """Values of whole weight arrays at the positions; of layers that are absent, the model's own."""
        own = {name: self.model.int8_weights(name) for name in self.layers}
        for name, weights in own.items():
            if name in arrays and arrays[name].shape != weights.shape:
                raise InputError(
                    f"layer {name} of {self.model.name} has weights of shape {weights.shape}, "
                    f"not {arrays[name].shape}; run again"
                )
        return {name: arrays.get(name, own[name]).reshape(-1)[positions] for name, positions in self.layers.items()}

    def put_back(self, values: Mapping[str, NDArray[np.int8]]) -> dict[str, NDArray[np.int8]]:
        """Whole weight arrays with other values at the positions."""
        arrays = {name: self.model.int8_weights(name).copy() for name in values}
        for name, array in arrays.items():
            array.reshape(-1)[self.layers[name]] = values[name]
        return arrays


def scope_of(run: Run) -> Scope:
    """Weights that a run is about.

    Raises
    ------
    InputError
        The run's model is unknown, is not here, or has changed; or its selection infers no weights.
    """
    manifest = run.manifest
    if not manifest.model_sha256:
        raise InputError("the model is unknown; import the run again with --model")
    model = load_model(manifest.model)
    if model.sha256 != manifest.model_sha256:
        raise InputError(f"the model {manifest.model} has changed since run {run.id} was created; restore it")
    return _scope(model, manifest.selection, json.dumps(manifest.parameters, sort_keys=True))


# Hundreds of runs share a few selections of a model.
@lru_cache(maxsize=64)
def _scope(model: StoredModel, selection: str, parameters: str) -> Scope:
    return scope_of_selected(model, selection_by_name(selection).select(model, **json.loads(parameters)))


def scope_of_selected(model: StoredModel, selected: Selected) -> Scope:
    """Weights of a selection; InputError when it infers none."""
    kept: dict[str, list[NDArray[np.int64]]] = {}
    inferred: dict[str, list[NDArray[np.int64]]] = {}
    constants: set[int] = set()
    for vector in selected.vectors:
        for part in vector.kept:
            if isinstance(part, Weights):
                kept.setdefault(part.layer, []).append(part.indices)
            else:
                constants.update(part.values.tolist())
        for weights in vector.inferred:
            inferred.setdefault(weights.layer, []).append(weights.indices)
    if not inferred:
        raise InputError("the selection infers no weights of a model")
    names = [name for name in model.layer_names if name in kept or name in inferred]
    layers = {name: np.unique(np.concatenate([*kept.get(name, []), *inferred.get(name, [])])) for name in names}
    # The circuit makes a 0 by itself: nothing has to be stored for it.
    n_constants = 0 if constants == {0} else len(constants)
    return Scope(model, layers, _count(kept) + n_constants, _count(inferred))


def _count(parts: Mapping[str, list[NDArray[np.int64]]]) -> int:
    return sum(len(np.unique(np.concatenate(indices))) for indices in parts.values())
