"""Which weights are kept and which are inferred: one file per selection, one registry."""

from cgplab.errors import InputError
from cgplab.selections.all_layers import ALL_LAYERS
from cgplab.selections.chain import CHAIN
from cgplab.selections.grid_size import GRID_SIZE
from cgplab.selections.layer_bypass import LAYER_BYPASS
from cgplab.selections.layers import ALL
from cgplab.selections.le_selector import LE_SELECTOR
from cgplab.selections.mobilenet import MOBILENET
from cgplab.selections.reversed_single_filter import REVERSED_SINGLE_FILTER
from cgplab.selections.selection import LEGEND, Parameter, Published, Selection
from cgplab.selections.shared_codebook import SHARED_CODEBOOK
from cgplab.selections.single_channel import SINGLE_CHANNEL
from cgplab.selections.single_filter import SINGLE_FILTER
from cgplab.selections.single_filter_zero_outter import SINGLE_FILTER_ZERO_OUTTER
from cgplab.selections.strategy import PUBLISHED_STRATEGIES, error_budget
from cgplab.selections.weights import Selected, Weights
from cgplab.selections.worst_case import WORST_CASE

SELECTIONS: dict[str, Selection] = {
    selection.name: selection
    for selection in (
        SINGLE_FILTER,
        REVERSED_SINGLE_FILTER,
        SINGLE_FILTER_ZERO_OUTTER,
        GRID_SIZE,
        SINGLE_CHANNEL,
        LAYER_BYPASS,
        LE_SELECTOR,
        ALL_LAYERS,
        MOBILENET,
        SHARED_CODEBOOK,
        CHAIN,
        WORST_CASE,
    )
}


def selection_by_name(name: str) -> Selection:
    """Selection called ``name``; InputError when there is none."""
    if name not in SELECTIONS:
        raise InputError(f"unknown selection {name!r}; allowed: {', '.join(SELECTIONS)}")
    return SELECTIONS[name]


__all__ = [
    "ALL",
    "LEGEND",
    "PUBLISHED_STRATEGIES",
    "SELECTIONS",
    "Parameter",
    "Published",
    "Selected",
    "Selection",
    "Weights",
    "error_budget",
    "selection_by_name",
]
