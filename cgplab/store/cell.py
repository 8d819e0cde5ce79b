"""What determines a run: the cell of a design that it belongs to, and the names of its search and its budget."""

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cgplab.store.manifest import Manifest

FORMAT = "1"
"""Of the key; another one makes every index of runs out of date."""
_DEFAULT_OBJECTIVE = "energy"


def cell_of(manifest: "Manifest") -> str:
    """Key of everything that determines a run but its seed: 16 hexadecimal digits.

    Two runs of the same cell and seed search the same way for the same weights, whoever started them and wherever. What
    the constructive solver does not look at (generations, mutation rate, ...) does not count for its runs. Neither do
    the versions of cgplab and its libraries, which the manifest tells.
    """
    settings: dict[str, Any] = dict(manifest.settings)
    if manifest.method == "construct":
        settings = {"objective": settings["order"][0]}
    parameters: dict[str, Any] = dict(manifest.parameters)
    if parameters.get("layer", "") is None:
        parameters["layer"] = manifest.layer  # the selection's own choice is the same layer by name
    if "layers" in parameters:
        parameters["layers"] = _together(parameters["layers"])
    told = {
        "format": FORMAT,
        "model": manifest.model_sha256 or manifest.model,
        "selection": manifest.selection,
        "parameters": parameters,
        "strategy": float(manifest.strategy),
        "metric": manifest.metric,
        "grid": manifest.grid,
        "l_back": manifest.l_back,
        "method": manifest.method,
        "costs": manifest.costs_sha256,
        "settings": settings,
    }
    return sha256(json.dumps(_plain(told), sort_keys=True).encode()).hexdigest()[:16]


def _together(layers: Any) -> list[str]:
    """Layers that one circuit serves, whose order in a request does not matter; none named are all."""
    return ["all"] if layers is None or "all" in layers else sorted(set(layers))


def _plain(value: Any) -> Any:
    """The same value with whole numbers as integers: a limit of 0 is read back from its file as 0.0."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def search_of(manifest: "Manifest") -> str:
    """How circuits are found: by the wiring where they are evolved from chance, else by the method."""
    settings = manifest.settings
    name = f"{settings['wiring']} wiring" if manifest.method == "evolve" else manifest.method
    if settings["multiplex"] and manifest.method != "construct":
        name += " multiplex"
    if settings.get("as_built"):
        name += f" as built ({settings['as_built']} operators)"
    objective = settings["order"][0]
    return name if objective == _DEFAULT_OBJECTIVE else f"{name} for {objective}"


def budget_of(manifest: "Manifest") -> str:
    """Limits of a search; empty where none was set, and for the constructive solver, which has none."""
    if manifest.method == "construct":
        return ""
    settings = manifest.settings
    limits = (
        (settings["generations"], "{} generations"),
        (settings["patience"], "patience {}"),
        (settings["time_limit"], "{:g} s"),
    )
    return " or ".join(text.format(value) for value, text in limits if value is not None)
