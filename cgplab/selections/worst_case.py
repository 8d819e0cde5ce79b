"""worst_case: the values 0 to 64 infer all 256 values; a check of the search, no model's weights."""

import numpy as np

from cgplab.models import StoredModel
from cgplab.selections.selection import Selection
from cgplab.selections.weights import Constants, Selected, Vector


def _select(model: StoredModel) -> Selected:
    given = Constants(np.arange(65, dtype=np.int8))
    wanted = Constants(np.arange(-128, 128).astype(np.int8))
    return Selected((Vector((given,), (), wanted=wanted),), layer="none")


WORST_CASE = Selection(
    name="worst_case",
    meaning="the values 0 to 64 -> all 256 values (no weights, for testing the search)",
    picture="0 1 2 … 64 → -128 -127 … 127",
    parameters=(),
    grids=("50x10",),
    mutation_rate=0.01,
    outputs_reach_inputs=True,
    select=_select,
    published=None,
    of_weights=False,
)
