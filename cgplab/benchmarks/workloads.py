"""The fixed workloads A to F."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Geometry, Problem, Settings
from cgplab.paths import shipped_data


@dataclass(frozen=True)
class Workload:
    """A problem, its grid and the settings it is searched with.

    Attributes
    ----------
    name : str
    data : str
        Vector of ``data/benchmarks/workloads.npz``.
    rows, cols, l_back : int
        Grid.
    mutation_rate : float
    children : int
        Children per generation.
    recalls_all : bool
        Kept and inferred weights together are the targets and a constant 0 is the only input; evolved wiring
        then runs multiplexed.
    """

    name: str
    data: str
    rows: int
    cols: int
    l_back: int
    mutation_rate: float
    children: int
    recalls_all: bool = False

    def problem(self) -> Problem:
        """Inputs and targets, one vector."""
        inputs, targets = (_arrays()[f"{self.data}.{part}"] for part in ("inputs", "targets"))
        if self.recalls_all:
            return Problem(np.zeros(1, dtype=np.int8), np.concatenate([inputs, targets]))
        return Problem(inputs, targets)

    def geometry(self) -> Geometry:
        """Grid with the problem's inputs and outputs."""
        problem = self.problem()
        return Geometry(problem.n_inputs, problem.n_outputs, self.rows, self.cols, self.l_back)

    def settings(self, wiring: Literal["evolved", "nearest"] = "evolved", threshold: int = 0) -> Settings:
        """Search settings."""
        return Settings(
            threshold=threshold,
            children=self.children,
            mutation_rate=self.mutation_rate,
            wiring=wiring,
            multiplex=self.recalls_all and wiring == "evolved",
        )

    def error_budget(self, t: float) -> int:
        """Squared error of all targets together when each is off by ``t``."""
        return int(t * t * self.problem().n_outputs)


WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        Workload("A", "conv_filter", 5, 5, 5, 0.15, 4),
        Workload("B", "conv_filter", 10, 10, 10, 0.15, 4),
        Workload("C", "layer_2400", 50, 10, 10, 0.01, 4),
        Workload("D", "layer_2400", 500, 30, 30, 0.01, 4),
        Workload("E", "layer_2400", 256, 31, 32, 0.01, 4, recalls_all=True),
        Workload("F", "layer_1536", 50, 10, 11, 0.01, 2),
    )
}


@cache
def _arrays() -> dict[str, NDArray[np.int8]]:
    with np.load(shipped_data() / "benchmarks" / "workloads.npz") as stored:
        return dict(stored)
