"""The core of a kernel and the weights around it."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cgplab.errors import InputError
from cgplab.models.cores import core_and_outer


def picture(height, width, core=None):
    """The kernel row by row, # in the core."""
    inside, outside = core_and_outer(height, width, core)
    signs = np.full(height * width, "?")
    signs[inside], signs[outside] = "#", "."
    return ["".join(row) for row in signs.reshape(height, width)]


@pytest.mark.parametrize(
    ("kernel", "rows"),
    [
        ((5, 5), [".....", ".###.", ".###.", ".###.", "....."]),
        ((3, 3), ["...", ".#.", "..."]),
        ((7, 7), [".......", ".......", "..###..", "..###..", "..###..", ".......", "......."]),
        ((7, 7, 5), [".......", ".#####.", ".#####.", ".#####.", ".#####.", ".#####.", "......."]),
        ((4, 4, 2), ["....", ".##.", ".##.", "...."]),
        ((1, 7), ["..###.."]),
        ((7, 1, 1), [".", ".", ".", "#", ".", ".", "."]),
        ((1, 3), [".#."]),
    ],
)
def test_where_the_core_is(kernel, rows):
    assert picture(*kernel) == rows


@given(st.integers(1, 9), st.integers(1, 9), st.none() | st.integers(1, 9))
def test_core_and_outer_share_the_kernel_around_its_centre(height, width, core):
    side = min(core or (3 if max(height, width) > 3 else 1), max(height, width))
    margins = [n - min(side, n) for n in (height, width)]
    assume(any(margins) and not any(margin % 2 for margin in margins))
    inside, outside = core_and_outer(height, width, core)
    assert len(inside) == min(side, height) * min(side, width)
    assert sorted([*inside, *outside]) == list(range(height * width))
    # Turned by 180 degrees, a centred core falls on itself.
    assert sorted(height * width - 1 - inside) == inside.tolist()


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        ((1, 1), "1x1"),
        ((2, 2), "2x2"),
        ((6, 6), "3x3 cannot stand.*6x6.*even number"),
        ((5, 5, 5), "5x5 has no 5x5 core"),
        ((3, 3, 9), "3x3 has no 9x9 core"),
        ((5, 5, 0), "at least 1, not 0"),
    ],
)
def test_kernels_without_a_core_are_refused(kernel, words):
    with pytest.raises(InputError, match=words):
        core_and_outer(*kernel)
