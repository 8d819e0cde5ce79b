"""Run a stored model, as int8 hardware would, in plain torch operations.

A quantized layer adds up products of whole numbers: (activation - zero point) times (weight - zero point). While no sum
can reach 2^24, float32 holds it exactly; where one could, float64 adds up. So the sums depend neither on the order of
the additions nor on the batch size, the number of threads or the device.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from cgplab.models.architectures import IMPORTED, own_options
from cgplab.models.fake_quantization import UINT8
from cgplab.models.lenet5 import LeNet5
from cgplab.models.mobilenetv2.module import MobileNetV2
from cgplab.models.mobilenetv2.module import layer_name as mobilenetv2_layer
from cgplab.models.mobilenetv2.plan import MobileNetV2Plan
from cgplab.models.network import Network, build
from cgplab.models.operations import OPERATIONS
from cgplab.models.program import IMAGE, Program, Step, from_json
from cgplab.models.stored import InputQuantization, Layer, StoredModel
from cgplab.models.tracing import trace

EXACT_FLOAT32 = 2**24


def program_of(model: StoredModel) -> Program:
    """What ``model`` computes, as steps."""
    if model.architecture == IMPORTED:
        return from_json(model.options["program"], OPERATIONS, origin=f"model {model.name}")
    if model.architecture == "lenet5":
        return _lenet5_program()
    return _mobilenetv2_program(MobileNetV2Plan.from_options(own_options(model.options), origin=f"model {model.name}"))


def network_of(model: StoredModel, device: torch.device | str = "cpu") -> Network:
    """The model, ready to run; its input is ``image``, from `real_images`."""
    return build(program_of(model), StoredArithmetic(model, torch.device(device)))


class StoredArithmetic:
    """Computes with the weights of a stored model (`cgplab.models.network.Arithmetic`)."""

    def __init__(self, model: StoredModel, device: torch.device) -> None:
        self.rounds = self.overwrites = model.is_quantized
        self.device = device
        self._inputs = {layer.name: layer.input for layer in model.layers}
        self._layers = {layer.name: _Prepared(layer, device) for layer in model.layers}

    def with_layers(self, layers: Iterable[Layer]) -> "StoredArithmetic":
        """The same, but for some layers' weights."""
        other = copy(self)
        other._layers = self._layers | {layer.name: _Prepared(layer, self.device) for layer in layers}
        return other

    def encode(self, layer: str, x: Tensor, over: bool) -> Tensor:
        """Nearest codes 0..255, as float32, which the next layer adds up; halves go to the even one."""
        step = self._step(layer)
        codes = (x.div_(step.scale) if over else torch.div(x, step.scale)).round_()
        if step.zero_point:  # after a ReLU there is none, and each pass over the activations takes time
            codes.add_(step.zero_point)
        return codes.clamp_(*UINT8)

    def decode(self, layer: str, codes: Tensor) -> Tensor:
        """Real numbers, float32."""
        step = self._step(layer)
        return (codes - step.zero_point if step.zero_point else codes) * step.scale

    def compute(self, step: Step, x: Tensor) -> Tensor:
        """Real-valued result of a layer."""
        return self._layers[step.name].compute(x, step.arguments)

    def _step(self, layer: str) -> InputQuantization:
        step = self._inputs[layer]
        assert step is not None  # the file format demands it of a quantized layer
        return step


class _Prepared:
    """A layer's weights as tensors."""

    def __init__(self, layer: Layer, device: torch.device) -> None:
        weights = torch.from_numpy(layer.weights.astype("float32"))
        self.bias = _along_channels(torch.from_numpy(layer.bias.copy()), layer).to(device)
        self.factor: Tensor | None = None  # real value of one unit of the sum
        self.zero_point = 0
        self.dtype = torch.float32
        if layer.scale is not None and layer.input is not None:
            weights = weights - layer.zero_point
            self.zero_point = layer.input.zero_point
            self.factor = (_along_channels(torch.from_numpy(layer.scale.copy()), layer) * layer.input.scale).to(device)
            largest = max(self.zero_point, UINT8[1] - self.zero_point)
            if float(weights.double().abs().flatten(1).sum(1).max()) * largest >= EXACT_FLOAT32:
                self.dtype = torch.float64
        self.weights = weights.to(device, self.dtype)

    def compute(self, x: Tensor, arguments: Mapping[str, Any]) -> Tensor:
        """Real numbers for codes, or for real numbers in a float model."""
        if self.factor is None:
            return weighted_sum(x, self.weights, arguments, self.bias.flatten())
        x = x.to(self.dtype)
        sums = weighted_sum(x - self.zero_point if self.zero_point else x, self.weights, arguments)
        if sums.device.type != "cpu":
            sums = sums.round_()  # a GPU may use an algorithm that is not exact, but never wrong by half a unit
        return sums.to(torch.float32).mul_(self.factor).add_(self.bias)


def weighted_sum(x: Tensor, weights: Tensor, arguments: Mapping[str, Any], bias: Tensor | None = None) -> Tensor:
    """Convolution for 4-dimensional weights, matrix product for 2-dimensional ones."""
    if weights.ndim == 2:
        return functional.linear(x, weights, bias)
    stride, padding, dilation, groups = (arguments[key] for key in ("stride", "padding", "dilation", "groups"))
    return functional.conv2d(x, weights, bias, stride, padding, dilation, groups)


def real_images(model: StoredModel, pixels: Tensor) -> Tensor:
    """Network input (n, channels, h, w) float32 for pixel values of the same shape, uint8."""
    if model.normalization is not None:
        mean, deviation = (torch.tensor(values, device=pixels.device).view(-1, 1, 1) for values in model.normalization)
        return (pixels.to(torch.float32) / 255 - mean) / deviation
    first = model.layers[0].input
    assert first is not None  # the file format demands it of a first layer
    return decode_pixels(pixels, first)


def decode_pixels(pixels: Tensor, step: InputQuantization) -> Tensor:
    """Real-valued network input for pixel values 0..255, float32."""
    return (pixels.to(torch.float32) - step.zero_point) * step.scale


def logits(model: StoredModel, pixels: Tensor) -> Tensor:
    """Class scores (n, classes) float32 for pixel values (n, channels, h, w) uint8."""
    with torch.inference_mode():
        (scores,) = network_of(model).run({IMAGE: real_images(model, pixels)}).values()
        return scores


@lru_cache(maxsize=1)
def _lenet5_program() -> Program:
    return trace(LeNet5()).program


@lru_cache(maxsize=4)
def _mobilenetv2_program(plan: MobileNetV2Plan) -> Program:
    with torch.device("meta"):  # only the shape of the computation is wanted
        return trace(MobileNetV2(plan), mobilenetv2_layer).program


def _along_channels(values: Tensor, layer: Layer) -> Tensor:
    return values.view(-1, 1, 1) if layer.kind == "conv" and values.ndim == 1 else values
