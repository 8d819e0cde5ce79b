"""Evaluate a circuit plainly and completely: outputs, error and hardware costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.costs import CostTable, to_real
from cgplab.cgp.operators import BY_ID, CODE_OF_ID, EVERY_PIN, apply_operator
from cgplab.cgp.problem import Problem
from cgplab.errors import InputError

METRICS: dict[str, str] = {
    "SE": "squared error, summed",
    "MSE": "squared error per vector divided by its targets, rounded down, summed over vectors",
    "AE": "absolute error, summed",
}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a circuit computes and costs; costs cover active gates only.

    Attributes
    ----------
    outputs : (d, n_out) int8
        Inferred weights.
    error : int
        In the chosen metric, weighted and masked as the problem says.
    energy : float
        Sum over active gates, pJ (power x delay, unless the cost table says otherwise).
    area : float
        Sum over active gates, um2.
    delay : float
        Longest path, ns.
    depth : int
        Gates on the longest path; a constant at its start does not count, a wire (``id``) does.
    gate_count : int
        Active gates, wires included.
    gate_usage : dict of str to int
        Active gates by operator name, in id order.
    energy_quanta, area_quanta, delay_quanta : int
        The same costs in exact quanta; these are compared, the real numbers are shown.
    """

    outputs: NDArray[np.int8]
    error: int
    energy: float
    area: float
    delay: float
    depth: int
    gate_count: int
    gate_usage: dict[str, int]
    energy_quanta: int
    area_quanta: int
    delay_quanta: int


def evaluate(circuit: Circuit, problem: Problem, costs: CostTable, metric: str = "SE") -> Evaluation:
    """Evaluate ``circuit`` on ``problem``.

    Parameters
    ----------
    circuit : Circuit
    problem : Problem
        With as many inputs and outputs as the circuit.
    costs : CostTable
    metric : {"SE", "MSE", "AE"}
        Error metric; MSE divides with integers, per vector.

    Raises
    ------
    InputError
        Sizes do not match, the metric is unknown, or an active gate needs more vectors or a cost that
        is not there.
    """
    if metric not in METRICS:
        raise InputError(f"unknown error metric {metric!r}; allowed: {', '.join(METRICS)}")
    for what in ("inputs", "outputs"):
        has, needs = getattr(circuit, f"n_{what}"), getattr(problem, f"n_{what}")
        if has != needs:
            raise InputError(f"the circuit has {has} {what} but the problem has {needs}")
    active = np.flatnonzero(circuit.active_gates())
    _check_selectors(circuit, problem, costs, active)
    outputs = _outputs(circuit, problem.inputs, active)
    energy, area, delay, depth = _costs(circuit, costs, problem.n_vectors, active)
    ids, counts = np.unique(circuit.gates[active, -1], return_counts=True)
    return Evaluation(
        outputs=outputs,
        error=output_error(outputs, problem, metric),
        energy=to_real(energy, "energy"),
        area=to_real(area, "area"),
        delay=to_real(delay, "delay"),
        depth=depth,
        gate_count=len(active),
        gate_usage={BY_ID[i].name: n for i, n in zip(ids.tolist(), counts.tolist(), strict=True)},
        energy_quanta=energy,
        area_quanta=area,
        delay_quanta=delay,
    )


def infer(circuit: Circuit, inputs: NDArray[np.int8], selects: NDArray[np.intp] | None = None) -> NDArray[np.int8]:
    """Outputs of a circuit for any input vectors.

    Parameters
    ----------
    circuit : Circuit
    inputs : (d, n_in) int8
    selects : (d,) int, optional
        Which vector of the problem each row stands for, read by ``mux`` and ``demux``. Default: 0 to d - 1.

    Returns
    -------
    (d, n_out) int8
    """
    return _outputs(circuit, inputs, np.flatnonzero(circuit.active_gates()), selects)


def output_error(outputs: NDArray[np.int8], problem: Problem, metric: str = "SE") -> int:
    """Error of inferred weights (d, n_out) int8 against the problem's targets."""
    difference = outputs.astype(np.int64) - problem.targets
    if metric == "AE":
        return int((np.abs(difference) * problem.effective_weights).sum())
    squared = (difference**2 * problem.effective_weights).sum(axis=1)
    if metric == "MSE":
        # A vector without a target that counts has error 0; the divisor only has to differ from 0.
        return int((squared // np.maximum(problem.n_counted, 1)).sum())
    return int(squared.sum())


def _check_selectors(circuit: Circuit, problem: Problem, costs: CostTable, active: NDArray[np.int64]) -> None:
    for function in np.unique(circuit.gates[active, -1]).tolist():
        operator = BY_ID[function]
        if not operator.selects:
            continue
        if problem.n_vectors < 2:
            raise InputError(f"{operator.name} chooses by vector, but the problem has only one")
        if operator.arity == EVERY_PIN and problem.n_vectors > circuit.geometry.arity:
            raise InputError(
                f"{operator.name} with {circuit.geometry.arity} pins cannot choose among {problem.n_vectors} vectors"
            )
        if not costs.has(operator.name, problem.n_vectors):
            raise InputError(f"cost table {costs.name!r} has no {operator.name} for {problem.n_vectors} vectors")


def pin_values(
    circuit: Circuit, inputs: NDArray[np.int8], active: NDArray[np.int64], selects: NDArray[np.intp] | None = None
) -> NDArray[np.int8]:
    """Values of all pins.

    Parameters
    ----------
    circuit : Circuit
    inputs : (d, n_in) int8
    active : (n,) int64
        Gates to evaluate, in ascending order: with each, every gate it reads.
    selects : (d,) int, optional
        See :func:`infer`.

    Returns
    -------
    (n_pins, d) int8
        0 at gates that were not evaluated.
    """
    selects = np.arange(len(inputs)) if selects is None else selects
    rows_of = [(select, np.flatnonzero(selects == select)) for select in np.unique(selects).tolist()]
    n_in, arity = circuit.n_inputs, circuit.geometry.arity
    values = np.zeros((circuit.geometry.n_pins, len(inputs)), dtype=np.int8)
    values[:n_in] = inputs.T
    functions = circuit.gates[:, -1]
    # Gates of one column do not read each other: a column is evaluated operator by operator.
    columns = active // circuit.rows
    for column in np.unique(columns).tolist():
        here = active[columns == column]
        for function in np.unique(functions[here]).tolist():
            gates = here[functions[here] == function]
            pins = [values[circuit.gates[gates, k]] for k in range(arity)]
            if BY_ID[function].selects:
                result = np.empty((len(gates), len(inputs)), dtype=np.int8)
                for select, rows in rows_of:
                    result[:, rows] = apply_operator(BY_ID[function], [p[:, rows] for p in pins], select)
            else:
                result = apply_operator(BY_ID[function], pins)
            values[n_in + gates] = result
    return values


def _outputs(
    circuit: Circuit, inputs: NDArray[np.int8], active: NDArray[np.int64], selects: NDArray[np.intp] | None = None
) -> NDArray[np.int8]:
    return np.ascontiguousarray(pin_values(circuit, inputs, active, selects)[circuit.outputs].T)


def _costs(circuit: Circuit, costs: CostTable, n_vectors: int, active: NDArray[np.int64]) -> tuple[int, int, int, int]:
    n_in = circuit.n_inputs
    codes = [CODE_OF_ID[function] for function in circuit.gates[:, -1].tolist()]
    active_codes = np.array([codes[gate] for gate in active.tolist()], dtype=np.intp)
    energy = int(costs.column("energy", n_vectors)[active_codes].sum())
    area = int(costs.column("area", n_vectors)[active_codes].sum())
    gate_delay = costs.column("delay", n_vectors).tolist()
    reads = circuit.pins_read()
    arrival = [0] * circuit.geometry.n_pins
    depth = [0] * circuit.geometry.n_pins
    for gate in active.tolist():
        pins = circuit.gates[gate, :-1][reads[gate]].tolist()
        arrival[n_in + gate] = gate_delay[codes[gate]] + max((arrival[pin] for pin in pins), default=0)
        # A constant starts a path without being a step of it.
        depth[n_in + gate] = 1 + max(depth[pin] for pin in pins) if pins else 0
    outputs = circuit.outputs.tolist()
    return energy, area, max(arrival[pin] for pin in outputs), max(depth[pin] for pin in outputs)
