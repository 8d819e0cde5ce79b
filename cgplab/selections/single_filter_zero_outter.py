"""single_filter_zero_outter: the 3x3 core of one kernel infers zeros all around it."""

import numpy as np

from cgplab.models import StoredModel
from cgplab.selections.base import Constants, Selected, Selection, Vector, conv_layers, kernel_parts
from cgplab.selections.parameters import CHANNEL, FILTER, LAYER_WITH_CORES


def _select(model: StoredModel, layer: str | None, filter: int, channel: int) -> Selected:
    name = layer or conv_layers(model)[0]
    core, outer = kernel_parts(model, name, [(filter, channel)])
    zeros = Constants(np.zeros(len(outer.indices), dtype=np.int8))
    return Selected((Vector((core,), (outer,), wanted=zeros),), layer=name)


SINGLE_FILTER_ZERO_OUTTER = Selection(
    name="single_filter_zero_outter",
    picture="3x3 core of one kernel -> zeros in place of the weights around it",
    parameters=(LAYER_WITH_CORES, FILTER, CHANNEL),
    grid="5x5",
    mutation_rate=0.15,
    outputs_reach_inputs=False,
    select=_select,
)
