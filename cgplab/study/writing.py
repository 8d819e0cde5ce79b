"""Write the file of a study so that a person likes to read and edit it."""

from collections.abc import Sequence
from typing import Any

import tomlkit
from tomlkit.items import Table

from cgplab.selections import PUBLISHED_STRATEGIES
from cgplab.study.document import check_name

_SEARCHES = """
Several ways to search, each with what it has of its own:
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
        The name is none.
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


def _table(values: dict[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in values.items():
        table[key] = _plain(value)
    return table


def _plain(value: Any) -> Any:
    """Whole numbers without a point, as people write them."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
