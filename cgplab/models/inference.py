"""Run a stored model, as int8 hardware would, in plain torch operations.

A quantized layer adds up products of whole numbers: (activation - zero point) times (weight - zero point).
Every such sum in LeNet-5 stays below 2^24, so float32 holds it exactly, and the result depends neither on the
order of the additions nor on the batch size or the number of threads.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from cgplab.models.fake_quantization import UINT8, to_integers
from cgplab.models.lenet5 import after_layer, decode_pixels, weighted_sum
from cgplab.models.stored import InputQuantization, Layer, StoredModel


@dataclass(frozen=True)
class Stage:
    """One layer with what follows it, ready to run.

    Attributes
    ----------
    weights : float32 tensor
        Whole numbers, zero point taken off; real values in a float model.
    factor : float32 tensor or None
        Real value of one unit of the sum, () or (out, 1, 1) or (out,); None in a float model.
    bias : float32 tensor
        (out, 1, 1) or (out,), real.
    """

    name: str
    weights: Tensor
    factor: Tensor | None
    bias: Tensor
    input: InputQuantization | None

    def encode(self, x: Tensor) -> Tensor:
        """What enters the sum, float32: whole numbers in -255..255, or ``x`` itself in a float model."""
        if self.factor is None or self.input is None:
            return x
        return to_integers(x, self.input.scale, self.input.zero_point, UINT8) - self.input.zero_point

    def run(self, encoded: Tensor) -> Tensor:
        """Real-valued output of the layer, after ReLU and pooling; encoded input from `encode`."""
        x = weighted_sum(encoded, self.weights)
        if self.factor is not None:
            x = x * self.factor
        return after_layer(self.name, x + self.bias)


def stages(model: StoredModel) -> list[Stage]:
    """The model's layers, ready to run in this order."""
    return [stage(layer) for layer in model.layers]


def stage(layer: Layer) -> Stage:
    """One layer, ready to run."""
    weights = torch.from_numpy(layer.weights.astype("float32"))
    bias = torch.from_numpy(layer.bias.copy())
    factor = None
    if layer.scale is not None and layer.input is not None:
        weights = weights - layer.zero_point
        factor = _along_channels(torch.from_numpy(layer.scale.copy()), layer) * layer.input.scale
    return Stage(layer.name, weights, factor, _along_channels(bias, layer), layer.input)


def real_images(model: StoredModel, pixels: Tensor) -> Tensor:
    """Network input (n, 1, h, w) float32 for pixel values (n, h, w) uint8."""
    first = model.layers[0].input
    assert first is not None  # the file format demands it of a first layer
    return decode_pixels(pixels.unsqueeze(1), first)


def logits(model: StoredModel, pixels: Tensor) -> Tensor:
    """Class scores (n, classes) float32 for pixel values (n, h, w) uint8."""
    with torch.inference_mode():
        x = real_images(model, pixels)
        for current in stages(model):
            x = current.run(current.encode(x))
        return x


def _along_channels(values: Tensor, layer: Layer) -> Tensor:
    return values.view(-1, 1, 1) if layer.kind == "conv" and values.ndim == 1 else values
