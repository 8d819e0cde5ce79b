"""single_filter_zero_outter: the core of one kernel infers zeros all around it.

A core that holds a 0 gives it away for nothing; any other needs one gate. Kernels of both groups are run.
"""

import numpy as np

from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.layers import kernel_counts, kernel_parts, layers_with_cores, random_kernels
from cgplab.selections.parameters import CORE, KERNEL_SEED, LAYER_WITH_CORES
from cgplab.selections.selection import Parameter, Parameters, Selection
from cgplab.selections.weights import Constants, Selected, Vector


def _expand(
    model: StoredModel,
    layer: str | None,
    core: int | None,
    filter: int | None,
    channel: int | None,
    kernels: int,
    kernel_seed: int,
) -> list[Parameters]:
    name = layer or layers_with_cores(model, core)[0]
    if filter is not None or channel is not None:
        chosen = [(filter or 0, channel or 0)]
    else:
        filters, channels = kernel_counts(model, name)
        if kernels < 1:
            raise InputError(f"the number of kernels of each group must be at least 1, not {kernels}")
        drawn = random_kernels(filters, channels, filters * channels, kernel_seed)
        groups: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
        for kernel in drawn:
            groups[_core_has_zero(model, name, kernel, core)].append(kernel)
        chosen = [kernel for group in groups.values() for kernel in group[:kernels]]
    return [{"layer": name, "core": core, "filter": f, "channel": c} for f, c in chosen]


def _core_has_zero(model: StoredModel, layer: str, kernel: tuple[int, int], core: int | None) -> bool:
    inside, _ = kernel_parts(model, layer, [kernel], core)
    return not model.int8_weights(layer).reshape(-1)[inside.indices].all()


def _select(model: StoredModel, layer: str | None, filter: int, channel: int, core: int | None = None) -> Selected:
    name = layer or layers_with_cores(model, core)[0]
    inside, outside = kernel_parts(model, name, [(filter, channel)], core)
    zeros = Constants(np.zeros(len(outside.indices), dtype=np.int8))
    gates = 0 if _core_has_zero(model, name, (filter, channel), core) else 1
    return Selected(
        (Vector((inside,), (outside,), wanted=zeros),), layer=name, stops={"error": 0, "gate_count": float(gates)}
    )


SINGLE_FILTER_ZERO_OUTTER = Selection(
    name="single_filter_zero_outter",
    meaning="core of one kernel -> zeros in place of the weights around it",
    picture="00000 0■■■0 0■■■0 0■■■0 00000",
    parameters=(
        LAYER_WITH_CORES,
        Parameter("filter", None, "output channel of the kernel; default: drawn at random"),
        Parameter("channel", None, "input channel of the kernel; default: drawn at random"),
        CORE,
        Parameter("kernels", 1, "kernels drawn at random, with a 0 in their core and as many without"),
        KERNEL_SEED,
    ),
    grids=("5x5",),
    mutation_rate=0.15,
    outputs_reach_inputs=True,
    select=_select,
    expand=_expand,
)
