"""LeNet-5 that computes in floating point but rounds weights and activations as int8 hardware would."""

import torch
from torch import Tensor

from cgplab.errors import InputError
from cgplab.models.calibration import best_range
from cgplab.models.fake_quantization import (
    INT8_SYMMETRIC,
    UINT8,
    fake_quantize,
    symmetric_scale,
    to_integers,
)
from cgplab.models.lenet5 import SHAPES, LeNet5, after_layer, load_parameters, to_array, weighted_sum
from cgplab.models.stored import InputQuantization, Layer, StoredModel


class QuantizedLeNet5(LeNet5):
    """Starts from a float model; `calibrate` must run before the first forward pass.

    Parameters
    ----------
    model : StoredModel
        Float model; InputError when it is quantized already.
    """

    def __init__(self, model: StoredModel) -> None:
        super().__init__()
        if model.is_quantized:
            raise InputError(f"model {model.name} is quantized already; start from a float model such as lenet5-float")
        load_parameters(self, model)
        pixels = model.layers[0].input
        assert pixels is not None  # the file format demands it of a first layer
        self.pixels = pixels
        self.inputs: dict[str, InputQuantization] = {model.layers[0].name: pixels}

    def run_layer(self, name: str, x: Tensor) -> Tensor:
        """Apply one layer to fake-quantized activations with fake-quantized weights."""
        weights, bias = self.layer_parameters(name)
        step = self.inputs[name]
        x = fake_quantize(x, step.scale, step.zero_point, UINT8)
        return weighted_sum(x, fake_quantize(weights, symmetric_scale(weights), 0, INT8_SYMMETRIC), bias)

    @torch.no_grad()
    def calibrate(self, images: Tensor) -> None:
        """Set the range of every layer's activations from decoded images (n, 1, 28, 28).

        The layers before are quantized already, so a range fits what the layer will really see.
        """
        x = images
        for position, name in enumerate(SHAPES):
            if position > 0:
                self.inputs[name] = best_range(x)
            x = after_layer(name, self.run_layer(name, x))

    @torch.no_grad()
    def stored(self, name: str) -> StoredModel:
        """The int8 model this network stands for."""
        layers = []
        for layer_name in SHAPES:
            weights, bias = self.layer_parameters(layer_name)
            scale = symmetric_scale(weights)
            int8 = to_integers(weights, scale, 0, INT8_SYMMETRIC).to(torch.int8)
            layers.append(
                Layer(layer_name, to_array(int8), to_array(bias), to_array(scale), 0, self.inputs[layer_name])
            )
        return StoredModel(name, "lenet5", tuple(layers))
