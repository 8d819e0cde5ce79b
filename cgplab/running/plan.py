"""From what the user asks for to the manifests of runs; everything is checked before anything is written."""

import platform
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ulid import ULID

from cgplab.cgp import Evolution, Geometry, Problem
from cgplab.cgp.construct.request import check_room, check_sizes
from cgplab.errors import InputError
from cgplab.hardware import CostTable, load_costs
from cgplab.models import StoredModel, load_model
from cgplab.running.request import Request, order_of
from cgplab.selections import Selected, Selection, error_budget, selection_by_name
from cgplab.store import Manifest
from cgplab.work import settings_of

DEFAULT_TIME_LIMIT = 60.0
"""Seconds of search per run when the user sets no limit at all."""
DEFAULT_STOPS = {"error": 0, "energy": 0}
"""Early stop where neither the user nor the selection names one."""


@dataclass(frozen=True)
class Plan:
    """Runs that a request stands for.

    Attributes
    ----------
    manifests : list of Manifest
        Layers and kernels outermost, then grids, strategies, seeds.
    left_out : {layer: reason}
        Layers that ``all`` does not take in, since the selection cannot use them.
    """

    manifests: list[Manifest]
    left_out: dict[str, str]


def plan(request: Request) -> list[Manifest]:
    """Manifests of :func:`plan_runs`."""
    return plan_runs(request).manifests


def plan_runs(request: Request, progress: Callable[[int, int], None] | None = None) -> Plan:
    """Plan the runs that a request asks for.

    Parameters
    ----------
    request : Request
    progress : callable, optional
        Called with the circuits planned and the circuits in all.

    Raises
    ------
    InputError
        Anything in the request is unknown, malformed or does not fit the model.
    """
    request.check()
    selection = selection_by_name(request.selection)
    model = load_model(request.model)
    costs = load_costs(request.costs)
    common = _common(request, model, costs)
    variants, left_out = selection.variants(model, request.parameters)
    manifests: list[Manifest] = []
    for done, parameters in enumerate(variants, start=1):
        selected = selection.select(model, **parameters)
        problem = selected.problem(model)
        subject = {
            **common,
            "layer": selected.layer,
            "parameters": parameters,
            "settings": _settings(request, selection, selected, problem),
            "n_inputs": problem.n_inputs,
            "n_outputs": problem.n_outputs,
            "missing_weights": problem.missing_weights,
        }
        for grid in request.grids or selection.default_grids(selected):
            try:
                geometry = selection.geometry(selected, problem, grid, request.l_back)
                if request.start is not None:
                    _check_start(request, geometry)
                if request.method != "evolve":
                    check_sizes(problem, geometry)
                for strategy in request.strategies:
                    made = _manifests(request, subject, problem, geometry, strategy)
                    if request.method != "evolve":
                        check_room(problem, geometry, made[0].threshold)
                    Evolution.check(problem, geometry, costs, settings_of(made[0]))
                    manifests += made
            except InputError as error:
                raise InputError(f"layer {selected.layer}: {error}") from error
        if progress is not None:
            progress(done, len(variants))
    return Plan(manifests, left_out)


def _manifests(
    request: Request, subject: dict[str, Any], problem: Problem, geometry: Geometry, strategy: float
) -> list[Manifest]:
    """One manifest per seed."""
    threshold = error_budget(strategy, problem, request.metric)
    return [
        Manifest(
            id=str(ULID()),
            strategy=float(strategy),
            threshold=threshold,
            seed=request.seed + index,
            grid=f"{geometry.rows}x{geometry.cols}",
            l_back=geometry.l_back,
            **subject,
        )
        for index in range(request.runs)
    ]


def _common(request: Request, model: StoredModel, costs: CostTable) -> dict[str, Any]:
    """What all runs of a request share."""
    return {
        "batch": str(ULID()),
        "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "model": request.model,
        "model_sha256": model.sha256,
        "selection": request.selection,
        "metric": request.metric,
        "method": request.method,
        "costs": request.costs,
        "costs_sha256": costs.sha256,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("cgplab", "numpy", "numba")},
        },
        "git": _git_state(),
        "host": socket.gethostname(),
    }


def _settings(request: Request, selection: Selection, selected: Selected, problem: Problem) -> dict[str, Any]:
    unlimited = request.generations is None and request.time_limit is None and request.patience is None
    stops = request.stops if request.stops is not None else selected.stops or DEFAULT_STOPS
    evolves_outputs = request.multiplex or request.as_built is not None or problem.n_vectors > 1
    # Only where it is asked for: manifests from before there was a choice stand for the same runs as ever.
    as_built = {} if request.as_built is None else {"as_built": request.as_built}
    return {
        "children": request.children,
        "mutation_rate": selection.mutation_rate if request.mutation_rate is None else request.mutation_rate,
        "generations": request.generations,
        "patience": request.patience,
        "time_limit": DEFAULT_TIME_LIMIT if unlimited else request.time_limit,
        "order": list(order_of(request.objective)),
        "wiring": request.wiring or ("evolved" if evolves_outputs else "nearest"),
        "multiplex": request.multiplex,
        "stops": dict(stops),
        "start": None if request.start is None else request.start.id,
        **as_built,
    }


def _check_start(request: Request, geometry: Geometry) -> None:
    assert request.start is not None
    found = request.start.best().geometry
    if found != geometry:
        raise InputError(f"the circuit of run {request.start.id} is made for {found}, not for {geometry}")


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
