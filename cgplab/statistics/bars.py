"""Bars of a critical-difference diagram: exactly the sets of levels that are not different from one another."""

from collections.abc import Sequence
from itertools import islice

import networkx as nx
import numpy as np
from numpy.typing import NDArray

MOST = 64
"""Bars of a diagram."""


def bars(different: NDArray[np.bool_], order: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Largest sets of levels in which no two differ.

    Two levels share a bar if, and only if, they are not called different: the sets are the maximal cliques of
    the graph of pairs that are not different. When the decision depends on the distance of average ranks
    alone, as Nemenyi's does, they are runs of neighbouring levels; decisions by adjusted p-values of single
    pairs may leave gaps.

    Parameters
    ----------
    different : (k, k) bool
        Symmetric; whether a pair is called different.
    order : sequence of int
        Levels by average rank.

    Returns
    -------
    tuple of tuple of int
        Levels of each bar in the given order; only bars of two or more, by their first and then last level. Empty if
        there are more than :data:`MOST`, which no diagram could show: k pairs that differ can leave 2^k bars.
    """
    place = {level: position for position, level in enumerate(order)}
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(place)
    graph.add_edges_from((i, j) for i in place for j in place if i < j and not different[i, j])
    found = list(islice((clique for clique in nx.find_cliques(graph) if len(clique) > 1), MOST + 1))
    if len(found) > MOST:
        return ()
    cliques = [tuple(sorted(clique, key=place.__getitem__)) for clique in found]
    return tuple(sorted(cliques, key=lambda clique: [place[level] for level in clique]))
