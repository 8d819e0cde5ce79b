"""LeNet-5 as in the thesis: two 5x5 convolutions with pooling, three fully connected layers, ReLU.

LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition, 1998.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from cgplab.models.architectures import LENET5


class LeNet5(nn.Module):
    """The trainable network; input (n, 1, 28, 28) float32, output (n, 10) logits."""

    def __init__(self) -> None:
        super().__init__()
        for name, shape in LENET5.items():
            if len(shape) == 4:
                self.add_module(name, nn.Conv2d(shape[1], shape[0], shape[2]))
            else:
                self.add_module(name, nn.Linear(shape[1], shape[0]))

    def forward(self, x: Tensor) -> Tensor:
        """Logits of decoded images."""
        for name in LENET5:
            x = self.get_submodule(name)(x)
            if name.startswith("conv"):
                x = functional.max_pool2d(x, 2)  # pooling first: ReLU commutes with it and is 4 times cheaper after
            if name != "fc3":
                x = torch.relu(x)
            if name == "conv2":
                x = x.flatten(1)
        return x
