"""single_filter: the 3x3 core of one kernel infers the weights around it."""

from cgplab.models import StoredModel
from cgplab.selections.base import Selected, Selection, Vector, conv_layers, kernel_parts
from cgplab.selections.parameters import CHANNEL, FILTER, LAYER_WITH_CORES


def _select(model: StoredModel, layer: str | None, filter: int, channel: int) -> Selected:
    name = layer or conv_layers(model)[0]
    core, outer = kernel_parts(model, name, [(filter, channel)])
    return Selected((Vector((core,), (outer,)),), layer=name)


SINGLE_FILTER = Selection(
    name="single_filter",
    picture="3x3 core of one kernel -> the weights around it",
    parameters=(LAYER_WITH_CORES, FILTER, CHANNEL),
    grid="5x5",
    mutation_rate=0.15,
    outputs_reach_inputs=False,
    select=_select,
)
