"""Sets of values that a fractional solution of the relaxation carries without enough connection to an input."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

WHOLE = 1_000_000
"""Capacity of an edge that is taken entirely."""
LEAST_VIOLATION = 0.01


def violated_sets(
    origins: NDArray[np.int64],
    ends: NDArray[np.int64],
    taken: NDArray[np.float64],
    carried: dict[int, float],
    nodes: int,
) -> list[tuple[int, set[int]]]:
    """Each value that is carried more than edges bring to it, and a smallest set around it that too little enters.

    Parameters
    ----------
    origins, ends : (n,) int64
        Of the edges; node 0 is the source.
    taken : (n,) float64
        How far each edge is taken, 0 to 1.
    carried : dict of int to float
        How far each node is carried, 0 to 1.
    nodes : int
    """
    capacity = np.rint(taken * WHOLE).astype(np.int32)
    graph = csr_array((capacity, (origins, ends)), shape=(nodes, nodes))
    graph.sum_duplicates()
    found: list[tuple[int, set[int]]] = []
    covered: set[int] = set()
    for node, share in carried.items():
        if share < LEAST_VIOLATION or node in covered:
            continue
        flow = maximum_flow(graph, 0, node)
        if flow.flow_value >= (share - LEAST_VIOLATION) * WHOLE:
            continue
        residual = csr_array(graph - flow.flow)
        residual.eliminate_zeros()
        island = set(breadth_first_order(csr_array(residual.T), node, return_predecessors=False).tolist())
        found.append((node, island))
        covered |= island
    return found
