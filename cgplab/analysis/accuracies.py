"""Accuracies on every data set that runs were measured on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cgplab.analysis.columns import names
from cgplab.analysis.progress import identity
from cgplab.analysis.sound import each_sound
from cgplab.store import Run

if TYPE_CHECKING:
    import pandas as pd


def accuracies(runs: Iterable[Run]) -> "pd.DataFrame":
    """Accuracy of each run on each data set and split.

    Parameters
    ----------
    runs : iterable of Run

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``accuracies``; runs that were not measured have no row.
    """
    import pandas as pd

    rows = []
    for run, metrics in each_sound(runs, lambda run: run.metrics()):
        which = identity(run)
        rows += [
            {
                **which,
                "dataset": dataset,
                "accuracy": found.get("top1"),
                "top5": found.get("top5"),
                "loss": found.get("loss"),
                "accuracy_loss": found.get("accuracy_loss"),
                "images": found.get("n"),
            }
            for dataset, found in sorted(metrics.items())
        ]
    return pd.DataFrame(rows, columns=names("accuracies"))
