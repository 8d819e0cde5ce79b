"""Rounding to 8 bits, alone and in a form that gradients pass through."""

from typing import Any

import torch
from torch import Tensor

UINT8 = (0, 255)
INT8_SYMMETRIC = (-127, 127)  # without -128 every weight has its negative, and zero stays exactly zero


def to_integers(x: Tensor, scale: Tensor | float, zero_point: int, limits: tuple[int, int]) -> Tensor:
    """Nearest representable integers of ``x``, as float32; halves go to the even one.

    Parameters
    ----------
    x : float32 tensor
        Real values.
    scale : float or tensor that broadcasts against ``x``
        Real step between neighbouring integers.
    zero_point : int
        Integer that stands for 0.
    limits : (int, int)
        Least and greatest integer.
    """
    return torch.clamp(torch.round(x / scale) + zero_point, *limits)


def fake_quantize(x: Tensor, scale: Tensor | float, zero_point: int, limits: tuple[int, int]) -> Tensor:
    """Real values that survive quantization; the gradient ignores the rounding (straight-through).

    Values beyond the limits are clipped and get no gradient.
    """
    rounded: Tensor = _StraightThrough.apply(x, scale, zero_point, limits)  # type: ignore[no-untyped-call]
    return rounded


class _StraightThrough(torch.autograd.Function):
    """By hand, because activations are large: few passes over memory, and one byte per value for the way back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor | float, zero_point: int, limits: tuple[int, int]) -> Tensor:
        step = torch.as_tensor(scale)
        clipped = torch.clamp(x, (limits[0] - zero_point) * step, (limits[1] - zero_point) * step)
        ctx.save_for_backward(clipped == x)
        rounded = torch.div(x, scale).round_().add_(zero_point).clamp_(*limits).sub_(zero_point).mul_(scale)
        # As autograd's clipped + (rounded - clipped).detach() would add up, bit for bit.
        return rounded.sub_(clipped).add_(clipped)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        (inside,) = ctx.saved_tensors
        return gradient * inside, None, None, None


def symmetric_scale(weights: Tensor, granularity: str = "tensor") -> Tensor:
    """Step, float32, that maps the largest magnitude among ``weights`` to 127.

    Parameters
    ----------
    weights : (out, ...) float32
    granularity : str
        ``tensor``: one step, (); ``channel``: one per output channel, shaped to broadcast against ``weights``.

    Notes
    -----
    Weights that are all zero get step 1, since any step represents them.
    """
    magnitudes = weights.detach().abs()
    largest = (
        magnitudes.amax(tuple(range(1, weights.ndim)), keepdim=True) if granularity == "channel" else magnitudes.max()
    )
    return torch.where(largest > 0, largest / INT8_SYMMETRIC[1], torch.ones(()))
