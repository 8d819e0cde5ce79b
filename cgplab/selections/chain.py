"""chain: cores infer outer weights in filter 0 of one convolution and channel 0 of the next."""

from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.base import Selected, Selection, Vector, conv_layers, kernel_parts


def _select(model: StoredModel) -> Selected:
    convolutions = conv_layers(model)
    if len(convolutions) < 2:
        raise InputError(f"chain needs two convolutions; {model.name} has {len(convolutions)}")
    first, second = convolutions[:2]
    channels, filters = model.int8_weights(first).shape[1], model.int8_weights(second).shape[0]
    parts = [
        kernel_parts(model, first, [(0, channel) for channel in range(channels)]),
        kernel_parts(model, second, [(filter, 0) for filter in range(filters)]),
    ]
    cores, outers = zip(*parts, strict=True)
    return Selected((Vector(cores, outers),), layer=f"{first}+{second}")


CHAIN = Selection(
    name="chain",
    picture="cores of filter 0 of one convolution and channel 0 of the next -> the weights around them",
    parameters=(),
    grid="30x50",
    mutation_rate=0.01,
    outputs_reach_inputs=False,
    select=_select,
)
