"""mobilenet: the first weights of a layer infer all of its weights."""

import numpy as np

from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.layers import conv_layers, whole_layer
from cgplab.selections.parameters import LAYER
from cgplab.selections.selection import Parameter, Published, Selection
from cgplab.selections.strategy import PUBLISHED_STRATEGIES
from cgplab.selections.weights import Selected, Vector, Weights

KEPT = 96


def _select(model: StoredModel, layer: str | None, kept: int) -> Selected:
    name = layer or conv_layers(model)[0]
    everything = whole_layer(model, name)
    n = len(everything.indices)
    if kept < 1:
        raise InputError(f"at least 1 weight must be kept, not {kept}")
    if kept > n:
        raise InputError(f"layer {name} has {n} weights; cannot keep {kept} of them, choose fewer with --kept")
    return Selected((Vector((Weights(name, np.arange(kept)),), (everything,)),), layer=name)


MOBILENET = Selection(
    name="mobilenet",
    meaning="first weights of a layer, in memory order -> all weights of the layer",
    picture="▣▣▣▣□□□□□□□□□□□□□□□□□□□□□□□□",
    parameters=(LAYER, Parameter("kept", KEPT, "weights kept")),
    grids=("50x10",),
    mutation_rate=0.01,
    outputs_reach_inputs=True,
    select=_select,
    published=Published(strategies=PUBLISHED_STRATEGIES, runs=20),
)
