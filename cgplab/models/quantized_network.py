"""A network that computes in floating point but rounds weights and activations as int8 hardware would.

After Jacob et al.: Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018;
gradients pass straight through the rounding (Bengio, Leonard, Courville: Estimating or Propagating Gradients Through
Stochastic Neurons for Conditional Computation, 2013).
"""

from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from cgplab.errors import InputError
from cgplab.models.calibration import Calibration
from cgplab.models.fake_quantization import (
    INT8_SYMMETRIC,
    UINT8,
    fake_quantize,
    symmetric_scale,
    to_integers,
)
from cgplab.models.inference import program_of, weighted_sum
from cgplab.models.network import build
from cgplab.models.program import IMAGE, Step
from cgplab.models.stored import Layer, StoredModel

Granularity = Literal["tensor", "channel"]


class QuantizedNetwork(nn.Module):
    """Starts from a float model; `calibrate` must run before the first forward pass.

    Parameters
    ----------
    model : StoredModel
        Float model; InputError when it is quantized already.
    granularity : str
        One weight scale per ``tensor``, or one per output ``channel``.
    """

    rounds = True
    overwrites = False

    def __init__(self, model: StoredModel, granularity: Granularity) -> None:
        super().__init__()
        if model.is_quantized:
            raise InputError(f"model {model.name} is quantized already; start from a float model such as lenet5-float")
        self.model = model
        self.granularity = granularity
        self.parameters_of: dict[str, tuple[nn.Parameter, nn.Parameter]] = {}
        for index, layer in enumerate(model.layers):
            pair = (nn.Parameter(torch.tensor(layer.weights)), nn.Parameter(torch.tensor(layer.bias)))
            self.register_parameter(f"weights{index}", pair[0])
            self.register_parameter(f"bias{index}", pair[1])
            self.parameters_of[layer.name] = pair
        program = program_of(model)
        self._calibration = Calibration(program, model.layers[0].input)
        self.inputs = self._calibration.inputs
        self._network = build(program, self)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of decoded images."""
        return self._network.run({IMAGE: x})[self._network.results[0]]

    def encode(self, layer: str, x: Tensor, over: bool) -> Tensor:
        """Real numbers that survive rounding; `cgplab.models.network.Arithmetic`."""
        step = self.inputs[layer]
        return fake_quantize(x, step.scale, step.zero_point, UINT8)

    def decode(self, layer: str, codes: Tensor) -> Tensor:
        """The same: `encode` gives real numbers already."""
        return codes

    def compute(self, step: Step, x: Tensor) -> Tensor:
        """Result of a layer with rounded weights."""
        weights, bias = self.parameters_of[step.name]
        rounded = fake_quantize(weights, symmetric_scale(weights, self.granularity), 0, INT8_SYMMETRIC)
        return weighted_sum(x, rounded, step.arguments, bias)

    @torch.no_grad()
    def calibrate(self, images: Tensor) -> None:
        """Set the range of every layer's activations from decoded images."""
        self._calibration.run(self._network, images)

    @torch.no_grad()
    def stored(self, name: str) -> StoredModel:
        """The int8 model this network stands for."""
        layers = []
        for layer_name, (weights, bias) in self.parameters_of.items():
            scale = symmetric_scale(weights, self.granularity)
            int8 = to_integers(weights, scale, 0, INT8_SYMMETRIC).to(torch.int8)
            scale = scale.reshape(()) if self.granularity == "tensor" else scale.flatten()
            step = self.inputs[layer_name]
            layers.append(Layer(layer_name, to_array(int8), to_array(bias), to_array(scale), 0, step))
        return StoredModel(name, self.model.architecture, tuple(layers), self.model.options)


def to_array(tensor: Tensor) -> np.ndarray:
    """A copy of ``tensor`` as a NumPy array of the same dtype and shape."""
    return tensor.detach().contiguous().numpy().copy()
