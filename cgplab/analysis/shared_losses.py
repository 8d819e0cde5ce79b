"""Accuracy losses image by image, for comparisons whose runs were all measured on the same images."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cgplab.analysis.accuracies import correctness
from cgplab.analysis.sound import each_sound
from cgplab.store import Run

if TYPE_CHECKING:
    import pandas as pd


def shared_losses(
    runs: Iterable[Run],
    table: "pd.DataFrame",
    factor: str,
    levels: Sequence[Hashable],
    block: str | None,
    blocks: Sequence[Hashable],
) -> NDArray[np.float64] | None:
    """Losses of cells of block and level on each image.

    Parameters
    ----------
    runs : iterable of Run
    table : pandas.DataFrame
        Rows of the runs compared; with ``dataset``, the images of each.
    factor, block : str
        Columns.
    levels, blocks : sequence
        Their values, in order; ``blocks`` counts only if there is a block.

    Returns
    -------
    (blocks, levels, images) float64, or None
        Per image the reference's correctness minus the run's, the mean over the runs of a cell; without a block the
        first axis has length 1. None where the runs were not all measured on the same images, or it is not known how
        each image was classified, or a cell has no run.
    """
    if table["dataset"].nunique(dropna=False) != 1:
        return None
    dataset = table["dataset"].iloc[0]
    wanted = set(table["id"])
    known = each_sound((run for run in runs if run.id in wanted), lambda run: _loss(run, dataset))
    by_run = {run.id: loss for run, loss in known if loss is not None}
    if len(by_run) < len(wanted) or len({len(loss) for loss in by_run.values()}) != 1:
        return None
    return _cells(by_run, table, factor, levels, block, blocks)


def _loss(run: Run, dataset: str) -> NDArray[np.int8] | None:
    found = run.metrics().get(dataset)
    images = None if found is None else correctness(found)
    return None if images is None else images[0].astype(np.int8) - images[1].astype(np.int8)


def _cells(
    by_run: Mapping[str, NDArray[np.int8]],
    table: "pd.DataFrame",
    factor: str,
    levels: Sequence[Hashable],
    block: str | None,
    blocks: Sequence[Hashable],
) -> NDArray[np.float64] | None:
    n = len(next(iter(by_run.values())))
    rows = {value: place for place, value in enumerate(blocks)} if block is not None else {}
    columns = {value: place for place, value in enumerate(levels)}
    sums = np.zeros((max(1, len(rows)), len(columns), n))
    counts = np.zeros(sums.shape[:2], dtype=np.int64)
    for name, level, where in zip(
        table["id"], table[factor], table[block] if block is not None else table["id"], strict=True
    ):
        row = rows.get(where) if block is not None else 0
        column = columns.get(level)
        if row is not None and column is not None:
            sums[row, column] += by_run[name]
            counts[row, column] += 1
    if not counts.all():
        return None
    return sums / counts[:, :, None]
