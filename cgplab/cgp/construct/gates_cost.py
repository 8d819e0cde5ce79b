"""What the active gates of a circuit cost together."""

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.operators import CODE_OF_ID


def gates_cost(circuit: Circuit, quanta: NDArray[np.int64]) -> int:
    """Sum over the active gates; ``quanta`` holds the cost of a gate by operator code."""
    active = [CODE_OF_ID[function] for function in circuit.gates[circuit.active_gates(), -1].tolist()]
    return int(quanta[active].sum())
