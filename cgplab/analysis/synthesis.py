"""Estimates and syntheses of stored circuits as a table."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cgplab.analysis.columns import names
from cgplab.analysis.progress import identity
from cgplab.analysis.sound import each_sound
from cgplab.hardware.tables import COLUMNS
from cgplab.store import Run

if TYPE_CHECKING:
    import pandas as pd


def synthesis(runs: Iterable[Run]) -> "pd.DataFrame":
    """What logic synthesis made of each circuit, beside the sum of its gates.

    Parameters
    ----------
    runs : iterable of Run

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``synthesis``, a row for each run, library, quantity and way of feeding the inputs;
        circuits that were not synthesised have no row.
    """
    import pandas as pd

    rows = []
    for run, found in each_sound(runs, lambda run: run.synthesis()):
        which = identity(run) if found else {}
        rows += [
            {
                **which,
                "library": library,
                "costs": result["costs"],
                "quantity": quantity,
                "inputs": inputs,
                "estimate": result["estimate"][quantity],
                "synthesis": result[inputs][quantity],
                "cells": result[inputs]["cells"],
            }
            for library, result in found.items()
            for quantity in COLUMNS
            for inputs in ("ports", "tied")
        ]
    return pd.DataFrame(rows, columns=names("synthesis")).astype({"estimate": float, "synthesis": float})
