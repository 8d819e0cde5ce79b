"""layer_bypass: all weights of one layer infer all weights of another."""

from cgplab.errors import InputError
from cgplab.models import StoredModel
from cgplab.selections.layers import conv_layers, whole_layer
from cgplab.selections.selection import Parameter, Published, Selection
from cgplab.selections.weights import Selected, Vector


def _select(model: StoredModel, from_layer: str | None, layer: str | None) -> Selected:
    convolutions = conv_layers(model)
    source = from_layer or convolutions[0]
    model.layer(source)
    if layer is None:
        names = list(model.layer_names)
        after = [name for name in convolutions if names.index(name) > names.index(source)]
        if not after:
            raise InputError(f"no convolution of {model.name} follows {source}; name the layer to infer with --layer")
        target = after[0]
    else:
        target = layer
    if source == target:
        raise InputError(f"layer_bypass needs two different layers, not {source!r} twice")
    vector = Vector((whole_layer(model, source),), (whole_layer(model, target),))
    return Selected((vector,), layer=target)


LAYER_BYPASS = Selection(
    name="layer_bypass",
    meaning="all weights of one layer -> all weights of another",
    picture="■■■■ → □□□□□□□□□□□□□□□□",
    parameters=(
        Parameter("from_layer", None, "layer whose weights are kept; default: the first convolution", whole=False),
        Parameter(
            "layer",
            None,
            "layer to infer; several, or 'all', get circuits of their own; default: the next convolution",
            whole=False,
        ),
    ),
    grids=("50x10",),
    mutation_rate=0.01,
    outputs_reach_inputs=False,
    select=_select,
    published=Published(strategies=(0, 0.5, 1, 2, 5, 11)),
)
