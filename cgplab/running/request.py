"""What a researcher asks for, before it is held against a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cgplab.cgp import Settings
from cgplab.cgp.construct import OBJECTIVES
from cgplab.cgp.geometry import parse_grid
from cgplab.cgp.settings import DEFAULT_ORDER
from cgplab.errors import InputError
from cgplab.hardware import DEFAULT_COSTS
from cgplab.selections import selection_by_name
from cgplab.store import Run

MOST_RUNS = 100_000
"""Runs per strategy that one request can ask for."""
MOST_SEED = 2**63 - 1 - MOST_RUNS
"""So that every run's own fits an int64."""

METHODS: dict[str, str] = {
    "evolve": "(1+lambda) evolution from a random circuit",
    "construct": "constructive solver, no evolution",
    "construct+evolve": "constructive solver, then evolution from its circuit",
}


@dataclass(frozen=True)
class Request:
    """What a researcher asks for: runs of one model and selection.

    There is one run per circuit that the selection stands for (layer, kernel), grid, strategy and seed.

    Attributes
    ----------
    model, selection : str
    strategies : sequence of float
        Errors allowed per weight.
    parameters : dict
        Of the selection; those left out take their defaults. ``layer`` may be several, or ``all``.
    grids : sequence of str
        ``ROWSxCOLS`` each; empty: the selection's.
    l_back, mutation_rate : optional
        Default: the selection's.
    runs, seed : int
        Seeds are ``seed``, ``seed + 1``, ... for every strategy.
    generations, time_limit, patience : optional
        Limits of one run; ``time_limit`` in seconds of search.
    method : str
        One of :data:`METHODS`.
    wiring : {"nearest", "evolved"}, optional
        How outputs find their pins, see :class:`cgplab.cgp.Settings`. Default: nearest where it can be
        used, that is for one vector without ``multiplex``.
    objective : str
        Measure that is lowered once the error is within the strategy's budget.
    multiplex : bool
        The original's multiplex mode; evolved wiring only.
    stops : {measure: limit}, optional
        Early stop, see :class:`cgplab.cgp.Settings`. Default: the selection's, or a perfect circuit of no
        energy.
    as_built : {"frozen", "free"}, optional
        Search as the original program really does, see :class:`cgplab.cgp.Settings`; implies evolved wiring.
    start : Run, optional
        Evolution begins with this run's best circuit instead of a random one.
    """

    model: str
    selection: str
    strategies: Sequence[float]
    parameters: dict[str, Any] = field(default_factory=dict)
    grids: Sequence[str] = ()
    l_back: int | None = None
    runs: int = 1
    seed: int = 1
    metric: str = "SE"
    children: int = 4
    mutation_rate: float | None = None
    generations: int | None = None
    time_limit: float | None = None
    patience: int | None = None
    costs: str = DEFAULT_COSTS
    method: str = "evolve"
    wiring: str | None = None
    objective: str = "energy"
    multiplex: bool = False
    as_built: str | None = None
    stops: Mapping[str, float] | None = None
    start: Run | None = None

    def check(self) -> None:
        """Raise InputError for what is wrong whatever the model."""
        if not 1 <= self.runs <= MOST_RUNS:
            raise InputError(f"the number of runs must lie between 1 and {MOST_RUNS}, not {self.runs}")
        if not 0 <= self.seed <= MOST_SEED:
            raise InputError(f"the seed must lie between 0 and {MOST_SEED}, not {self.seed}")
        if not self.strategies:
            raise InputError("give at least one strategy, e.g. --strategy 0 --strategy 5")
        if len(set(self.strategies)) != len(self.strategies):
            raise InputError(f"each strategy can be given once, not {', '.join(f'{s:g}' for s in self.strategies)}")
        if len(set(self.grids)) != len(self.grids):
            raise InputError(f"each grid can be given once, not {', '.join(self.grids)}")
        if self.time_limit is not None and not 0 < self.time_limit < float("inf"):
            raise InputError(f"the time limit must be finite and above 0 seconds, not {self.time_limit:g}")
        for grid in self.grids:
            parse_grid(grid)
        selection_by_name(self.selection).resolve(self.parameters)
        if self.method not in METHODS:
            raise InputError(f"unknown method {self.method!r}; allowed: {', '.join(METHODS)}")
        if self.method != "evolve" and self.objective not in OBJECTIVES:
            raise InputError(
                f"method {self.method} cannot lower {self.objective!r}; allowed: {', '.join(OBJECTIVES)}, "
                "or use --method evolve"
            )
        if self.start is not None and self.method != "evolve":
            raise InputError(f"method {self.method} makes its own start; give --start with --method evolve only")
        if self.as_built is not None and (self.method != "evolve" or self.start is not None):
            raise InputError(
                f"as_built {self.as_built} makes the original's start; use it with method evolve and no other start"
            )
        # Checks its values; whether they fit a model is seen when runs are planned.
        settings: dict[str, Any] = {"wiring": self.wiring or "evolved", "as_built": self.as_built}
        Settings(
            metric=self.metric,
            children=self.children,
            mutation_rate=1.0 if self.mutation_rate is None else self.mutation_rate,
            generations=self.generations,
            patience=self.patience,
            order=order_of(self.objective),
            multiplex=self.multiplex,
            stops=self.stops or {},
            **settings,
        )


def order_of(objective: str) -> tuple[str, ...]:
    """Measures compared in turn within the budget, the objective first."""
    return (objective, *(name for name in DEFAULT_ORDER if name != objective))
