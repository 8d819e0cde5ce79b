"""The one way in which kernels are compiled.

Kernels allocate nothing, so reference counting is switched off (``_nrt=False``): counting every array of the
tuples they pass around would cost two to six times their run time.
"""

from typing import Any

from numba import njit


def kernel(function: Any) -> Any:
    """Compile an entry point: no interpreter lock, cached on disk."""
    return njit(nogil=True, cache=True, _nrt=False)(function)


def part(function: Any) -> Any:
    """Compile a step of a kernel, pasted into its caller: a call would copy the tuples it is given."""
    return njit(inline="always", _nrt=False)(function)
