"""Everything about a run that kernels only read, as plain arrays and numbers."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.costs import CostTable
from cgplab.cgp.geometry import Geometry
from cgplab.cgp.kernels.layout import METRIC_CODES, N_MEASURES
from cgplab.cgp.multiplex import N_VALUES
from cgplab.cgp.operators import CODE_OF_ID, CODED, EVERY_PIN, ID_OF_CODE, PLAIN_CODES, lookup_tables
from cgplab.cgp.problem import Problem
from cgplab.cgp.settings import Settings


class Task(NamedTuple):
    """What a kernel reads.

    Attributes
    ----------
    n_inputs, n_gates, rows, arity : int
    inputs : (d, n_in) int8
    targets : (d, n_out) int8
    weights : (d, n_out) int64
        0 where a target does not count.
    n_counted : (d,) int64
        Divisor of the MSE metric, at least 1.
    low, span : (cols + 1,) int64
        First legal pin and number of legal pins by column; the last entry is for the outputs.
    table, start, mask : int8 (n,), int64 (codes,), int64 (codes,)
        See :func:`cgplab.cgp.operators.lookup_tables`.
    reads : (codes,) int64
        Pins each operator reads.
    energy, energy_per_op, area, delay : (codes,) int64
        Quanta by operator code.
    order : (n,) int64
        Measures compared in turn within the threshold.
    stops : (N_MEASURES,) int64
        The run stops once no measure exceeds its entry.
    n_mutable : int
        Genes that mutation draws from: all, or without the outputs' where these are not evolved.
    n_free, n_void : int
        Of these, the outputs' genes, and genes that nothing ever reads.
    surplus : (N_MEASURES,) int64
        Costs of gates that are always active and left out of the grid that is searched.
    locked : int
        First gate whose function is never changed; ``n_gates`` where all may change.
    plain_codes, n_functions, metric, children, max_mutations : int
    """

    n_inputs: int
    n_gates: int
    rows: int
    arity: int
    inputs: NDArray[np.int8]
    targets: NDArray[np.int8]
    weights: NDArray[np.int64]
    n_counted: NDArray[np.int64]
    low: NDArray[np.int64]
    span: NDArray[np.int64]
    table: NDArray[np.int8]
    start: NDArray[np.int64]
    mask: NDArray[np.int64]
    reads: NDArray[np.int64]
    energy: NDArray[np.int64]
    energy_per_op: NDArray[np.int64]
    area: NDArray[np.int64]
    delay: NDArray[np.int64]
    order: NDArray[np.int64]
    stops: NDArray[np.int64]
    n_mutable: int
    n_free: int
    n_void: int
    surplus: NDArray[np.int64]
    locked: int
    plain_codes: int
    n_functions: int
    metric: int
    children: int
    max_mutations: int


def make_task(problem: Problem, geometry: Geometry, costs: CostTable, settings: Settings) -> Task:
    """Arrays of a run; the arguments were checked by :class:`cgplab.cgp.Evolution`.

    With ``settings.multiplex`` problem and geometry are the multiplexed ones.
    """
    table, start, mask, _ = lookup_tables()
    reads = [geometry.arity if operator.arity == EVERY_PIN else operator.arity for operator in CODED]
    d = problem.n_vectors
    outputs_evolve = settings.wiring == "evolved" and not settings.multiplex
    n_mutable = geometry.n_genes - (0 if outputs_evolve else geometry.n_outputs)
    return Task(
        n_inputs=geometry.n_inputs,
        n_gates=geometry.n_gates,
        rows=geometry.rows,
        arity=geometry.arity,
        inputs=problem.inputs,
        targets=problem.targets,
        weights=problem.effective_weights,
        n_counted=np.maximum(problem.n_counted, 1),
        low=geometry.pin_low.copy(),
        span=geometry.pin_high - geometry.pin_low,
        table=table,
        start=start,
        mask=mask,
        reads=np.array(reads, dtype=np.int64),
        energy=costs.column("energy", d),
        energy_per_op=(
            costs.column("energy_per_op", d) if costs.gives("energy_per_op") else np.zeros(len(CODED), dtype=np.int64)
        ),
        area=costs.column("area", d),
        delay=costs.column("delay", d),
        order=settings.order_codes,
        stops=settings.stop_quanta,
        n_mutable=n_mutable,
        n_free=geometry.n_outputs if outputs_evolve else 0,
        n_void=0,
        surplus=np.zeros(N_MEASURES, dtype=np.int64),
        locked=_first_locked(geometry, settings),
        plain_codes=PLAIN_CODES,
        n_functions=PLAIN_CODES if d == 1 else len(CODED),
        metric=METRIC_CODES[settings.metric],
        children=settings.children,
        max_mutations=settings.max_mutations(n_mutable),
    )


def _first_locked(geometry: Geometry, settings: Settings) -> int:
    """First gate whose function stays."""
    if settings.multiplex:
        return geometry.n_gates - N_VALUES
    return 0 if settings.as_built == "frozen" else geometry.n_gates


def genes_of(circuit: Circuit) -> NDArray[np.int32]:
    """Genome of a circuit for the kernels, (n_genes,) int32, functions as codes."""
    gates = circuit.gates.copy()
    gates[:, -1] = [CODE_OF_ID[function] for function in gates[:, -1].tolist()]
    return np.concatenate([gates.ravel(), circuit.outputs])


def circuit_of(geometry: Geometry, genes: NDArray[np.int32], dataset_size: int) -> Circuit:
    """Circuit of a kernel's genome."""
    gates = genes[: geometry.n_gates * (geometry.arity + 1)].reshape(geometry.n_gates, -1).copy()
    gates[:, -1] = ID_OF_CODE[gates[:, -1]]
    return Circuit.from_genes(geometry, gates, genes[geometry.n_gates * (geometry.arity + 1) :], dataset_size)
