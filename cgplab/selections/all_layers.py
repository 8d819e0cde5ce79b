"""all_layers: in every convolution the cores infer the weights around them; layers take turns on one circuit."""

from collections.abc import Sequence

from cgplab.cgp.costs import SELECTOR_WIDTHS
from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.layers import kernel_counts, kernel_parts, layers_with_cores
from cgplab.selections.parameters import CORE, LAYERS
from cgplab.selections.selection import Selection
from cgplab.selections.weights import Selected, Vector, label_of

MOST_LAYERS = max(SELECTOR_WIDTHS)


def _select(model: StoredModel, layers: Sequence[str] | None = None, core: int | None = None) -> Selected:
    names = layers_with_cores(model, core, layers)
    if len(names) > MOST_LAYERS:
        raise InputError(
            f"one circuit can serve {MOST_LAYERS} layers by turns, not {len(names)}; "
            f"name some with --layer, e.g. --layer {names[0]} --layer {names[1]}"
        )
    vectors = []
    for name in names:
        filters, channels = kernel_counts(model, name)
        kernels = [(filter, channel) for filter in range(filters) for channel in range(channels)]
        inside, outside = kernel_parts(model, name, kernels, core)
        vectors.append(Vector((inside,), (outside,)))
    return Selected(tuple(vectors), layer=label_of(names))


ALL_LAYERS = Selection(
    name="all_layers",
    meaning="cores -> the weights around them, layer after layer through one circuit",
    picture="□■□ □■□ … ⇄ □■□ □■□ □■□ □■□ …",
    parameters=(LAYERS, CORE),
    grids=("256x31",),
    mutation_rate=0.01,
    outputs_reach_inputs=True,
    select=_select,
)
