"""Which kernel runs a search: the one place that decides."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.geometry import Geometry
from cgplab.cgp.kernels.interface import Kernel
from cgplab.cgp.kernels.layout import UNLIMITED
from cgplab.cgp.kernels.task import Task
from cgplab.cgp.problem import Problem
from cgplab.cgp.settings import Settings
from cgplab.errors import InputError

# A genome that short is evaluated as a whole before it is known what differs.
_FEW_GENES = 40

MakeKernel = Callable[[Task, NDArray[np.int32], NDArray[np.uint64]], Kernel]


def choose_kernel(problem: Problem, geometry: Geometry, settings: Settings) -> str:
    """Name of the fastest kernel that can run this search; the original's own has one only."""
    if settings.as_built is not None:
        return "as_built"
    if settings.wiring == "nearest":
        return "nearest"
    # Bounds are sums of errors over gates and must not overflow; no metric's error is larger than the squared one.
    largest_error = int(problem.effective_weights.sum()) * 255**2
    can_update = problem.n_vectors == 1 and geometry.arity == 2 and largest_error * 2 * geometry.n_genes < UNLIMITED
    return "incremental" if can_update and geometry.n_genes >= _FEW_GENES else "full"


def kernel_named(name: str) -> MakeKernel:
    """Class of a kernel; its module, and with it numba, is loaded only now.

    Raises
    ------
    InputError
        No kernel has this name.
    """
    match name:
        case "full":
            from cgplab.cgp.kernels.full import FullKernel

            return FullKernel
        case "incremental":
            from cgplab.cgp.kernels.incremental import IncrementalKernel

            return IncrementalKernel
        case "nearest":
            from cgplab.cgp.kernels.nearest import NearestKernel

            return NearestKernel
        case "as_built":
            from cgplab.cgp.kernels.as_built import AsBuiltKernel

            return AsBuiltKernel
    raise InputError(f"unknown kernel {name!r}; allowed: full, incremental, nearest, as_built")
