"""The works that the original study's findings are about, as it searched them and as we do best."""

from dataclasses import dataclass, field
from typing import Any

from cgplab.running import AccuracyData, Request
from cgplab.selections import selection_by_name

ORIGINAL, BEST = "original", "best"
FROZEN, FREE = "frozen", "free"
SIDES = (ORIGINAL, BEST)
"""As the original searched: a gene per output, its grid, its budget. And our best method: the constructive solver."""
AS_BUILT = (FROZEN, FREE)
"""As the original's program really searches, its operators frozen or not, see :mod:`cgplab.cgp.as_built`."""

RUNS = 30
"""Of the original, per setting."""
MOBILENET_RUNS = 52 * 20
"""Of the original at each strategy of MobileNetV2: 20 for each of 52 layers."""

CHILDREN = 4
"""Per generation, as in the original study."""

LENET, MOBILENET, THESIS = "lenet5-qat", "mobilenetv2-fashion", "thesis-conv1"
_WEIGHTS = {
    LENET: "our LeNet-5, trained anew",
    MOBILENET: "our small MobileNetV2 on Fashion-MNIST",
    THESIS: "the original's own",
}


@dataclass(frozen=True)
class Work:
    """One search problem of the original study.

    Attributes
    ----------
    name : str
    model, selection : str
        The model is ours, or the part of the original's that was published.
    grids : tuple of str
        The original's.
    strategies : tuple of float
    parameters : dict
        Of the selection.
    multiplex : bool
        Whether the original ran in multiplex mode.
    budget : int or None
        Children per run of the original; None where it cannot be told.
    budget_from : str
        Where ``budget`` comes from.
    """

    name: str
    model: str
    selection: str
    grids: tuple[str, ...]
    strategies: tuple[float, ...] = (0.0,)
    parameters: dict[str, Any] = field(default_factory=dict)
    multiplex: bool = False
    budget: int | None = None
    budget_from: str = "not published"

    @property
    def weights(self) -> str:
        """Whose weights are inferred."""
        return _WEIGHTS[self.model]

    @property
    def measurable(self) -> bool:
        """Whether its model is a whole network, of which an accuracy can be told."""
        return self.model != THESIS

    def sides(self, as_built: bool) -> tuple[str, ...]:
        """Sides of the work; in multiplex mode the program freezes no operators."""
        if not as_built:
            return SIDES
        return (*SIDES, *((FREE,) if self.multiplex else AS_BUILT))

    def request(self, side: str, runs: int, children: int | None) -> Request:
        """Runs of one side.

        Parameters
        ----------
        side : str
            One of :meth:`sides`.
        runs : int
            Seeds per setting of the original's search; the constructive solver draws nothing, so one will do.
        children : int, optional
            Most children per run; None: the original's whole budget.
        """
        common: dict[str, Any] = {
            "model": self.model, "selection": self.selection, "strategies": self.strategies, "grids": self.grids,
            "parameters": self.parameters,
        }  # fmt: skip
        if side == BEST:
            return Request(**common, method="construct")
        generations = self.children(children) // CHILDREN
        return Request(
            **common, runs=runs, wiring="evolved", multiplex=self.multiplex, children=CHILDREN,
            generations=generations, as_built=None if side == ORIGINAL else side,
        )  # fmt: skip

    def children(self, most: int | None) -> int:
        """Children per run under a limit."""
        budget = _UNKNOWN_BUDGET if self.budget is None else self.budget
        return budget if most is None else min(budget, most)

    @property
    def accuracy_data(self) -> AccuracyData:
        """What accuracy is measured on: all test images of the model's data set."""
        return AccuracyData()


_UNKNOWN_BUDGET = 1_000_000
"""Children per run where the original's are unknown."""


def _published(selection: str) -> tuple[float, ...]:
    study = selection_by_name(selection).published
    assert study is not None  # every selection named below was published
    return study.strategies


# Hours times the original's measured rate on one core: 3,520 children/s at 500x30, 6,800 at 256x31.
_BY_TIME = "published time x the original program's rate on one core"

WORKS: dict[str, Work] = {
    work.name: work
    for work in (
        Work(
            "single_filter", THESIS, "single_filter", ("5x5", "10x10"), parameters={"filter": 0, "channel": 0},
            budget=4_160_000, budget_from="1.04 M generations of 4 children",
        ),
        Work(
            "single_filter_ours", LENET, "single_filter", ("5x5",), parameters={"filter": 0, "channel": 0},
            budget=4_160_000, budget_from="1.04 M generations of 4 children",
        ),
        Work(
            "single_channel", LENET, "single_channel", (), strategies=_published("single_channel"),
            parameters={"channel": 0},
        ),
        Work(
            "layer_bypass", LENET, "layer_bypass", ("500x30",), strategies=_published("layer_bypass"),
            budget=72 * 3600 * 3520, budget_from=_BY_TIME,
        ),
        Work(
            "le_selector", LENET, "le_selector", ("256x31",), multiplex=True, budget=9 * 3600 * 6800,
            budget_from=_BY_TIME,
        ),
        Work(
            "all_layers", LENET, "all_layers", ("256x31",), budget=24 * 3600 * 6800, budget_from=_BY_TIME,
        ),
        Work(
            "mobilenet", MOBILENET, "mobilenet", ("50x10",), strategies=_published("mobilenet"),
            parameters={"layer": "all"},
        ),
    )
}  # fmt: skip
"""Works by name."""
