"""le_selector: a single constant 0 infers every weight of all layers."""

from collections.abc import Sequence

import numpy as np

from cgplab.models import StoredModel
from cgplab.selections.layers import layers_named, whole_layer
from cgplab.selections.parameters import LAYERS
from cgplab.selections.selection import Published, Selection
from cgplab.selections.weights import Constants, Selected, Vector, label_of


def _select(model: StoredModel, layers: Sequence[str] | None = None) -> Selected:
    names = layers_named(model, layers)
    everything = tuple(whole_layer(model, name) for name in names)
    return Selected((Vector((Constants(np.zeros(1, dtype=np.int8)),), everything),), layer=label_of(names))


LE_SELECTOR = Selection(
    name="le_selector",
    meaning="nothing but a constant 0 -> all weights of all layers at once",
    picture="0 → □□□□ + □□□□□□□□ + □□□□□□□□",
    parameters=(LAYERS,),
    grids=("256x31",),
    mutation_rate=0.01,
    outputs_reach_inputs=True,
    select=_select,
    published=Published(multiplex=True),
)
