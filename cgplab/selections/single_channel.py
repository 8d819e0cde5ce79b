"""single_channel: the cores of all kernels of one input channel infer the weights around them."""

from cgplab.models import StoredModel
from cgplab.selections.base import Selected, Selection, Vector, conv_layers, kernel_parts
from cgplab.selections.parameters import CHANNEL, LAYER_WITH_CORES

ROWS_PER_FILTER = 5
COLS = 7


def _select(model: StoredModel, layer: str | None, channel: int) -> Selected:
    name = layer or conv_layers(model)[0]
    filters = model.int8_weights(name).shape[0]
    core, outer = kernel_parts(model, name, [(filter, channel) for filter in range(filters)])
    return Selected((Vector((core,), (outer,)),), layer=name, grid=f"{ROWS_PER_FILTER * filters}x{COLS}")


SINGLE_CHANNEL = Selection(
    name="single_channel",
    picture="3x3 cores of all kernels of one input channel -> the weights around them",
    parameters=(LAYER_WITH_CORES, CHANNEL),
    grid="30x7",
    mutation_rate=0.15,
    outputs_reach_inputs=False,
    select=_select,
)
