"""Random small shifts, rotations and zooms of images, as plain tensor operations."""

import math

import torch
from torch import Tensor
from torch.nn import functional

MAX_ROTATION = 10.0  # degrees
MAX_SHIFT = 2.0  # pixels
MAX_ZOOM = 0.1  # fraction


def augment(images: Tensor, generator: torch.Generator) -> Tensor:
    """Move every image a little, each in its own way; uncovered pixels become 0.

    Parameters
    ----------
    images : (n, 1, h, w) float32
        Pixel values.
    generator : torch.Generator
        Source of randomness.

    Returns
    -------
    (n, 1, h, w) float32
        Bilinearly resampled pixel values, in the range of the input.
    """
    n, _, height, width = images.shape

    def uniform(limit: float) -> Tensor:
        return (torch.rand(n, generator=generator) * 2 - 1) * limit

    angle = uniform(MAX_ROTATION * math.pi / 180)
    zoom = 1 + uniform(MAX_ZOOM)
    # affine_grid counts in half image sides.
    shift_x, shift_y = uniform(2 * MAX_SHIFT / width), uniform(2 * MAX_SHIFT / height)
    cos, sin = angle.cos() * zoom, angle.sin() * zoom
    rows = torch.stack([torch.stack([cos, -sin, shift_x], 1), torch.stack([sin, cos, shift_y], 1)], 1)
    grid = functional.affine_grid(rows, [n, 1, height, width], align_corners=False)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
