"""LeNet-5 as in the thesis: two 5x5 convolutions with pooling, three fully connected layers, ReLU."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from cgplab.models.architectures import ARCHITECTURES
from cgplab.models.stored import InputQuantization, StoredModel

SHAPES = ARCHITECTURES["lenet5"]


def after_layer(name: str, x: Tensor) -> Tensor:
    """What follows layer ``name``: ReLU, and 2x2 max pooling after a convolution.

    Parameters
    ----------
    name : str
        A layer of the network.
    x : Tensor
        (n, channels, h, w) or (n, features) output of the layer.

    Returns
    -------
    Tensor
        Real-valued input of the next layer; after ``fc3`` the logits (n, 10), unchanged.
    """
    if name == "fc3":
        return x
    if name.startswith("conv"):
        x = functional.max_pool2d(x, 2)  # pooling first: ReLU commutes with it and is 4 times cheaper after
    x = torch.relu(x)
    return x.flatten(1) if name == "conv2" else x


def weighted_sum(x: Tensor, weights: Tensor, bias: Tensor | None = None) -> Tensor:
    """Convolution without padding for 4-dimensional weights, matrix product for 2-dimensional ones."""
    apply = functional.conv2d if weights.ndim == 4 else functional.linear
    return apply(x, weights, bias)


class LeNet5(nn.Module):
    """The trainable network; input (n, 1, 28, 28) float32, output (n, 10) logits."""

    def __init__(self) -> None:
        super().__init__()
        for name, shape in SHAPES.items():
            if len(shape) == 4:
                self.add_module(name, nn.Conv2d(shape[1], shape[0], shape[2]))
            else:
                self.add_module(name, nn.Linear(shape[1], shape[0]))

    def forward(self, x: Tensor) -> Tensor:
        """Logits of decoded images."""
        for name in SHAPES:
            x = after_layer(name, self.run_layer(name, x))
        return x

    def run_layer(self, name: str, x: Tensor) -> Tensor:
        """Apply one layer; a subclass quantizes here."""
        return weighted_sum(x, *self.layer_parameters(name))

    def layer_parameters(self, name: str) -> tuple[nn.Parameter, nn.Parameter]:
        """Weights and bias of a layer."""
        return self.get_parameter(f"{name}.weight"), self.get_parameter(f"{name}.bias")


def load_parameters(network: LeNet5, model: StoredModel) -> None:
    """Copy a float model's weights and biases into ``network``."""
    arrays = {}
    for layer in model.layers:
        arrays[f"{layer.name}.weight"] = torch.from_numpy(layer.weights.copy())
        arrays[f"{layer.name}.bias"] = torch.from_numpy(layer.bias.copy())
    network.load_state_dict(arrays)


def to_array(tensor: Tensor) -> np.ndarray:
    """A copy of ``tensor`` as a NumPy array of the same dtype and shape."""
    return tensor.detach().numpy().copy()


def decode_pixels(pixels: Tensor, step: InputQuantization) -> Tensor:
    """Real-valued network input for pixel values 0..255, float32."""
    return (pixels.to(torch.float32) - step.zero_point) * step.scale
