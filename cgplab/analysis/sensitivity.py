"""Sensitivity to errors in the weights as a tidy table."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from cgplab.analysis.columns import names
from cgplab.store import Store
from cgplab.store.sensitivity import PARTS

if TYPE_CHECKING:
    import pandas as pd


def sensitivity(stores: Store | Iterable[Store]) -> "pd.DataFrame":
    """One row per layer, part and error.

    Parameters
    ----------
    stores : Store or iterable of Store

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``sensitivity``. Sorted by model and data, layers in the order of their measurement,
        then by part and error.
    """
    import pandas as pd

    places = [stores] if isinstance(stores, Store) else list(stores)
    tables = {table.key: table for store in reversed(places) for table in store.sensitivity_tables()}
    rows = [
        asdict(table.key)
        | asdict(row)
        | {"reference_top1": table.reference_top1, "accuracy_loss": table.reference_top1 - row.top1}
        for table in tables.values()
        for row in table.rows
    ]
    frame = pd.DataFrame(rows, columns=names("sensitivity"))
    layers, parts = ({name: at for at, name in enumerate(order)} for order in (frame["layer"].unique(), PARTS))
    by = ["model", "dataset", "split", "images", "overflow", "layer", "part", "error"]
    sorted_rows = frame.assign(layer=frame["layer"].map(layers), part=frame["part"].map(parts)).sort_values(by).index
    return frame.loc[sorted_rows].reset_index(drop=True)
