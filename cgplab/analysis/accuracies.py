"""Accuracies on every data set that runs were measured on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cgplab.analysis.columns import FRAMES, names
from cgplab.analysis.frame_types import typed
from cgplab.analysis.progress import identity
from cgplab.analysis.sound import each_sound
from cgplab.store import Run
from cgplab.store.contents import Accuracy
from cgplab.store.correctness import unpacked

if TYPE_CHECKING:
    import pandas as pd

_PAIRED = ("lost", "gained", "loss_low", "loss_high", "mcnemar_p")


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
    for run, metrics in each_sound(runs, _measured):
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
                **paired,
            }
            for dataset, found, paired in metrics
        ]
    return typed(pd.DataFrame(rows, columns=names("accuracies")), FRAMES["accuracies"])


def correctness(found: Accuracy) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Whether each image was classified correctly, by the reference and with the inferred weights.

    Returns
    -------
    tuple of (n,) bool, or None
        None where the accuracy was measured by a version that did not keep this, or was imported.

    Raises
    ------
    InputError
        What is stored is damaged.
    """
    n, reference, changed = found.get("n"), found.get("reference_correct"), found.get("correct")
    if n is None or reference is None or changed is None:
        return None
    return unpacked(reference, n), unpacked(changed, n)


def _measured(run: Run) -> list[tuple[str, Accuracy, dict[str, float | None]]]:
    return [(dataset, found, _paired(found)) for dataset, found in sorted(run.metrics().items())]


def _paired(found: Accuracy) -> dict[str, float | None]:
    from cgplab.statistics.paired_images import PairedImages  # scipy takes a moment to load

    images = correctness(found)
    if images is None:
        return dict.fromkeys(_PAIRED)
    paired = PairedImages.of(*images)
    return dict(zip(_PAIRED, (paired.lost, paired.gained, *paired.interval, paired.p), strict=True))
