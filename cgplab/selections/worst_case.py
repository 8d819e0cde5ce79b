"""worst_case: the values 0 to 64 infer all 256 values; a check of the search, no model's weights."""

import numpy as np

from cgplab.models import StoredModel
from cgplab.selections.base import Constants, Selected, Selection, Vector


def _select(model: StoredModel) -> Selected:
    given = Constants(np.arange(65, dtype=np.int8))
    wanted = Constants(np.arange(-128, 128).astype(np.int8))
    return Selected((Vector((given,), (), wanted=wanted),), layer="none")


WORST_CASE = Selection(
    name="worst_case",
    picture="the values 0 to 64 -> all 256 values (no weights, for testing the search)",
    parameters=(),
    grid="50x10",
    mutation_rate=0.01,
    outputs_reach_inputs=True,
    select=_select,
)
