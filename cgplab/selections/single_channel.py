"""single_channel: the cores of all kernels of one input channel infer the weights around them."""

from cgplab.models import StoredModel
from cgplab.selections.layers import kernel_counts, kernel_parts, layers_with_cores
from cgplab.selections.parameters import CHANNEL, CORE, LAYER_WITH_CORES
from cgplab.selections.selection import Published, Selection
from cgplab.selections.weights import Selected, Vector

ROWS_PER_FILTER = 5
COLS = 7


def _select(model: StoredModel, layer: str | None, channel: int, core: int | None = None) -> Selected:
    name = layer or layers_with_cores(model, core)[0]
    filters, _ = kernel_counts(model, name)
    inside, outside = kernel_parts(model, name, [(filter, channel) for filter in range(filters)], core)
    return Selected((Vector((inside,), (outside,)),), layer=name, grid=f"{ROWS_PER_FILTER * filters}x{COLS}")


SINGLE_CHANNEL = Selection(
    name="single_channel",
    meaning="cores of all kernels of one input channel -> the weights around them",
    picture="□■□ □■□ □■□ □■□ □■□ □■□",
    parameters=(LAYER_WITH_CORES, CHANNEL, CORE),
    grids=("30x7",),
    mutation_rate=0.15,
    outputs_reach_inputs=False,
    select=_select,
    published=Published(strategies=(0, 1, 2, 3, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100, 200)),
)
