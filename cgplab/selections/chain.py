"""chain: cores infer outer weights in filter 0 of one convolution and channel 0 of the next."""

from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.layers import kernel_counts, kernel_parts, layers_with_cores
from cgplab.selections.parameters import CORE
from cgplab.selections.selection import Selection
from cgplab.selections.weights import Selected, Vector, label_of


def _select(model: StoredModel, core: int | None = None) -> Selected:
    usable = layers_with_cores(model, core)
    if len(usable) < 2:
        raise InputError(f"chain needs two convolutions with cores; {model.name} has {len(usable)}")
    first, second = usable[:2]
    _, channels = kernel_counts(model, first)
    filters, _ = kernel_counts(model, second)
    parts = [
        kernel_parts(model, first, [(0, channel) for channel in range(channels)], core),
        kernel_parts(model, second, [(filter, 0) for filter in range(filters)], core),
    ]
    cores, outers = zip(*parts, strict=True)
    return Selected((Vector(cores, outers),), layer=label_of((first, second)))


CHAIN = Selection(
    name="chain",
    meaning="cores of filter 0 of one convolution and channel 0 of the next -> the weights around them",
    picture="□■□ → □■□ □■□ □■□ □■□ …",
    parameters=(CORE,),
    grids=("30x50",),
    mutation_rate=0.01,
    outputs_reach_inputs=False,
    select=_select,
    published=None,
)
