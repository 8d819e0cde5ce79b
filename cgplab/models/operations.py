"""The operations a network may consist of, beside its convolutions and fully connected layers.

Each function's parameters are named and ordered as torch's own, so that a call to torch maps onto it by binding
its arguments.
"""

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def _relu(input: Tensor, inplace: bool = False) -> Tensor:
    return torch.relu(input)


def _relu6(input: Tensor, inplace: bool = False) -> Tensor:
    return torch.clamp(input, 0, 6)


def _leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    return functional.leaky_relu(input, negative_slope)


def _hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    return torch.clamp(input, min_val, max_val)


def _hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    return functional.hardswish(input)


def _hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    return functional.hardsigmoid(input)


def _silu(input: Tensor, inplace: bool = False) -> Tensor:
    return functional.silu(input)


def _gelu(input: Tensor, approximate: str = "none") -> Tensor:
    return functional.gelu(input, approximate=approximate)


def _elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    return functional.elu(input, alpha)


def _sigmoid(input: Tensor) -> Tensor:
    return torch.sigmoid(input)


def _tanh(input: Tensor) -> Tensor:
    return torch.tanh(input)


def _softmax(input: Tensor, dim: int) -> Tensor:
    return torch.softmax(input, dim)


def _log_softmax(input: Tensor, dim: int) -> Tensor:
    return torch.log_softmax(input, dim)


def _max_pool2d(
    input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Tensor:
    return functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)


def _avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    return functional.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def _adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    return functional.adaptive_avg_pool2d(input, output_size)


def _adaptive_max_pool2d(input: Tensor, output_size: Any) -> Tensor:
    return functional.adaptive_max_pool2d(input, output_size)


def _mean(input: Tensor, dim: Any, keepdim: bool = False) -> Tensor:
    return torch.mean(input, dim, keepdim)


def _flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    return torch.flatten(input, start_dim, end_dim)


def _reshape(input: Tensor, shape: Any) -> Tensor:
    return input.reshape(shape)


def _squeeze(input: Tensor, dim: Any) -> Tensor:
    return input.squeeze(dim)


def _pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    return functional.pad(input, tuple(pad), mode, value)


def _add(input: Tensor, other: Tensor | float, alpha: float = 1) -> Tensor:
    return input + (other if alpha == 1 else alpha * other)


def _sub(input: Tensor, other: Tensor | float) -> Tensor:
    return input - other


def _mul(input: Tensor, other: Tensor | float) -> Tensor:
    return input * other


def _div(input: Tensor, other: Tensor | float) -> Tensor:
    return input / other


def _cat(tensors: Any, dim: int = 0) -> Tensor:
    return torch.cat(tensors, dim)


def _contiguous(input: Tensor) -> Tensor:
    return input


def _channels_last(input: Tensor) -> Tensor:
    """The same values, channels side by side in memory, where convolutions of many channels are faster."""
    return input.contiguous(memory_format=torch.channels_last)


# Operation name -> how to do it. Model files hold these names: add some, change none.
OPERATIONS: dict[str, Callable[..., Tensor]] = {
    "relu": _relu,
    "relu6": _relu6,
    "leaky_relu": _leaky_relu,
    "hardtanh": _hardtanh,
    "hardswish": _hardswish,
    "hardsigmoid": _hardsigmoid,
    "silu": _silu,
    "gelu": _gelu,
    "elu": _elu,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "max_pool2d": _max_pool2d,
    "avg_pool2d": _avg_pool2d,
    "adaptive_avg_pool2d": _adaptive_avg_pool2d,
    "adaptive_max_pool2d": _adaptive_max_pool2d,
    "mean": _mean,
    "flatten": _flatten,
    "reshape": _reshape,
    "squeeze": _squeeze,
    "pad": _pad,
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "cat": _cat,
    "channels_last": _channels_last,
}

# Operations whose result shares no memory with what they are given.
FRESH = frozenset({"relu", "relu6", "add", "mean"})

# The same, written over what they are given.
OVERWRITING: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu_,
    "relu6": lambda x: torch.clamp_(x, 0, 6),
}

# Functions of torch that stand for an operation under another name.
FUNCTIONS: dict[Callable[..., Any], str] = {
    operator.add: "add",
    operator.iadd: "add",
    operator.sub: "sub",
    operator.mul: "mul",
    operator.imul: "mul",
    operator.truediv: "div",
    torch.concat: "cat",
}

# Modules -> operation and the attributes that are its arguments.
MODULES: dict[type[nn.Module], tuple[str, tuple[str, ...]]] = {
    nn.ReLU: ("relu", ()),
    nn.ReLU6: ("relu6", ()),
    nn.LeakyReLU: ("leaky_relu", ("negative_slope",)),
    nn.Hardtanh: ("hardtanh", ("min_val", "max_val")),
    nn.Hardswish: ("hardswish", ()),
    nn.Hardsigmoid: ("hardsigmoid", ()),
    nn.SiLU: ("silu", ()),
    nn.GELU: ("gelu", ("approximate",)),
    nn.ELU: ("elu", ("alpha",)),
    nn.Sigmoid: ("sigmoid", ()),
    nn.Tanh: ("tanh", ()),
    nn.Softmax: ("softmax", ("dim",)),
    nn.LogSoftmax: ("log_softmax", ("dim",)),
    nn.MaxPool2d: ("max_pool2d", ("kernel_size", "stride", "padding", "dilation", "ceil_mode")),
    nn.AvgPool2d: (
        "avg_pool2d",
        ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"),
    ),
    nn.AdaptiveAvgPool2d: ("adaptive_avg_pool2d", ("output_size",)),
    nn.AdaptiveMaxPool2d: ("adaptive_max_pool2d", ("output_size",)),
    nn.Flatten: ("flatten", ("start_dim", "end_dim")),
    nn.ZeroPad2d: ("pad", ("padding",)),
}
