"""Types and units of frames, as :data:`cgplab.analysis.FRAMES` says."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cgplab.store.columns import FLAG, NUMBER, Column

if TYPE_CHECKING:
    import pandas as pd


def typed(frame: "pd.DataFrame", columns: Sequence[Column]) -> "pd.DataFrame":
    """Frame with the types and units of its columns.

    Numbers of which all are missing become float64, where pandas would take ``object``. Flags become pandas'
    ``boolean``, in which a missing flag is NA and selects no row. ``attrs["units"]`` holds the units by column;
    pure numbers, texts and flags have none.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its columns may be some of ``columns``, and others, which stay as they are.
    columns : sequence of Column
    """
    found = {column.name: column for column in columns if column.name in frame.columns}
    kinds: dict[str, str] = {}
    for name, column in found.items():
        if column.kind == FLAG:
            kinds[name] = "boolean"
        elif column.kind == NUMBER and frame[name].dtype == object:
            kinds[name] = "float64"
    made = frame.astype(kinds)
    made.attrs["units"] = {name: column.unit for name, column in found.items() if column.unit}
    return made


def is_set(flags: "pd.Series") -> "pd.Series":
    """Flags as bool; a missing one counts as not set."""
    return flags.astype("boolean").fillna(value=False).astype(bool)
