"""Read MobileNetV2 from others' files: torchvision's state dicts, float and quantized, and TensorFlow's int8 weights.

torchvision names its modules by position: ``features.0`` is the stem, ``features.1`` to ``features.17`` are the blocks,
``features.18`` is the head and ``classifier.1`` the classifier. Its quantized network computes ReLU where the float one
computes ReLU6, because the range of the activations cuts them off anyway.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cgplab.errors import InputError
from cgplab.models.architectures import BACKGROUND, NORMALIZATION
from cgplab.models.mobilenetv2.module import MobileNetV2, layer_name
from cgplab.models.mobilenetv2.plan import REPEATS, MobileNetV2Plan
from cgplab.models.quantized_network import to_array
from cgplab.models.stored import InputQuantization, Layer, StoredModel
from cgplab.models.tracing import trace

# What torchvision's ImageNet weights expect of the red, green and blue channels.
IMAGENET = [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]
LAYERS = 53  # 52 convolutions and the classifier
TENSORFLOW_PIXELS = InputQuantization(1 / 128, 128)  # -1 .. 1


def is_quantized(state: Mapping[str, Any]) -> bool:
    """Whether a state dict is of torchvision's quantized network."""
    return "quant.scale" in state


def from_float(name: str, state: Mapping[str, Any], *, origin: str, side: int = 224) -> StoredModel:
    """The float model in a state dict of ``torchvision.models.mobilenet_v2``, of any width and number of classes.

    Raises
    ------
    InputError
        A key is missing, or a shape is not MobileNetV2's.
    """
    plan = _plan(state, origin, side, "relu6")
    network = MobileNetV2(plan).eval()
    own: dict[str, Tensor] = {}
    for layer in plan.shapes:
        prefix = _prefix(layer)
        if layer == "classifier":
            own |= {f"{layer}.{part}": _tensor(state, f"{prefix}.{part}", origin) for part in ("weight", "bias")}
            continue
        own[f"{layer}.convolution.weight"] = _tensor(state, f"{prefix}.weight", origin)
        for part in ("weight", "bias", "running_mean", "running_var"):
            own[f"{layer}.normalization.{part}"] = _tensor(state, f"{_normalization(prefix)}.{part}", origin)
    try:
        network.load_state_dict(own, strict=False)  # without the counts of batches, which nobody needs
    except RuntimeError as error:
        raise InputError(f"{origin} does not fit MobileNetV2: {' '.join(str(error).split())}") from error
    layers = [
        Layer(layer, to_array(weights), to_array(bias), None, 0, None)
        for layer, (weights, bias) in trace(network, layer_name).parameters.items()
    ]
    return StoredModel(name, "mobilenetv2", tuple(layers), plan.options() | {NORMALIZATION: IMAGENET})


def from_quantized(name: str, state: Mapping[str, Any], *, origin: str, side: int = 224) -> StoredModel:
    """The int8 model in a state dict of ``torchvision.models.quantization.mobilenet_v2(quantize=True)``.

    Its weights, scales and zero points are taken over as they are. torchvision rounds the result of a block's last
    convolution before it adds the block's input; cgplab rounds the sum only.

    Raises
    ------
    InputError
        A key is missing, weights are not int8, or a shape is not MobileNetV2's.
    """
    whole = dict(state)
    packed = whole.get("classifier.1._packed_params._packed_params")
    if isinstance(packed, tuple) and len(packed) == 2:
        whole["classifier.1.weight"], whole["classifier.1.bias"] = packed
    plan = _plan(whole, origin, side, "relu")
    entry = _step(whole, "quant", origin)
    layers = []
    residual = {block.convolutions[-1].name: block for block in plan.blocks if block.residual}
    for layer, shape in plan.shapes.items():
        prefix = _prefix(layer)
        weights, scale, zero_point = _int8(_tensor(whole, f"{prefix}.weight", origin), f"{prefix}.weight", origin)
        bias = _tensor(whole, f"{prefix}.bias", origin)
        if bias.is_quantized:
            raise InputError(f"{origin}: {prefix}.bias is {bias.dtype}; biases are real numbers")
        if weights.shape != shape:
            raise InputError(f"{origin}: {prefix}.weight is {weights.shape}, but MobileNetV2 needs {shape}")
        layers.append(Layer(layer, weights, to_array(bias.float()), scale, zero_point, entry))
        if layer in residual:
            entry = _step(whole, f"features.{residual[layer].name.removeprefix('block')}.skip_add", origin)
        elif layer != "classifier":
            entry = _step(whole, prefix, origin)
    return StoredModel(name, "mobilenetv2", tuple(layers), plan.options() | {NORMALIZATION: IMAGENET})


def from_tensorflow(name: str, arrays: Mapping[str, np.ndarray], *, origin: str) -> StoredModel:
    """The int8 weights of TensorFlow's MobileNetV2, as arrays ``w0`` … ``w52``, ``s0`` …, ``b0`` … and ``d0`` ….

    ``w`` int8 (out, kh, kw, in), depthwise (1, kh, kw, c) where ``d`` says so; ``s`` scales per channel; ``b`` biases
    in real units. The activations' ranges are not in the file: every layer but the first lacks its ``input``, see
    `cgplab.models.quantizing.calibrate_int8`.

    Raises
    ------
    InputError
        An array is missing, weights are not int8, or a shape is not MobileNetV2's.
    """
    for index in range(LAYERS):
        if missing := [f"{kind}{index}" for kind in "wsbd" if f"{kind}{index}" not in arrays]:
            raise InputError(f"{origin} lacks the array {missing[0]!r}; MobileNetV2 needs w, s, b and d of 53 layers")
    weights = []
    for index in range(LAYERS):
        array = arrays[f"w{index}"]
        if array.dtype != np.int8 or array.ndim != 4:
            raise InputError(f"{origin}: w{index} is {array.dtype} {array.shape}, not int8 with four dimensions")
        if not array.size or arrays[f"d{index}"].size != 1:
            raise InputError(f"{origin}: w{index} must not be empty, and d{index} must be one truth value")
        weights.append(array.transpose(3, 0, 1, 2) if arrays[f"d{index}"].item() else array.transpose(0, 3, 1, 2))
    stages = np.cumsum(REPEATS)
    # The stem, two convolutions of the first block, three of every other: block b ends with convolution 3b - 1.
    plan = MobileNetV2Plan(
        (3, 224, 224),
        len(weights[-1]),
        len(weights[0]),
        tuple(len(weights[3 * block - 1]) for block in stages),
        len(weights[-2]),
        padding="tensorflow",
    )
    layers = []
    for index, (layer, shape) in enumerate(plan.shapes.items()):
        whole = weights[index]
        own = whole[:, :, 0, 0] if layer == "classifier" and whole.shape[2:] == (1, 1) else whole
        scale, bias = (_reals(arrays, f"{kind}{index}", origin) for kind in "sb")
        if own.shape != shape or scale.shape != shape[:1] or bias.shape != shape[:1]:
            raise InputError(f"{origin}: w{index}, s{index} and b{index} do not fit layer {layer} with weights {shape}")
        entry = TENSORFLOW_PIXELS if index == 0 else None
        layers.append(Layer(layer, np.ascontiguousarray(own), bias, scale, 0, entry))
    background = {BACKGROUND: True} if plan.classes == 1001 else {}  # ImageNet's 1000 come after it
    return StoredModel(name, "mobilenetv2", tuple(layers), plan.options() | background)


def _reals(arrays: Mapping[str, np.ndarray], key: str, origin: str) -> np.ndarray:
    if arrays[key].dtype.kind not in "fiu" or not np.isfinite(arrays[key]).all():
        raise InputError(f"{origin}: {key} does not hold finite numbers")
    return np.ascontiguousarray(arrays[key], np.float32)


def _plan(state: Mapping[str, Any], origin: str, side: int, activation: str) -> MobileNetV2Plan:
    def shape(layer: str) -> tuple[int, ...]:
        key = f"{_prefix(layer)}.weight"
        found = tuple(_tensor(state, key, origin).shape)
        if len(found) < 2 or 0 in found:
            raise InputError(f"{origin}: {key} is {found}; weights have two or four dimensions, none of them 0")
        return found

    def rows(layer: str) -> int:
        return shape(layer)[0]

    image = (shape("stem")[1], side, side)
    stages = tuple(rows(f"block{block}.project") for block in np.cumsum(REPEATS))
    return MobileNetV2Plan(
        image, rows("classifier"), rows("stem"), stages, rows("head"), padding="symmetric", activation=activation
    )


def _prefix(layer: str) -> str:
    """Torchvision's name of the convolution or fully connected layer."""
    if layer in ("stem", "head"):
        return "features.0.0" if layer == "stem" else "features.18.0"
    if layer == "classifier":
        return "classifier.1"
    block, _, part = layer.removeprefix("block").partition(".")
    position = {"expand": 0, "depthwise": 1, "project": 2}[part] - (block == "1")
    return f"features.{block}.conv.{position}" + ("" if part == "project" else ".0")


def _normalization(prefix: str) -> str:
    """Torchvision's name of the batch normalization that follows it."""
    stem, _, position = prefix.rpartition(".")
    return f"{stem}.{int(position) + 1}"


def _tensor(state: Mapping[str, Any], key: str, origin: str) -> Tensor:
    if key not in state:
        raise InputError(f"{origin} lacks the key {key!r}; it is no MobileNetV2 as torchvision names its parts")
    value = state[key]
    if not isinstance(value, Tensor):
        raise InputError(f"{origin}: {key} is {type(value).__name__}, not a tensor")
    if not value.is_quantized and not torch.isfinite(value).all():
        raise InputError(f"{origin}: {key} holds values that are not finite")
    return value.detach()


def _step(state: Mapping[str, Any], prefix: str, origin: str) -> InputQuantization:
    scale, zero_point = (_number(state, f"{prefix}.{part}", origin) for part in ("scale", "zero_point"))
    return InputQuantization(float(np.float32(scale)), int(zero_point))


def _number(state: Mapping[str, Any], key: str, origin: str) -> float:
    tensor = _tensor(state, key, origin)
    if tensor.numel() != 1 or tensor.is_quantized:
        raise InputError(f"{origin}: {key} is a {tensor.dtype} tensor of {tuple(tensor.shape)}, not one number")
    return float(tensor.item())


def _int8(weights: Tensor, key: str, origin: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Whole numbers, scale and zero point of a quantized tensor."""
    if not weights.is_quantized or weights.dtype != torch.qint8:
        raise InputError(f"{origin}: {key} is {weights.dtype}, not int8 (torch.qint8); cgplab infers int8 weights only")
    if weights.qscheme() == torch.per_tensor_affine:
        return to_array(weights.int_repr()), np.array(weights.q_scale(), np.float32), int(weights.q_zero_point())
    zero_points = weights.q_per_channel_zero_points()
    if weights.q_per_channel_axis() != 0 or not bool((zero_points == zero_points[0]).all()):
        raise InputError(f"{origin}: {key} must be quantized per output channel with one zero point")
    scale = to_array(weights.q_per_channel_scales().float())
    return to_array(weights.int_repr()), scale, int(zero_points[0])
