"""Other ways to store the same weights: plain int8, int4, look-up tables, and the entropy bound."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cgplab.analysis.scope import Scope
from cgplab.selections.codebook import best_codebook

Values = Mapping[str, NDArray[np.int8]]

SCALE_BITS = 16
"""Of one quantization scale, as half precision."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """A way to store weights.

    Attributes
    ----------
    scheme : str
    bits : float
        That every inference reads: codes of the weights.
    side_bits : float
        Tables and scales, read once.
    lookups : int
        Weights that an inference takes from a table.
    values : dict of str to int8 array, or None
        The weights as they come back, at the scope's positions; None where they come back unchanged.
    """

    scheme: str
    bits: float
    side_bits: float
    lookups: int
    values: Values | None


@lru_cache(maxsize=128)
def baselines(scope: Scope) -> list[Baseline]:
    """Baselines for the weights of a scope, layer by layer."""
    return [make(scope) for make in BASELINES.values()]


def entropy(values: NDArray[np.int8]) -> float:
    """Zeroth-order entropy in bits per weight: no code that treats weights one by one can be shorter on average.

    C. E. Shannon, "A mathematical theory of communication", 1948.
    """
    _, counts = np.unique(values, return_counts=True)
    shares = counts / counts.sum()
    # Adding 0 turns the -0.0 of a single value into 0.
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def lookup_table(values: NDArray[np.int8], bits: int) -> tuple[NDArray[np.int8], int]:
    """Weights by way of a table of 2^bits int8 entries (k-means, palettization).

    The start is the best table of values that occur (exact); k-means then moves the entries to the means of the
    weights they serve (S. Lloyd, "Least squares quantization in PCM", 1982), rounded to int8.

    Returns
    -------
    values : (n,) int8
        What comes back.
    entries : int
        Of the table; fewer where fewer distinct values occur.
    """
    from scipy.cluster.vq import kmeans2

    entries = min(2**bits, len(np.unique(values)))
    start = best_codebook(values, entries)
    weights = values.astype(np.float64)
    moved, _ = kmeans2(weights[:, None], start.astype(np.float64)[:, None], minit="matrix", iter=20)
    candidates = [start, np.rint(moved[:, 0]).astype(np.int8)]
    results = [_nearest(values, table) for table in candidates]
    errors = [int(((result.astype(np.int64) - values) ** 2).sum()) for result in results]
    return results[int(np.argmin(errors))], entries


def int4(values: NDArray[np.int8], channels: NDArray[np.int64]) -> NDArray[np.int8]:
    """Weights after symmetric 4-bit quantization, one scale per output channel, back in int8.

    The scale of a channel is its largest magnitude / 7.

    Parameters
    ----------
    values : (n,) int8
    channels : (n,) int64
        Output channel of each weight.
    """
    result = np.zeros_like(values)
    for channel in np.unique(channels):
        own = channels == channel
        part = values[own].astype(np.float64)
        scale = np.abs(part).max() / 7
        codes = np.clip(np.rint(part / scale), -8, 7) if scale else part
        result[own] = np.clip(np.rint(codes * scale), -128, 127).astype(np.int8)
    return result


def _int8(scope: Scope) -> Baseline:
    return Baseline("int8", 8.0 * scope.n_weights, 0.0, 0, None)


def _int4(scope: Scope) -> Baseline:
    values, scales = {}, 0
    for name, own in scope.weights().items():
        array = scope.model.int8_weights(name)
        channels = scope.layers[name] // (array.size // array.shape[0])
        values[name] = int4(own, channels)
        scales += len(np.unique(channels))
    return Baseline("int4", 4.0 * scope.n_weights, float(SCALE_BITS * scales), 0, values)


def _table(bits: int) -> Callable[[Scope], Baseline]:
    def make(scope: Scope) -> Baseline:
        values, entries = {}, 0
        for name, own in scope.weights().items():
            values[name], size = lookup_table(own, bits)
            entries += size
        return Baseline(f"k-means {bits} bit", float(bits * scope.n_weights), 8.0 * entries, scope.n_weights, values)

    return make


def _entropy(scope: Scope) -> Baseline:
    bits = sum(entropy(own) * len(own) for own in scope.weights().values())
    return Baseline("entropy bound", bits, 0.0, 0, None)


BASELINES: dict[str, Callable[[Scope], Baseline]] = {
    "int8": _int8,
    "int4": _int4,
    **{f"k-means {bits} bit": _table(bits) for bits in (3, 4, 5)},
    "entropy bound": _entropy,
}


def _nearest(values: NDArray[np.int8], table: NDArray[np.int8]) -> NDArray[np.int8]:
    every = np.arange(-128, 128)
    nearest: NDArray[np.int8] = table[np.abs(every[:, None] - table.astype(np.int64)).argmin(axis=1)]
    served: NDArray[np.int8] = nearest[values.astype(np.int64) + 128]
    return served
