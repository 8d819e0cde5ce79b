"""Which weights are kept and which are inferred: one file per selection, one registry."""

from cgplab.errors import InputError
from cgplab.selections.base import Parameter, Selected, Selection, Weights
from cgplab.selections.layer_bypass import LAYER_BYPASS
from cgplab.selections.single_filter import SINGLE_FILTER
from cgplab.selections.strategy import PUBLISHED_STRATEGIES, error_budget

SELECTIONS: dict[str, Selection] = {selection.name: selection for selection in (SINGLE_FILTER, LAYER_BYPASS)}


def selection_by_name(name: str) -> Selection:
    """Selection called ``name``; InputError when there is none."""
    if name not in SELECTIONS:
        raise InputError(f"unknown selection {name!r}; allowed: {', '.join(SELECTIONS)}")
    return SELECTIONS[name]


__all__ = [
    "PUBLISHED_STRATEGIES",
    "SELECTIONS",
    "Parameter",
    "Selected",
    "Selection",
    "Weights",
    "error_budget",
    "selection_by_name",
]
