"""Networks that a user might bring, and small models made of them."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cgplab.models.importing import import_module
from cgplab.models.mobilenetv2.plan import MobileNetV2Plan
from cgplab.models.stored import InputQuantization, Layer, StoredModel

SMALL_PLAN = MobileNetV2Plan.scaled(0.1, image=(1, 28, 28), classes=10, least=4)


class Branching(nn.Module):
    """Residual, concatenation, functional calls, a reshape and batch normalization."""

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 6, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(6)
        self.same = nn.Conv2d(6, 6, 3, padding=1)
        self.left = nn.Conv2d(6, 4, 1)
        self.right = nn.Sequential(nn.Conv2d(6, 4, 3, padding=1), nn.Hardswish())
        self.drop = nn.Dropout(0.5)
        self.out = nn.Linear(8 * 7 * 7, classes)

    def forward(self, x):
        x = functional.relu(self.norm(self.first(x)))
        x = functional.max_pool2d(x, 2)
        x = x + self.same(x)
        x = torch.cat([torch.tanh(self.left(x)), self.right(x)], dim=1)
        x = functional.avg_pool2d(x, kernel_size=2)
        return self.out(self.drop(x.view(x.size(0), -1)))


class Deciding(nn.Module):
    """Its path depends on the data."""

    def __init__(self) -> None:
        super().__init__()
        self.only = nn.Linear(784, 10)

    def forward(self, x):
        return self.only(x.flatten(1)) if x.sum() > 0 else self.only(-x.flatten(1))


class Unknown(nn.Module):
    """Uses what cgplab cannot run."""

    def __init__(self) -> None:
        super().__init__()
        self.only = nn.Linear(784, 10)

    def forward(self, x):
        return torch.erfinv(self.only(x.flatten(1)))


def shake(module: nn.Module, seed: int = 0) -> nn.Module:
    """Give every parameter and statistic a value of its own."""
    generator = torch.Generator().manual_seed(seed)
    for name, value in module.state_dict().items():
        if name.endswith("running_var"):
            value.copy_(torch.rand(value.shape, generator=generator) + 0.5)
        elif value.is_floating_point():
            value.copy_(0.3 * torch.randn(value.shape, generator=generator))
    return module.eval()


def branching_model(name: str = "branching") -> StoredModel:
    """The float model of a `Branching` network."""
    module = shake(Branching())
    return import_module(name, Branching(), module.state_dict(), (1, 28, 28))


def small_mobilenet(plan: MobileNetV2Plan = SMALL_PLAN, seed: int = 0) -> StoredModel:
    """An int8 MobileNetV2 with random weights and plausible ranges."""
    rng = np.random.default_rng(seed)
    layers = []
    for index, (name, shape) in enumerate(plan.shapes.items()):
        weights = np.clip(np.rint(40 * rng.standard_normal(shape)), -127, 127).astype(np.int8)
        scale = (rng.uniform(0.5, 1.5, shape[0]) / 60 / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
        bias = (0.1 * rng.standard_normal(shape[0])).astype(np.float32)
        linear = name.endswith(("expand", "head")) and name != "block1.depthwise"
        entry = InputQuantization(0.05, 128) if linear else InputQuantization(0.02, 0)
        layers.append(Layer(name, weights, bias, scale, 0, InputQuantization(1 / 90, 73) if index == 0 else entry))
    return StoredModel("small", "mobilenetv2", tuple(layers), plan.options())
