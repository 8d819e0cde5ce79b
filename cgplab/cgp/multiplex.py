"""Multiplex mode: ask the circuit for each of the 256 values once instead of for every target.

The last 256 gates of the grid become value gates: wires (``id``) with locked functions, one for each value
-128..127, and the only outputs. How often a value is needed weighs its error. Afterwards every target takes the
pin that the value gate of its value reads.
"""

import numpy as np

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.operators import BY_NAME
from cgplab.cgp.problem import Problem
from cgplab.errors import InputError

N_VALUES = 256
LOWEST = -128
_WIRE = BY_NAME["id"].id


def multiplexed_problem(problem: Problem) -> Problem:
    """Problem that asks for the values -128..127, each as often as ``problem`` needs it.

    Raises
    ------
    InputError
        The problem has several vectors, or fewer than 256 outputs.
    """
    if problem.n_vectors != 1:
        raise InputError(f"multiplex works with one vector, not {problem.n_vectors}; turn it off")
    if problem.n_outputs < N_VALUES:
        raise InputError(
            f"multiplex needs at least {N_VALUES} outputs, the problem has {problem.n_outputs}; turn it off"
        )
    needed = np.zeros((1, N_VALUES), dtype=np.int64)
    np.add.at(needed[0], problem.targets[0].astype(np.int64) - LOWEST, problem.effective_weights[0])
    values = np.arange(LOWEST, LOWEST + N_VALUES).astype(np.int8)
    # Values that are not needed weigh 0 but are not masked: the MSE metric divides by 256.
    return Problem(problem.inputs, values[None], weights=needed)


def multiplexed_geometry(geometry: Geometry) -> Geometry:
    """Geometry with one output per value.

    Raises
    ------
    InputError
        The grid has no room for the value gates, or outputs cannot reach them.
    """
    if geometry.n_gates < N_VALUES:
        raise InputError(
            f"multiplex needs a grid of at least {N_VALUES} gates; {geometry.rows}x{geometry.cols} has "
            f"{geometry.n_gates}"
        )
    if geometry.rows * geometry.l_back < N_VALUES and geometry.l_back < geometry.cols:
        raise InputError(
            f"multiplex: outputs with l-back {geometry.l_back} reach {geometry.rows * geometry.l_back} of the "
            f"{N_VALUES} value gates; use an l-back of at least {-(-N_VALUES // geometry.rows)}"
        )
    return geometry.with_(n_outputs=N_VALUES)


def multiplexed_circuit(circuit: Circuit, problem: Problem) -> Circuit:
    """Circuit with value gates at the end of its grid and with these as its outputs.

    A value gate whose value occurs among the inputs of ``problem`` reads the first such input if its column
    may; every other one keeps its pins.
    """
    geometry = multiplexed_geometry(circuit.geometry)
    first = geometry.n_gates - N_VALUES
    gates = circuit.gates.copy()
    gates[first:, -1] = _WIRE
    inputs = problem.inputs[0].tolist()
    for gate in range(first, geometry.n_gates):
        value = gate - first + LOWEST
        if value in inputs and geometry.pin_low[gate // geometry.rows] == 0:
            gates[gate, 0] = inputs.index(value)
    outputs = np.arange(geometry.n_inputs + first, geometry.n_pins)
    return Circuit.from_genes(geometry, gates, outputs, circuit.dataset_size)


def remove_multiplexing(circuit: Circuit, problem: Problem) -> Circuit:
    """Circuit for ``problem`` itself from one for its multiplexed form.

    Every output takes the pin that the value gate of its target reads, or the value gate where an output may
    not read that pin.

    Parameters
    ----------
    circuit : Circuit
        With 256 outputs, the value gates at the end of its grid.
    problem : Problem
        The original one.
    """
    geometry = circuit.geometry
    first = geometry.n_gates - N_VALUES
    gate = first + problem.targets[0].astype(np.int64) - LOWEST
    source = circuit.gates[gate, 0]
    bypass = (circuit.gates[gate, -1] == _WIRE) & (source >= geometry.pin_low[-1])
    outputs = np.where(bypass, source, geometry.n_inputs + gate)
    return Circuit.from_genes(geometry.with_(n_outputs=problem.n_outputs), circuit.gates, outputs, circuit.dataset_size)
