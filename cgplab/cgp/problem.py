"""What a circuit has to compute: kept weights in, weights to infer out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError


@dataclass(frozen=True, eq=False)
class Problem:
    """One or more vectors of kept weights (inputs) and of weights to infer (targets).

    Parameters
    ----------
    inputs : (d, n_in) int8
        Kept weights, one row per vector; a plain list of numbers is one vector.
    targets : (d, n_out) int8
        Weights to infer.
    mask : (d, n_out) bool, optional
        True where a target counts; False is the original's ``x`` ("don't care"). Default: all count.
    weights : (d, n_out) int64, optional
        How often each target is needed; multiplies its error. At least 0. Default: 1.

    Raises
    ------
    InputError
        Empty, not whole numbers, outside -128..127, of unequal lengths, a negative weight, or no target
        that counts.
    """

    inputs: NDArray[np.int8]
    targets: NDArray[np.int8]
    mask: NDArray[np.bool_] | None = None
    weights: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        inputs = _as_int8(self.inputs, "inputs")
        targets = _as_int8(self.targets, "targets")
        if len(inputs) != len(targets):
            raise InputError(
                f"inputs have {len(inputs)} vectors but targets have {len(targets)}; give one of each per vector"
            )
        mask = np.ones(targets.shape, dtype=bool) if self.mask is None else np.atleast_2d(np.array(self.mask))
        if mask.dtype != np.bool_ or mask.shape != targets.shape:
            raise InputError(
                f"mask must be bool and shaped like the targets {targets.shape}, not {mask.dtype} {mask.shape}"
            )
        weights = (
            np.ones(targets.shape, dtype=np.int64) if self.weights is None else np.atleast_2d(np.array(self.weights))
        )
        if weights.dtype.kind not in "iu" or weights.shape != targets.shape:
            raise InputError(
                f"weights must be whole numbers shaped like the targets {targets.shape}, "
                f"not {weights.dtype} {weights.shape}"
            )
        if weights.min() < 0:
            raise InputError(f"weights must be at least 0, found {weights.min()}")
        weights = weights.astype(np.int64)
        if float(weights.sum(dtype=np.float64)) * 255**2 >= 2**62:
            raise InputError("weights sum to so much that the error would overflow; scale them down")
        if not (mask & (weights > 0)).any():
            raise InputError("no target counts: every one is masked or has weight 0")
        for name, array in (("inputs", inputs), ("targets", targets), ("mask", mask), ("weights", weights)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def n_vectors(self) -> int:
        """Vectors, ``d``."""
        return int(self.inputs.shape[0])

    @property
    def n_inputs(self) -> int:
        """Kept weights per vector."""
        return int(self.inputs.shape[1])

    @property
    def n_outputs(self) -> int:
        """Weights to infer per vector."""
        return int(self.targets.shape[1])

    @property
    def effective_weights(self) -> NDArray[np.int64]:
        """Weights with masked targets set to 0, (d, n_out) int64."""
        assert self.weights is not None
        assert self.mask is not None
        return np.where(self.mask, self.weights, 0)

    @property
    def n_counted(self) -> NDArray[np.int64]:
        """Unmasked targets of each vector, (d,) int64: the divisor of the MSE metric."""
        assert self.mask is not None
        return np.asarray(self.mask.sum(axis=1), dtype=np.int64)

    @property
    def missing_weights(self) -> int:
        """Distinct target values that count and do not occur among the inputs, summed over vectors."""
        total = 0
        for row, targets, weights in zip(self.inputs, self.targets, self.effective_weights, strict=True):
            total += len(np.setdiff1d(targets[weights > 0], row))
        return total


def _as_int8(value: Any, what: str) -> NDArray[np.int8]:
    try:
        array = np.atleast_2d(np.asarray(value))
    except ValueError as error:
        raise InputError(f"{what} must be a table with rows of equal length") from error
    if array.ndim != 2:
        raise InputError(f"{what} must be shaped (vectors, values), not {array.shape}")
    if array.size == 0:
        raise InputError(f"{what} are empty; give at least one weight per vector")
    if array.dtype.kind not in "iu":
        raise InputError(f"{what} must be int8 weights, not {array.dtype}; quantize the model first")
    if array.min() < -128 or array.max() > 127:
        raise InputError(f"{what} must lie between -128 and 127; found {array.min()} to {array.max()}")
    return np.array(array, dtype=np.int8, order="C")
