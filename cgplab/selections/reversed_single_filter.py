"""reversed_single_filter: the outer weights of one kernel infer its core."""

from cgplab.models import StoredModel
from cgplab.selections.layers import kernel_parts, layers_with_cores
from cgplab.selections.parameters import CHANNEL, CORE, FILTER, LAYER_WITH_CORES
from cgplab.selections.selection import Selection
from cgplab.selections.weights import Selected, Vector


def _select(model: StoredModel, layer: str | None, filter: int, channel: int, core: int | None = None) -> Selected:
    name = layer or layers_with_cores(model, core)[0]
    inside, outside = kernel_parts(model, name, [(filter, channel)], core)
    return Selected((Vector((outside,), (inside,)),), layer=name)


REVERSED_SINGLE_FILTER = Selection(
    name="reversed_single_filter",
    meaning="outer weights of one kernel -> its core",
    picture="■■■■■ ■□□□■ ■□□□■ ■□□□■ ■■■■■",
    parameters=(LAYER_WITH_CORES, FILTER, CHANNEL, CORE),
    grids=("2x2", "3x3", "5x5", "10x10"),
    mutation_rate=0.15,
    outputs_reach_inputs=False,
    select=_select,
)
