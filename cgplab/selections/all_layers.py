"""all_layers: in every convolution the cores infer the weights around them; all layers share one circuit."""

from cgplab.models import StoredModel
from cgplab.selections.base import Selected, Selection, Vector, conv_layers, kernel_parts


def _select(model: StoredModel) -> Selected:
    vectors = []
    for layer in conv_layers(model):
        filters, channels = model.int8_weights(layer).shape[:2]
        kernels = [(filter, channel) for filter in range(filters) for channel in range(channels)]
        core, outer = kernel_parts(model, layer, kernels)
        vectors.append(Vector((core,), (outer,)))
    return Selected(tuple(vectors), layer="+".join(conv_layers(model)))


ALL_LAYERS = Selection(
    name="all_layers",
    picture="layer by layer, 3x3 cores -> the weights around them, through one shared circuit",
    parameters=(),
    grid="256x31",
    mutation_rate=0.01,
    outputs_reach_inputs=True,
    select=_select,
)
