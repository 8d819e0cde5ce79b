"""What a manifest stands for: model, problem, geometry, costs and settings, loaded and checked."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cgplab.cgp import Geometry, Problem, Settings
from cgplab.errors import InputError
from cgplab.hardware import CostTable, load_costs
from cgplab.models import StoredModel, load_model
from cgplab.selections import Selected, selection_by_name
from cgplab.store import Manifest, Run


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


def load_work(manifest: Manifest) -> Work:
    """Load what a manifest names.

    Raises
    ------
    InputError
        The model or the cost table is not the one that the run was created with.
    """
    costs = load_costs(manifest.costs)
    model, selected, problem = load_problem(manifest)
    _check_same(f"cost table {manifest.costs}", costs.sha256, manifest.costs_sha256, manifest)
    selection = selection_by_name(manifest.selection)
    return Work(
        method=manifest.method,
        objective=manifest.settings["order"][0],
        model=model,
        selected=selected,
        problem=problem,
        geometry=selection.geometry(selected, problem, manifest.grid, manifest.l_back),
        costs=costs,
        settings=settings_of(manifest),
        time_limit=manifest.settings["time_limit"],
    )


def load_problem(manifest: Manifest) -> tuple[StoredModel, Selected, Problem]:
    """Model, weights and problem that a manifest names; InputError when the model is not the one of that time."""
    model = load_model(manifest.model)
    _check_same(f"model {manifest.model}", model.sha256, manifest.model_sha256, manifest)
    return model, *_problem(model, manifest.selection, json.dumps(manifest.parameters, sort_keys=True))


def _check_same(what: str, now: str, then: str, manifest: Manifest) -> None:
    if now != then:
        raise InputError(f"the {what} has changed since run {manifest.id} was created; restore it or start a new run")


def run_problem(run: Run) -> Problem:
    """Problem of a run: the one it carries, else the one its manifest stands for; see :func:`load_work` for errors."""
    return run.carried_problem() or load_work(run.manifest).problem


def settings_of(manifest: Manifest) -> Settings:
    """Search settings as the kernels want them."""
    given: Any = manifest.settings  # values are None only for imported runs, which are never evolved
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
        as_built=given.get("as_built"),
        stops=given["stops"],
    )


# Hundreds of runs ask, one after the other, for the same problem.
@lru_cache(maxsize=8)
def _problem(model: StoredModel, selection: str, parameters: str) -> tuple[Selected, Problem]:
    selected = selection_by_name(selection).select(model, **json.loads(parameters))
    return selected, selected.problem(model)
