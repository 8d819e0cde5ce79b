"""State dicts and arrays of a very small MobileNetV2, as others name them."""

import numpy as np
import torch

from cgplab.models.mobilenetv2.plan import MobileNetV2Plan

PLAN = MobileNetV2Plan((3, 32, 32), 5, stem=8, channels=(4, 4, 4, 8, 8, 8, 8), head=16)


def theirs():
    """torchvision's names of the layers, in the order they run, written down by hand."""
    names = ["features.0.0", "features.1.conv.0.0", "features.1.conv.1"]
    for block in range(2, 18):
        names += [f"features.{block}.conv.0.0", f"features.{block}.conv.1.0", f"features.{block}.conv.2"]
    return [*names, "features.18.0", "classifier.1"]


def float_state(network):
    """The state dict as torchvision would name it."""
    state = {}
    modules = dict(network.named_modules())
    for own, name in zip(PLAN.shapes, theirs(), strict=True):
        if own == "classifier":
            state |= {f"{name}.{key}": value for key, value in modules[own].state_dict().items()}
            continue
        stem, _, last = name.rpartition(".")
        state[f"{name}.weight"] = modules[f"{own}.convolution"].weight.detach()
        for key, value in modules[f"{own}.normalization"].state_dict().items():
            state[f"{stem}.{int(last) + 1}.{key}"] = value
    return state


def quantized_state(seed=0):
    """A state dict as of torchvision's quantized network, and the whole numbers in it."""
    generator = torch.Generator().manual_seed(seed)
    state = {"quant.scale": torch.tensor([0.02]), "quant.zero_point": torch.tensor([110])}
    numbers = {}
    for index, (own, name) in enumerate(zip(PLAN.shapes, theirs(), strict=True)):
        shape = PLAN.shapes[own]
        scales = torch.rand(shape[0], generator=generator, dtype=torch.float64) * 0.01 + 0.005
        real = torch.randn(shape, generator=generator) * 0.3
        weights = torch.quantize_per_channel(real, scales, torch.zeros(shape[0], dtype=torch.int64), 0, torch.qint8)
        numbers[own] = weights.int_repr().numpy()
        bias = torch.randn(shape[0], generator=generator)
        if own == "classifier":
            state[f"{name}._packed_params.dtype"] = torch.qint8
            state[f"{name}._packed_params._packed_params"] = (weights, bias)
        else:
            state[f"{name}.weight"], state[f"{name}.bias"] = weights, bias
        state[f"{name}.scale"] = torch.tensor(0.01 * (index + 1))
        state[f"{name}.zero_point"] = torch.tensor(index)
    for block in PLAN.blocks:
        if block.residual:
            number = block.name.removeprefix("block")
            state[f"features.{number}.skip_add.scale"] = torch.tensor(1.0 + int(number))
            state[f"features.{number}.skip_add.zero_point"] = torch.tensor(100)
    return state, numbers


def tensorflow_arrays(seed=0):
    """Arrays ``w0`` ... of TensorFlow's int8 network."""
    random, arrays = np.random.default_rng(seed), {}
    plan = MobileNetV2Plan((3, 224, 224), 5, stem=8, channels=(4, 4, 4, 8, 8, 8, 8), head=16, padding="tensorflow")
    for index, (layer, shape) in enumerate(plan.shapes.items()):
        depthwise = layer.endswith("depthwise")
        whole = (*shape, *(1,) * (4 - len(shape)))
        weights = random.integers(-128, 128, whole, dtype=np.int8)
        arrays[f"w{index}"] = weights.transpose(1, 2, 3, 0) if depthwise else weights.transpose(0, 2, 3, 1)
        arrays[f"s{index}"] = random.random(shape[0], dtype=np.float32)
        arrays[f"b{index}"] = random.random(shape[0], dtype=np.float32)
        arrays[f"d{index}"] = np.array(depthwise)
    return arrays
