"""Sensitivity to errors in the weights as a tidy table."""

from dataclasses import asdict

import pandas as pd

from cgplab.store import Store
from cgplab.store.sensitivity import sensitivity_tables

COLUMNS = (
    "model",
    "model_sha256",
    "dataset",
    "split",
    "images",
    "overflow",
    "layer",
    "part",
    "error",
    "top1",
    "top5",
    "loss",
    "reference_top1",
    "accuracy_loss",
)


def sensitivity_frame(store: Store, model: str | None = None) -> pd.DataFrame:
    """One row per layer, part and error.

    Parameters
    ----------
    store : Store
    model : str, optional
        Only this model.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: ``error`` was added to every weight of the ``part`` (core, outside, everywhere); ``top1``,
        ``top5`` in per cent; ``loss`` in nats; ``accuracy_loss`` is the reference top-1 minus top-1, in percentage
        points. Sorted by table, then in the order of the layers' measurement, part and error.
    """
    rows = [
        asdict(table.key)
        | asdict(row)
        | {"reference_top1": table.reference_top1, "accuracy_loss": table.reference_top1 - row.top1}
        for table in sensitivity_tables(store, model)
        for row in table.rows
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    order = {name: position for position, name in enumerate(frame["layer"].unique())}
    keys = frame.assign(layer=frame["layer"].map(order))
    sorted_rows = keys.sort_values(["model", "dataset", "split", "images", "overflow", "layer", "part", "error"]).index
    return frame.loc[sorted_rows].reset_index(drop=True)
