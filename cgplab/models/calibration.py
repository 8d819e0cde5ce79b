"""Choose how a layer's activations become uint8."""

import torch
from torch import Tensor

from cgplab.models.fake_quantization import UINT8, fake_quantize
from cgplab.models.stored import InputQuantization

CANDIDATES = 32  # clipping points tried between 0 and the largest activation


def best_range(activations: Tensor) -> InputQuantization:
    """The uint8 range that keeps non-negative activations with the least mean squared error.

    A few very large activations would waste most of the 256 steps, so the range may end below the largest.

    Parameters
    ----------
    activations : float32 tensor of any shape
        Real values that follow a ReLU.
    """
    largest = float(activations.max())
    if largest <= 0:
        return InputQuantization(1.0, 0)  # a dead layer: every step represents zeros
    scales = torch.arange(1, CANDIDATES + 1) * (largest / CANDIDATES / UINT8[1])
    errors = [torch.mean((fake_quantize(activations, float(scale), 0, UINT8) - activations) ** 2) for scale in scales]
    return InputQuantization(float(scales[int(torch.argmin(torch.stack(errors)))]), 0)
