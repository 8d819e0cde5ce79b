"""What the constructive solver returns."""

from dataclasses import dataclass

from cgplab.cgp.circuit import Circuit
from cgplab.cgp.evaluation import Evaluation


@dataclass(frozen=True, eq=False)
class Construction:
    """A constructed circuit and what is known about the best possible one.

    Attributes
    ----------
    circuit : Circuit
        Placed into the grid that was asked for.
    evaluation : Evaluation
        Of the circuit; its error is within the budget.
    objective : str
        What was minimised.
    cost : float
        Objective value in real units (pJ, um2; gates for ``gate_count``).
    cost_quanta : int
        The same in quanta of the cost table.
    bound : float or None
        No circuit of this grid costs less, in real units; None where no bound is known.
    bound_quanta : int or None
        The same in quanta.
    proved : bool
        Whether the cost equals the bound, so that no circuit of this grid is cheaper.
    explanation : str
        What the bound covers, circuits of this grid or of any, and how it was found, in one sentence.
    stopped_early : bool
        Whether the time limit cut the search short; otherwise the circuit is the same on every machine.
    seconds : float
        Time taken.
    """

    circuit: Circuit
    evaluation: Evaluation
    objective: str
    cost: float
    cost_quanta: int
    bound: float | None
    bound_quanta: int | None
    proved: bool
    explanation: str
    stopped_early: bool
    seconds: float
