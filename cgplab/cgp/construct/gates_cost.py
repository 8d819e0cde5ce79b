"""What gates cost together, and what they weigh in a search."""

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.operators import CODE_OF_ID

GATE_TIES = 1024
"""Weight of one quantum, that of one gate being 1: fewer gates decide only between equal costs."""


def gate_weights(quanta: NDArray[np.int64]) -> NDArray[np.int64]:
    """Weight of a gate by operator code, of its cost; -1 where there is no such gate."""
    return np.where(quanta < 0, -1, quanta * GATE_TIES + 1)


def gates_cost(circuit: Circuit, quanta: NDArray[np.int64]) -> int:
    """Sum over the active gates; ``quanta`` holds the cost of a gate by operator code."""
    active = [CODE_OF_ID[function] for function in circuit.gates[circuit.active_gates(), -1].tolist()]
    return int(quanta[active].sum())
