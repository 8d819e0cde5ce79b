"""le_selector: a single constant 0 infers every weight of all convolutions."""

import numpy as np

from cgplab.models import StoredModel
from cgplab.selections.base import Constants, Selected, Selection, Vector, conv_layers, whole_layer


def _select(model: StoredModel) -> Selected:
    layers = conv_layers(model)
    everything = tuple(whole_layer(model, layer) for layer in layers)
    return Selected((Vector((Constants(np.zeros(1, dtype=np.int8)),), everything),), layer="+".join(layers))


LE_SELECTOR = Selection(
    name="le_selector",
    picture="nothing but a constant 0 -> all weights of all convolutions",
    parameters=(),
    grid="256x31",
    mutation_rate=0.01,
    outputs_reach_inputs=True,
    select=_select,
)
