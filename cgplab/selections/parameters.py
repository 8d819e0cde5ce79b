"""Parameters that several selections share."""

from cgplab.selections.selection import Parameter

LAYER = Parameter(
    "layer", None, "layer to infer; several, or 'all', get circuits of their own; default: the first", whole=False
)
LAYERS = Parameter("layers", None, "layers served by one circuit; default: all convolutions", whole=False)
LAYER_WITH_CORES = Parameter(
    "layer",
    None,
    "convolution; several, or 'all', get circuits of their own; default: the first with cores",
    whole=False,
)
CORE = Parameter("core", None, "side of a kernel's core; default: 3, but 1 in kernels of side 3")
FILTER = Parameter("filter", 0, "output channel of the kernel")
CHANNEL = Parameter("channel", 0, "input channel of the kernel")
KERNEL_SEED = Parameter("kernel_seed", 1, "seed that draws the kernels")
