"""Sets of values that a fractional solution of the relaxation carries without enough connection to an input."""

import heapq

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
    along_one_path = _widest_paths(graph)
    for node, share in carried.items():
        enough = share - LEAST_VIOLATION
        if enough < 0 or along_one_path[node] >= enough * WHOLE or node in covered:
            continue
        flow = maximum_flow(graph, 0, node)
        if flow.flow_value >= enough * WHOLE:
            continue
        residual = csr_array(graph - flow.flow)
        residual.eliminate_zeros()
        island = set(breadth_first_order(csr_array(residual.T), node, return_predecessors=False).tolist())
        found.append((node, island))
        covered |= island
    return found


def _widest_paths(graph: csr_array) -> list[int]:
    """Largest capacity of any one path from the source to each node: a quick lower limit of the flow to it."""
    starts, ends, capacities = graph.indptr.tolist(), graph.indices.tolist(), graph.data.tolist()
    width = [0] * graph.shape[0]
    width[0] = WHOLE
    heap = [(-WHOLE, 0)]
    while heap:
        negative, node = heapq.heappop(heap)
        if -negative < width[node]:
            continue
        for i in range(starts[node], starts[node + 1]):
            through = min(-negative, capacities[i])
            if through > width[ends[i]]:
                width[ends[i]] = through
                heapq.heappush(heap, (-through, ends[i]))
    return width
