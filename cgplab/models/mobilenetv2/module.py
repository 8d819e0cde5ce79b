"""MobileNetV2 as a trainable torch module."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from cgplab.models.mobilenetv2.plan import Block, Convolution, MobileNetV2Plan


class ConvolutionUnit(nn.Module):
    """Convolution, batch normalization and, unless linear, a ReLU."""

    def __init__(self, plan: MobileNetV2Plan, spec: Convolution) -> None:
        super().__init__()
        border = (spec.kernel - 1) // 2
        rows, columns = (0 if one_sided else border for one_sided in spec.one_sided)
        self.margin = (0, border - columns, 0, border - rows)  # left, right, top, bottom
        self.convolution = nn.Conv2d(
            spec.inputs, spec.outputs, spec.kernel, spec.stride, (rows, columns), groups=spec.groups, bias=False
        )
        nn.init.kaiming_normal_(self.convolution.weight, mode="fan_out")
        self.normalization = nn.BatchNorm2d(spec.outputs)
        relu = nn.ReLU6 if plan.activation == "relu6" else nn.ReLU
        self.activation = relu() if spec.activated else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) -> (n, outputs, h / stride, w / stride), rounded up."""
        if any(self.margin):
            x = functional.pad(x, self.margin)
        y: Tensor = self.activation(self.normalization(self.convolution(x)))
        return y


class InvertedResidual(nn.Module):
    """Expand, filter each channel on its own, project back; add the input where shapes allow."""

    def __init__(self, plan: MobileNetV2Plan, block: Block) -> None:
        super().__init__()
        self.residual = block.residual
        for spec in block.convolutions:
            self.add_module(spec.name.partition(".")[2], ConvolutionUnit(plan, spec))

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, h, w) -> (n, outputs, h / stride, w / stride)."""
        y = x
        for unit in self.children():
            y = unit(y)
        return x + y if self.residual else y


class MobileNetV2(nn.Module):
    """The whole network: (n, channels, h, w) float32 -> (n, classes) logits."""

    def __init__(self, plan: MobileNetV2Plan) -> None:
        super().__init__()
        first, *_, last = plan.convolutions
        self.stem = ConvolutionUnit(plan, first)
        for block in plan.blocks:
            self.add_module(block.name, InvertedResidual(plan, block))
        self.block_names = [block.name for block in plan.blocks]
        self.head = ConvolutionUnit(plan, last)
        self.classifier = nn.Linear(plan.head, plan.classes)
        nn.init.normal_(self.classifier.weight, std=0.01)
        nn.init.zeros_(self.classifier.bias)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # twice as fast for 1x1 convolutions

    def forward(self, x: Tensor) -> Tensor:
        """Logits of decoded images."""
        x = self.stem(x).contiguous(memory_format=torch.channels_last)
        for name in self.block_names:
            x = self.get_submodule(name)(x)
        scores: Tensor = self.classifier(self.head(x).mean((2, 3)))
        return scores


def layer_name(path: str) -> str:
    """Name of a layer, from the path of its module: ``block2.expand`` for ``block2.expand.convolution``."""
    return path.removesuffix(".convolution")
