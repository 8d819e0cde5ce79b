"""Parameters that several selections share."""

from cgplab.selections.base import Parameter

LAYER_WITH_CORES = Parameter("layer", None, "convolution with kernels larger than 3x3; default: the first convolution")
FILTER = Parameter("filter", 0, "output channel of the kernel")
CHANNEL = Parameter("channel", 0, "input channel of the kernel")
