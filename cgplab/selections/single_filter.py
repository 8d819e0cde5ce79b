"""single_filter: the core of one kernel infers the weights around it."""

from cgplab.models import StoredModel
from cgplab.selections.layers import kernel_parts, layers_with_cores
from cgplab.selections.parameters import CHANNEL, CORE, FILTER, LAYER_WITH_CORES
from cgplab.selections.selection import Selection
from cgplab.selections.weights import Selected, Vector


def select_kernel(
    model: StoredModel, layer: str | None, filter: int, channel: int, core: int | None = None
) -> Selected:
    """Core of one kernel -> the weights around it; see :func:`cgplab.selections.layers.kernel_parts`."""
    name = layer or layers_with_cores(model, core)[0]
    kept, inferred = kernel_parts(model, name, [(filter, channel)], core)
    return Selected((Vector((kept,), (inferred,)),), layer=name)


SINGLE_FILTER = Selection(
    name="single_filter",
    meaning="core of one kernel -> the weights around it",
    picture="□□□□□ □■■■□ □■■■□ □■■■□ □□□□□",
    parameters=(LAYER_WITH_CORES, FILTER, CHANNEL, CORE),
    grids=("5x5",),
    mutation_rate=0.15,
    outputs_reach_inputs=False,
    select=select_kernel,
)
