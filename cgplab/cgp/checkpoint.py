"""Checkpoints: named arrays, sealed so that a damaged or foreign one is noticed."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.costs import CostTable
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.problem import Problem
from cgplab.cgp.settings import Settings
from cgplab.errors import InputError

_FORMAT = "cgplab checkpoint 1"
_SEAL, _OWNER = "checksum", "fingerprint"

Arrays = dict[str, NDArray[Any]]


def fingerprint(problem: Problem, geometry: Geometry, costs: CostTable, settings: Settings) -> NDArray[np.uint8]:
    """Hash of all that defines a search apart from its seed, (32,) uint8."""
    digest = sha256(_FORMAT.encode())
    for array in (problem.inputs, problem.targets, problem.effective_weights, problem.n_counted):
        digest.update(f"{array.shape}".encode() + array.tobytes())
    digest.update(f"{geometry} {costs.sha256}".encode())
    # Stops as the kernels see them: a limit written 0 or 0.0 is the same.
    values = {**vars(settings), "mutation_rate": float(settings.mutation_rate), "stops": settings.stop_quanta.tolist()}
    if settings.as_built is None:
        del values["as_built"]  # checkpoints from before there was a choice stay good
    digest.update("".join(f" {name}={value}" for name, value in sorted(values.items())).encode())
    return np.frombuffer(digest.digest(), dtype=np.uint8)


def seal(arrays: Arrays, owner: NDArray[np.uint8]) -> Arrays:
    """Arrays with the fingerprint of their search and a checksum over everything."""
    sealed = {**arrays, _OWNER: owner}
    return {**sealed, _SEAL: _checksum(sealed)}


def is_sealed(arrays: Mapping[str, Any]) -> bool:
    """Whether arrays of a checkpoint are as :func:`seal` made them, whatever search they are of."""
    found = {name: np.asarray(array) for name, array in arrays.items()}
    checksum = found.pop(_SEAL, None)
    return checksum is not None and _OWNER in found and np.array_equal(checksum, _checksum(found))


def unseal(arrays: Mapping[str, Any], owner: NDArray[np.uint8]) -> Arrays:
    """Arrays of a checkpoint, checked.

    Raises
    ------
    InputError
        They are damaged, or belong to another search.
    """
    if not is_sealed(arrays):
        raise InputError("the checkpoint is damaged; use an earlier one or start again")
    found = {name: np.asarray(array) for name, array in arrays.items() if name != _SEAL}
    if not np.array_equal(found.pop(_OWNER), owner):
        raise InputError(
            "the checkpoint belongs to another search; resume it with its own problem, geometry, costs and settings"
        )
    return found


def kernel_arrays(found: Mapping[str, Any], like: Arrays) -> Arrays:
    """Arrays of a kernel out of a checkpoint, of the names, shapes and dtypes of ``like``.

    A seal tells that a checkpoint is what somebody wrote, not that a kernel can take it: kernels trust their arrays.

    Raises
    ------
    InputError
        One is missing or unlike, or counts below zero.
    """
    taken = {}
    for name, array in like.items():
        given = found.get(f"kernel.{name}")
        if given is None or given.shape != array.shape or given.dtype != array.dtype:
            raise InputError(f"the checkpoint has no {name} of {array.dtype} {array.shape}; start again")
        taken[name] = given
    for name in ("genes", "counters"):
        if (taken[name] < 0).any():
            raise InputError(f"the checkpoint has {name} below zero; start again")
    return taken


def _checksum(arrays: Arrays) -> NDArray[np.uint8]:
    digest = sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return np.frombuffer(digest.digest(), dtype=np.uint8)
