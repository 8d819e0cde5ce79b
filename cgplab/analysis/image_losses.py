"""Accuracy losses image by image, for comparisons whose runs were all measured on the same images."""

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cgplab.analysis.accuracies import correctness
from cgplab.analysis.sound import each_sound
from cgplab.store import Run

if TYPE_CHECKING:
    import pandas as pd


def image_losses(table: "pd.DataFrame", runs: Iterable[Run]) -> "pd.DataFrame":
    """Table of runs, and what each of them loses on each image.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of the runs; ``dataset`` says which images.
    runs : iterable of Run

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``image_losses``; None where an accuracy was not stored image by image.
    """
    import pandas as pd

    datasets = dict(zip(table["id"], table["dataset"], strict=True))
    wanted = (run for run in runs if isinstance(datasets.get(run.id), str))
    found = {run.id: loss for run, loss in each_sound(wanted, lambda run: _loss(run, datasets[run.id]))}
    return table.assign(image_loss=pd.Series([found.get(name) for name in table["id"]], table.index, dtype=object))


def _loss(run: Run, dataset: str) -> NDArray[np.int8] | None:
    measured = run.metrics().get(dataset)
    images = None if measured is None else correctness(measured)
    return None if images is None else images[0].astype(np.int8) - images[1].astype(np.int8)


def cells_of(
    table: "pd.DataFrame", factor: str, levels: Sequence[Hashable], block: str | None, blocks: Sequence[Hashable]
) -> NDArray[np.float64] | None:
    """Losses of cells of block and level on each image.

    Parameters
    ----------
    table : pandas.DataFrame
        The frame ``image_losses`` of the runs compared.
    factor, block : str
        Columns.
    levels, blocks : sequence
        Their values, in order; ``blocks`` counts only if there is a block.

    Returns
    -------
    (blocks, levels, images) float64, or None
        The mean over the runs of a cell; without a block the first axis has length 1. None where the runs were not all
        measured on the same images, or it is not known how each image was classified, or a cell has no run.
    """
    if "image_loss" not in table or table["dataset"].nunique(dropna=False) != 1 or table["image_loss"].isna().any():
        return None
    if table["image_loss"].map(len).nunique() != 1:
        return None
    rows = {value: place for place, value in enumerate(blocks)} if block is not None else {}
    columns = {value: place for place, value in enumerate(levels)}
    sums = np.zeros((max(1, len(rows)), len(columns), len(table["image_loss"].iloc[0])))
    counts = np.zeros(sums.shape[:2], dtype=np.int64)
    places = [rows.get(value) for value in table[block]] if block is not None else [0] * len(table)
    for row, level, loss in zip(places, table[factor], table["image_loss"], strict=True):
        column = columns.get(level)
        if row is not None and column is not None:
            sums[row, column] += loss
            counts[row, column] += 1
    if not counts.all():
        return None
    return np.asarray(sums / counts[:, :, None])
