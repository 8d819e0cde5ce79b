"""shared_codebook: a few kept values infer every weight of all layers, through one circuit wired to every layer.

The kept values are those that serve all layers best on their own; the circuit makes the rest from them. All
layers read the circuit's outputs at the same time, so each layer needs weight sinks of its own; what it would cost
to share them by turns is told beside (see :mod:`cgplab.hardware.sinks`).
"""

from collections.abc import Sequence

import numpy as np

from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.codebook import best_codebook
from cgplab.selections.layers import layers_named, whole_layer
from cgplab.selections.parameters import LAYERS
from cgplab.selections.selection import Parameter, Selection
from cgplab.selections.weights import Constants, Selected, Vector, label_of

KEPT = 16


def _select(model: StoredModel, layers: Sequence[str] | None, kept: int) -> Selected:
    names = layers_named(model, layers)
    weights = np.concatenate([model.int8_weights(name).reshape(-1) for name in names])
    distinct = len(np.unique(weights))
    if not 1 <= kept <= distinct:
        raise InputError(
            f"the kept values must number between 1 and {distinct}, the distinct values of these layers, not {kept}; "
            "change --kept"
        )
    everything = tuple(whole_layer(model, name) for name in names)
    return Selected((Vector((Constants(best_codebook(weights, kept)),), everything),), layer=label_of(names))


SHARED_CODEBOOK = Selection(
    name="shared_codebook",
    meaning="a few values -> all weights of all layers at once; each layer has its own weight sinks",
    picture="■■■■ → □□□□ + □□□□□□□□ + □□□□□□□□",
    parameters=(LAYERS, Parameter("kept", KEPT, "values kept, chosen to serve all layers best")),
    grids=("50x10",),
    mutation_rate=0.01,
    outputs_reach_inputs=True,
    select=_select,
    published=None,
)
