"""Pictures of a layer's weights: every kernel as a small tile."""

from math import ceil

import numpy as np
from numpy.typing import NDArray


def weight_picture(weights: NDArray[np.integer]) -> NDArray[np.float32]:
    """Weights as one image.

    Parameters
    ----------
    weights : (out, in, kh, kw) or (out, in) int array

    Returns
    -------
    (height, width) float32
        Filters from top to bottom, input channels from left to right, kernels of more than one weight set
        apart by a line of NaN. An image that is much higher than wide, or the other way round, is cut between
        tiles into strips side by side or below each other, so that it is about twice as wide as high.
    """
    gap = int(weights.ndim == 4 and weights.shape[2] * weights.shape[3] > 1)
    if weights.ndim == 2:
        tiles = weights.astype(np.float32)
    else:
        n_out, n_in, height, width = weights.shape
        apart = np.full((n_out, n_in, height + gap, width + gap), np.nan, dtype=np.float32)
        apart[:, :, :height, :width] = weights
        tiles = apart.transpose(0, 2, 1, 3).reshape(n_out * (height + gap), n_in * (width + gap))
        tiles = tiles[: tiles.shape[0] - gap, : tiles.shape[1] - gap]
    step_y, step_x = (weights.shape[2] + gap, weights.shape[3] + gap) if weights.ndim == 4 else (1, 1)
    height, width = tiles.shape
    if height > width:
        return _strips(tiles, step_y, round((_ASPECT * height / width) ** 0.5))
    if width > _ASPECT**2 * height:
        return _strips(tiles.T, step_x, round((width / height / _ASPECT) ** 0.5)).T
    return tiles


_ASPECT = 2.0


def _strips(tiles: NDArray[np.float32], step: int, n: int) -> NDArray[np.float32]:
    """Cut a high image between tiles into ``n`` strips and set them side by side, a line of NaN between them."""
    height, width = tiles.shape
    per_strip = ceil(ceil(height / step) / n) * step
    padded = np.full((per_strip * ceil(height / per_strip), width + 1), np.nan, dtype=np.float32)
    padded[:height, :width] = tiles
    return np.hstack(np.split(padded, len(padded) // per_strip))[:, :-1]


def error_counts(original: NDArray[np.int8], inferred: NDArray[np.int8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How often each difference inferred - original occurs.

    Returns
    -------
    differences, counts : (n,) int64
        Every whole number from the smallest to the largest difference.
    """
    difference = inferred.astype(np.int64).ravel() - original.astype(np.int64).ravel()
    low = int(difference.min())
    counts = np.bincount(difference - low)
    return np.arange(low, low + len(counts)), counts
