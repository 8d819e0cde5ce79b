"""The core of a convolution's kernel: its centre, as opposed to the weights around it."""

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError

LARGEST_DEFAULT = 3
"""Side of the core where nobody asks for another, in kernels that are larger."""


def default_core(height: int, width: int) -> int:
    """Side of a kernel's core: 3, as in the original study, or 1 in kernels of side 3 and less."""
    return LARGEST_DEFAULT if max(height, width) > LARGEST_DEFAULT else 1


def core_and_outer(height: int, width: int, core: int | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Flat positions of a kernel's core and of the weights around it, row by row.

    Parameters
    ----------
    height, width : int
        Of the kernel.
    core : int, optional
        Side of the core; default: :func:`default_core`. A kernel that is narrower than the core in one
        direction is kept whole in that direction, so the core of a 1x7 kernel is 1x3.

    Returns
    -------
    core, outer : (n,) int64

    Raises
    ------
    InputError
        The core would be empty or the whole kernel, or has no place in the kernel's centre.
    """
    side = default_core(height, width) if core is None else core
    if side < 1:
        raise InputError(f"the side of a core must be at least 1, not {side}")
    core_height, core_width = min(side, height), min(side, width)
    if (core_height, core_width) == (height, width):
        raise InputError(f"a kernel of {height}x{width} has no {side}x{side} core with weights around it")
    if (height - core_height) % 2 or (width - core_width) % 2:
        raise InputError(
            f"a core of {core_height}x{core_width} cannot stand in the centre of a kernel of {height}x{width}; "
            "choose a side that differs from the kernel's by an even number"
        )
    inside = np.zeros((height, width), dtype=bool)
    top, left = (height - core_height) // 2, (width - core_width) // 2
    inside[top : top + core_height, left : left + core_width] = True
    return np.flatnonzero(inside), np.flatnonzero(~inside)
