"""What a request amounts to before it is started: size of the problem, room on the grid, time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Geometry, Problem
from cgplab.running.plan import plan_runs
from cgplab.running.request import MOST_RUNS, Request
from cgplab.running.slots import usable_cores
from cgplab.work import Work, load_work


@dataclass(frozen=True, eq=False)
class Preview:
    """A request in numbers.

    Attributes
    ----------
    work : Work
        Of the request's first run; the sizes below are its as well.
    layer : str
        Layers whose weights it infers.
    n_circuits, n_runs : int
        Layers or kernels with circuits of their own, and runs in all.
    missing_weights : int
    distinct : int
        Distinct values among the weights to infer.
    gates_needed : int
        No exact circuit has fewer gates; 0 unless some strategy is exact.
    seconds : float or None
        Longest time all runs can take on this machine's cores; None when the request sets no time limit.
    left_out : {layer: reason}
        Layers of ``all`` that the selection cannot use.
    """

    work: Work
    layer: str
    n_circuits: int
    n_runs: int
    missing_weights: int
    distinct: int
    gates_needed: int
    seconds: float | None
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        """Whether the grid has the gates that an exact circuit needs at least."""
        return self.gates_needed <= self.work.geometry.n_gates


def preview(request: Request) -> Preview:
    """Check a request and say what it amounts to; nothing is stored.

    Raises
    ------
    InputError
        As :func:`cgplab.running.plan`.
    """
    # One run of each kind is enough to check them all; a wrong number of runs is for the plan to refuse.
    planned = plan_runs(replace(request, runs=1) if 1 <= request.runs <= MOST_RUNS else request)
    first = planned.manifests[0]
    work = load_work(first)
    n_runs = request.runs * len(planned.manifests)
    limit = None if work.method == "construct" else work.time_limit
    cores = min(usable_cores(), n_runs)
    return Preview(
        work=work,
        layer=first.layer,
        n_circuits=len({str(manifest.parameters) for manifest in planned.manifests}),
        n_runs=n_runs,
        missing_weights=work.problem.missing_weights,
        distinct=len(np.unique(work.problem.targets)),
        gates_needed=gates_needed(work.problem, work.geometry) if 0 in request.strategies else 0,
        seconds=None if limit is None else limit * -(-n_runs // cores),
        left_out=planned.left_out,
    )


def gates_needed(problem: Problem, geometry: Geometry) -> int:
    """Gates that any circuit without error has at least.

    Outputs that differ in a vector need different pins, and a pin other than an input is a gate. Where the
    l-back hides the inputs from the outputs, every such pin is a gate.
    """
    wanted = _distinct_columns(problem.targets[:, (problem.effective_weights > 0).all(axis=0)])
    hidden = geometry.l_back <= geometry.cols
    return len(wanted if hidden else wanted - _distinct_columns(problem.inputs))


def _distinct_columns(values: NDArray[np.int8]) -> set[bytes]:
    return {column.tobytes() for column in np.ascontiguousarray(values.T)}
