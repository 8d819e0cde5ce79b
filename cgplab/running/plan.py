"""From what the user asks for to the manifests of runs; everything is checked before anything is written."""

import platform
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ulid import ULID

from cgplab.cgp import Evolution, Geometry, Problem, Settings
from cgplab.cgp.construct import OBJECTIVES
from cgplab.cgp.settings import DEFAULT_ORDER
from cgplab.errors import InputError
from cgplab.hardware import DEFAULT_COSTS, CostTable, load_costs
from cgplab.models import StoredModel, load_model
from cgplab.selections import Selected, error_budget, selection_by_name
from cgplab.store import Manifest, Run

DEFAULT_TIME_LIMIT = 60.0
"""Seconds of search per run when the user sets no limit at all."""


METHODS: dict[str, str] = {
    "evolve": "(1+lambda) evolution from a random circuit",
    "construct": "constructive solver, no evolution",
    "construct+evolve": "constructive solver, then evolution from its circuit",
}


@dataclass(frozen=True)
class Request:
    """What a researcher asks for; one run per strategy and seed.

    Attributes
    ----------
    model, selection : str
    strategies : sequence of float
        Errors allowed per weight.
    parameters : dict
        Of the selection; those left out take their defaults.
    grid, l_back, mutation_rate : optional
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
    stops : {measure: limit}
        Early stop, see :class:`cgplab.cgp.Settings`.
    start : Run, optional
        Evolution begins with this run's best circuit instead of a random one.
    """

    model: str
    selection: str
    strategies: Sequence[float]
    parameters: dict[str, Any] = field(default_factory=dict)
    grid: str | None = None
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
    stops: Mapping[str, float] = field(default_factory=lambda: {"error": 0, "energy": 0})
    start: Run | None = None


@dataclass(frozen=True)
class Work:
    """What a manifest stands for, loaded and checked."""

    method: str
    objective: str
    model: StoredModel
    selected: Selected
    problem: Problem
    geometry: Geometry
    costs: CostTable
    settings: Settings
    time_limit: float | None


def plan(request: Request) -> list[Manifest]:
    """Manifests of the runs that a request asks for, strategies outermost.

    Raises
    ------
    InputError
        Anything in the request is unknown, malformed or does not fit the model.
    """
    if not 1 <= request.runs <= 100_000:
        raise InputError(f"the number of runs must lie between 1 and 100000, not {request.runs}")
    if request.seed < 0:
        raise InputError(f"the seed must be at least 0, not {request.seed}")
    if not request.strategies:
        raise InputError("give at least one strategy, e.g. --strategy 0 --strategy 5")
    if len(set(request.strategies)) != len(request.strategies):
        raise InputError(f"each strategy can be given once, not {', '.join(f'{s:g}' for s in request.strategies)}")
    if request.time_limit is not None and not 0 < request.time_limit < float("inf"):
        raise InputError(f"the time limit must be finite and above 0 seconds, not {request.time_limit:g}")
    if request.method not in METHODS:
        raise InputError(f"unknown method {request.method!r}; allowed: {', '.join(METHODS)}")
    if request.method != "evolve" and request.objective not in OBJECTIVES:
        raise InputError(
            f"method {request.method} cannot lower {request.objective!r}; allowed: {', '.join(OBJECTIVES)}, "
            "or use --method evolve"
        )
    selection = selection_by_name(request.selection)
    model = load_model(request.model)
    parameters = selection.resolve(request.parameters)
    selected = selection.select(model, **parameters)
    problem = selected.problem(model)
    geometry = selection.geometry(selected, problem, request.grid, request.l_back)
    costs = load_costs(request.costs)
    unlimited = request.generations is None and request.time_limit is None and request.patience is None
    settings = {
        "children": request.children,
        "mutation_rate": selection.mutation_rate if request.mutation_rate is None else request.mutation_rate,
        "generations": request.generations,
        "patience": request.patience,
        "time_limit": DEFAULT_TIME_LIMIT if unlimited else request.time_limit,
        "order": [request.objective, *(name for name in DEFAULT_ORDER if name != request.objective)],
        "wiring": request.wiring or ("evolved" if request.multiplex or problem.n_vectors > 1 else "nearest"),
        "multiplex": request.multiplex,
        "stops": dict(request.stops),
        "start": None if request.start is None else request.start.id,
    }
    common = {
        "batch": str(ULID()),
        "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "model": request.model,
        "model_sha256": model.sha256,
        "layer": selected.layer,
        "selection": request.selection,
        "parameters": parameters,
        "metric": request.metric,
        "grid": f"{geometry.rows}x{geometry.cols}",
        "l_back": geometry.l_back,
        "method": request.method,
        "settings": settings,
        "costs": request.costs,
        "costs_sha256": costs.sha256,
        "n_inputs": problem.n_inputs,
        "n_outputs": problem.n_outputs,
        "missing_weights": problem.missing_weights,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("cgplab", "numpy", "numba")},
        },
        "git": _git_state(),
        "host": socket.gethostname(),
    }
    manifests = [
        Manifest(
            id=str(ULID()),
            strategy=float(strategy),
            threshold=error_budget(strategy, problem, request.metric),
            seed=request.seed + index,
            **common,  # type: ignore[arg-type]
        )
        for strategy in request.strategies
        for index in range(request.runs)
    ]
    if request.start is not None:
        _check_start(request, geometry)
    for manifest in manifests[:: request.runs]:
        Evolution.check(problem, geometry, costs, _settings(manifest))
    return manifests


def load_work(manifest: Manifest) -> Work:
    """Load what a manifest names.

    Raises
    ------
    InputError
        The model or the cost table is not the one that the run was created with.
    """
    model = load_model(manifest.model)
    costs = load_costs(manifest.costs)
    for what, now, then in (
        (f"model {manifest.model}", model.sha256, manifest.model_sha256),
        (f"cost table {manifest.costs}", costs.sha256, manifest.costs_sha256),
    ):
        if now != then:
            raise InputError(
                f"the {what} has changed since run {manifest.id} was created; restore it or start a new run"
            )
    selection = selection_by_name(manifest.selection)
    selected = selection.select(model, **manifest.parameters)
    problem = selected.problem(model)
    return Work(
        method=manifest.method,
        objective=manifest.settings["order"][0],
        model=model,
        selected=selected,
        problem=problem,
        geometry=selection.geometry(selected, problem, manifest.grid, manifest.l_back),
        costs=costs,
        settings=_settings(manifest),
        time_limit=manifest.settings["time_limit"],
    )


def _check_start(request: Request, geometry: Geometry) -> None:
    assert request.start is not None
    if request.method != "evolve":
        raise InputError(f"method {request.method} makes its own start; give --start with --method evolve only")
    found = request.start.best().geometry
    if found != geometry:
        raise InputError(f"the circuit of run {request.start.id} is made for {found}, not for {geometry}")


def _settings(manifest: Manifest) -> Settings:
    given = manifest.settings
    return Settings(
        threshold=manifest.threshold,
        metric=manifest.metric,
        children=given["children"],
        mutation_rate=given["mutation_rate"],
        generations=given["generations"],
        patience=given["patience"],
        order=tuple(given["order"]),
        wiring=given["wiring"],
        multiplex=given["multiplex"],
        stops=given["stops"],
    )


def _git_state() -> dict[str, Any] | None:
    """Commit of the source tree that runs, if it is a git checkout."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        commit = _git(root, "rev-parse", "HEAD")
        changes = _git(root, "status", "--porcelain")
    except (OSError, subprocess.CalledProcessError):
        return None
    return {"sha": commit.strip(), "dirty": bool(changes.strip())}


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True).stdout
