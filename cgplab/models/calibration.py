"""Choose how a layer's activations become uint8."""

import torch
from torch import Tensor

from cgplab.models.fake_quantization import UINT8, fake_quantize
from cgplab.models.stored import InputQuantization

CANDIDATES = 32  # ranges tried between 0 and the widest
SAMPLE = 2**21  # activations looked at; a fixed pattern of them if there are more


def best_range(activations: Tensor) -> InputQuantization:
    """The uint8 range that keeps activations with the least mean squared error.

    A few very large activations would waste most of the 256 steps, so the range may end below the largest. A range from
    negative to positive shrinks at both ends alike; 0 always is one of the steps, since padding needs it.

    Parameters
    ----------
    activations : float32 tensor of any shape
        Real values.
    """
    values = activations.flatten()
    values = values[:: -(-len(values) // SAMPLE)]
    lowest, largest = min(0.0, float(values.min())), max(0.0, float(values.max()))
    if lowest == largest:
        return InputQuantization(1.0, 0)  # a dead layer: every step represents zeros
    scales = torch.arange(1, CANDIDATES + 1) * ((largest - lowest) / CANDIDATES / UINT8[1])
    zero_point = round(-lowest / (largest - lowest) * UINT8[1])
    errors = [torch.mean((fake_quantize(values, float(scale), zero_point, UINT8) - values) ** 2) for scale in scales]
    return InputQuantization(float(scales[int(torch.argmin(torch.stack(errors)))]), zero_point)
