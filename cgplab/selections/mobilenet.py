"""mobilenet: the first weights of a layer infer all of its weights."""

import numpy as np

from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.base import Parameter, Selected, Selection, Vector, Weights, conv_layers, whole_layer

KEPT = 96


def _select(model: StoredModel, layer: str | None, kept: int) -> Selected:
    name = layer or conv_layers(model)[0]
    everything = whole_layer(model, name)
    if not 1 <= kept <= len(everything.indices):
        raise InputError(f"layer {name} has {len(everything.indices)} weights; cannot keep {kept} of them")
    return Selected((Vector((Weights(name, np.arange(kept)),), (everything,)),), layer=name)


MOBILENET = Selection(
    name="mobilenet",
    picture="first weights of a layer, in memory order -> all weights of the layer",
    parameters=(
        Parameter("layer", None, "layer to infer; default: the first convolution"),
        Parameter("kept", KEPT, "weights kept"),
    ),
    grid="50x10",
    mutation_rate=0.01,
    outputs_reach_inputs=True,
    select=_select,
)
