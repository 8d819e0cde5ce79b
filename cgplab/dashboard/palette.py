"""Continuous palettes between a few colours."""

from collections.abc import Sequence

import numpy as np


def blend(colours: Sequence[str], n: int = 128) -> list[str]:
    """``n`` colours evenly spread along a path through ``colours``, written ``#rrggbb``."""
    corners = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours], dtype=float)
    places = np.linspace(0, len(colours) - 1, n)
    channels = [np.interp(places, range(len(colours)), corners[:, channel]) for channel in range(3)]
    return ["#" + "".join(f"{round(float(value)):02x}" for value in rgb) for rgb in zip(*channels, strict=True)]
