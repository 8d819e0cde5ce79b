"""Write the file of a study in a form that is easy to read and edit."""

from collections.abc import Sequence
from typing import Any

import tomlkit
from tomlkit.items import Table

from cgplab.cgp.settings import DEFAULT_ORDER
from cgplab.errors import InputError
from cgplab.running import Request
from cgplab.selections import ALL, PUBLISHED_STRATEGIES, selection_by_name
from cgplab.study.document import check_name, document_of

_LAYERS = ("layer", "layers")
"""Parameters of a selection that a study names by a key of its own."""
_SEARCHES = """
Several searches, each with its own settings:
[[searches]]
wiring = "nearest"
[[searches]]
method = "construct"
seeds = [1]
"""


def new_text(
    name: str,
    question: str,
    models: Sequence[str],
    selection: str,
    *,
    layers: Sequence[str] | None = None,
    strategies: Sequence[float] | None = None,
    grids: Sequence[str] | None = None,
    seeds: str | None = None,
    generations: int | None = None,
    seconds: float | None = None,
) -> str:
    """Text of a new study's file.

    Parameters
    ----------
    name, question, models, selection, layers, strategies, grids, seeds
        See :class:`cgplab.study.document.Document`; what is left out is not written.
    generations, seconds : optional
        Limits of a run.

    Raises
    ------
    InputError
        The name is not allowed.
    """
    file = tomlkit.document()
    file["name"] = check_name(name)
    file["question"] = question
    file["models"] = list(models)
    file["selection"] = selection
    chosen: dict[str, Any] = {
        "layers": layers,
        "strategies": [_plain(value) for value in strategies or PUBLISHED_STRATEGIES],
        "grids": grids,
        "seeds": seeds,
    }
    for key, value in chosen.items():
        if value is not None:
            file[key] = value
    budget = {"generations": generations, "seconds": seconds}
    file["budget"] = _table({key: value for key, value in budget.items() if value is not None})
    file["comparison"] = _table({"response": "accuracy_loss", "factor": "strategy"})
    file.add(tomlkit.nl())
    for line in _SEARCHES.strip().splitlines():
        file.add(tomlkit.comment(line))
    return tomlkit.dumps(file)


def text_of(name: str, question: str, request: Request) -> str:
    """Text of a new study's file with one search: what a request asks for.

    Raises
    ------
    InputError
        The name is not allowed, or the request begins with the circuit of a stored run.
    """
    file = tomlkit.document()
    file["name"] = check_name(name)
    file["question"] = question
    file["models"] = [request.model]
    file["selection"] = request.selection
    file["costs"] = request.costs
    file["metric"] = request.metric
    parameters = _parameters(request)
    if parameters:
        file["parameters"] = _table(parameters)
    if len(request.strategies) > 1:
        file["comparison"] = _table(_comparison(request))
    file["searches"] = tomlkit.aot()
    return _with_search(file, request)


def extended(text: str, request: Request) -> str:
    """Text of a study's file with one more search; comments and everything else are kept.

    Parameters
    ----------
    text : str
        Of a sound file.
    request : Request
        For the study's model and selection.

    Raises
    ------
    InputError
        The study has another model, selection, cost table, error metric or other parameters.
    """
    file = tomlkit.parse(text)
    document = document_of(text.encode(), "the study")
    own: dict[str, Any] = {
        "selection": document.selection, "costs": document.costs, "error metric": document.metric,
        "parameters": document.parameters,
    }  # fmt: skip
    asked: dict[str, Any] = {
        "selection": request.selection, "costs": request.costs, "error metric": request.metric,
        "parameters": _parameters(request),
    }  # fmt: skip
    for what, value in own.items():
        if asked[what] != value:
            raise InputError(f"study {document.name} has {what} {value}, not {asked[what]}; name another study")
    if document.models != [request.model]:
        raise InputError(
            f"study {document.name} has model {', '.join(document.models)}, not {request.model}; name another study"
        )
    if "searches" not in file:
        file["searches"] = tomlkit.aot()
        file["searches"].append(_table({"method": document.method or "evolve"}))
    return _with_search(file, request)


def _with_search(file: tomlkit.TOMLDocument, request: Request) -> str:
    if request.start is not None:
        raise InputError(
            "a study cannot have a search that begins with the circuit of a stored run; leave out the start"
        )
    layers = next((request.parameters[name] for name in _LAYERS if name in request.parameters), None)
    budget = {
        "generations": request.generations, "patience": request.patience, "seconds": request.time_limit,
    }  # fmt: skip
    last = request.seed + request.runs - 1
    search: dict[str, Any] = {
        "layers": [layers] if isinstance(layers, str) else layers,
        "strategies": [_plain(strategy) for strategy in request.strategies],
        "grids": list(request.grids) or None,
        "l_back": request.l_back,
        "seeds": [request.seed] if request.runs == 1 else f"{request.seed}-{last}",
        "method": request.method,
        "wiring": request.wiring,
        "multiplex": request.multiplex or None,
        "as_built": request.as_built,
        "objective": None if request.objective == DEFAULT_ORDER[0] else request.objective,
        "children": None if request.children == Request.children else request.children,
        "mutation_rate": request.mutation_rate,
        "stops": request.stops,
    }
    table = _table({key: value for key, value in search.items() if value is not None})
    limits = {key: _plain(value) for key, value in budget.items() if value is not None}
    if limits:
        table["budget"] = limits
    file["searches"].append(table)
    return tomlkit.dumps(file)


def _comparison(request: Request) -> dict[str, Any]:
    """Strategies by what they lose, layer by layer where there are several."""
    response = "accuracy_loss" if selection_by_name(request.selection).of_weights else "energy"
    block = {"block": "layer"} if request.parameters.get("layer") == ALL else {}
    return {"response": response, "factor": "strategy", **block}


def _parameters(request: Request) -> dict[str, Any]:
    return {name: value for name, value in request.parameters.items() if name not in _LAYERS}


def _table(values: dict[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in values.items():
        table[key] = _plain(value)
    return table


def _plain(value: Any) -> Any:
    """Whole numbers without a point, as people write them."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
