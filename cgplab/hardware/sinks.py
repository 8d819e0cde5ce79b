"""What it costs to share weight sinks among layers that one circuit serves at the same time.

A circuit whose outputs are wired to several layers delivers all their weights at once. Where every layer has
weight sinks of its own, these wires are free. An accelerator that runs its layers by turns has sinks for the
largest layer only; then sink j must choose which wire to take for the layer at hand, and needs a multiplexer if the
j-th weights of the layers differ. A choice among m wires is counted as the m - 1 two-to-one multiplexers of a tree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.costs import CostTable


@dataclass(frozen=True)
class SharedSinks:
    """Multiplexers in front of weight sinks that layers share.

    Attributes
    ----------
    sinks : int
        Weight sinks: the inferred weights of the largest layer.
    multiplexers : int
        Two-to-one, 8 bits wide.
    energy, area : float
        Sums over the multiplexers, pJ (power x delay, as for circuits) and um2.
    delay : float
        Of the deepest tree, ns.
    """

    sinks: int
    multiplexers: int
    energy: float
    area: float
    delay: float


def shared_sinks(layers: Mapping[str, NDArray[np.int8]], costs: CostTable) -> SharedSinks:
    """Multiplexers needed if layers took turns on the same weight sinks.

    Parameters
    ----------
    layers : {layer: (n,) int8}
        Inferred weights of each layer, in memory order; the j-th of every layer goes to sink j. Equal
        weights come over the same wire.
    costs : CostTable

    Raises
    ------
    InputError
        The table has no two-to-one multiplexer.
    """
    sinks = max((len(weights) for weights in layers.values()), default=0)
    wires = np.zeros(sinks, dtype=np.int64)
    # As many layers reach sink j as hold more than j weights; a layer that ends earlier asks for no wire.
    ends = sorted({len(weights) for weights in layers.values()})
    for start, end in pairwise([0, *ends]):
        asked = np.sort([weights[start:end] for weights in layers.values() if len(weights) >= end], axis=0)
        wires[start:end] = 1 + (np.diff(asked, axis=0) != 0).sum(axis=0)
    multiplexers = int((wires - 1).sum())
    if multiplexers == 0:
        return SharedSinks(sinks, 0, 0.0, 0.0, 0.0)
    one = costs.cost("mux", 2)
    levels = int(wires.max() - 1).bit_length()
    return SharedSinks(sinks, multiplexers, multiplexers * one.energy, multiplexers * one.area, levels * one.delay)
