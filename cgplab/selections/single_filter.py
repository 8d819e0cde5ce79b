"""single_filter: the 3x3 core of one kernel infers the weights around it."""

import numpy as np

from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.base import Parameter, Selected, Selection, Weights, conv_layers

CORE = 3


def core_and_outer(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Flat positions of a kernel's central 3x3 core and of the weights around it, row by row.

    Raises
    ------
    InputError
        The kernel is no larger than its core, or has no centre.
    """
    if height <= CORE or width <= CORE or (height - CORE) % 2 or (width - CORE) % 2:
        raise InputError(
            f"a kernel of {height}x{width} has no 3x3 core with weights around it; "
            "choose a layer with 5x5 or 7x7 kernels"
        )
    inside = np.zeros((height, width), dtype=bool)
    top, left = (height - CORE) // 2, (width - CORE) // 2
    inside[top : top + CORE, left : left + CORE] = True
    return np.flatnonzero(inside), np.flatnonzero(~inside)


def _select(model: StoredModel, layer: str | None, filter: int, channel: int) -> Selected:
    name = layer or conv_layers(model)[0]
    shape = model.int8_weights(name).shape
    if len(shape) != 4:
        raise InputError(
            f"layer {name} of {model.name} is not a convolution; choose one of {', '.join(conv_layers(model))}"
        )
    filters, channels, height, width = shape
    for what, value, count in (("filter", filter, filters), ("channel", channel, channels)):
        if not 0 <= value < count:
            raise InputError(f"layer {name} has no {what} {value}; allowed: 0 to {count - 1}")
    core, outer = core_and_outer(height, width)
    start = (filter * channels + channel) * height * width
    return Selected((Weights(name, start + core),), (Weights(name, start + outer),), layer=name)


SINGLE_FILTER = Selection(
    name="single_filter",
    picture="3x3 core of one kernel -> the weights around it",
    parameters=(
        Parameter("layer", None, "convolution with kernels larger than 3x3; default: the first convolution"),
        Parameter("filter", 0, "output channel of the kernel"),
        Parameter("channel", 0, "input channel of the kernel"),
    ),
    grid="5x5",
    mutation_rate=0.15,
    outputs_reach_inputs=False,
    select=_select,
)
