"""The search of the original program as it was built, defects included.

It differs from what was meant (and from :class:`cgplab.cgp.Evolution` otherwise) in this:

* **Constant start.** The first chromosome is drawn before the generator is seeded, so it is the same in every run.
* **Frozen operators.** The number of the first gate whose function stays is never set outside multiplex mode. In a
  fresh process it reads 0: no function ever changes, and a run has no other operators than its start (``frozen``).
  Later runs of a process may find any number there, and with a large one all functions change (``free``).
* **A poor generator**, linear congruential with its low bits in use, one for every place in the population.

Not part of it: the threshold that a stalled run raises stays raised for later runs of its process; here runs are
independent.
"""

import numpy as np

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.geometry import Geometry

MULTIPLIER, INCREMENT = 1664525, 1013904223
"""Of the original's generator, modulo 2**64."""
_FUNCTIONS = 27
"""Operators that the start is drawn from: all but the wire and the selectors."""


def constant_start(geometry: Geometry, n_vectors: int = 1) -> Circuit:
    """First chromosome of every run of the original program.

    Parameters
    ----------
    geometry : Geometry
    n_vectors : int
        Vectors that the circuit is for.
    """
    word = 1

    def below(n: int) -> int:
        nonlocal word
        word = (word * MULTIPLIER + INCREMENT) % 2**64
        return word % n

    low, span = geometry.pin_low.tolist(), (geometry.pin_high - geometry.pin_low).tolist()
    gates = np.empty((geometry.n_gates, geometry.arity + 1), dtype=np.int32)
    for gate in range(geometry.n_gates):
        column = gate // geometry.rows
        function = below(_FUNCTIONS)
        gates[gate] = [*(low[column] + below(span[column]) for _ in range(geometry.arity)), function]
    outputs = np.array([low[-1] + below(span[-1]) for _ in range(geometry.n_outputs)], dtype=np.int32)
    return Circuit.from_genes(geometry, gates, outputs, n_vectors)
