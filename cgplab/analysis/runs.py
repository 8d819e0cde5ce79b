"""The table of runs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cgplab.errors import InputError
from cgplab.store import RUN_COLUMNS, Run, Store

if TYPE_CHECKING:
    import pandas as pd

LATEST = "last"
"""Name of the batch created last."""


def select_runs(store: Store, batch: str | None = None) -> list[Run]:
    """Runs of a store, oldest first; of one batch if it is given.

    Parameters
    ----------
    store : Store
    batch : str, optional
        Id of a batch, the beginning or end of one, or ``last``.

    Raises
    ------
    InputError
        No batch, or more than one, fits.
    """
    everything = list(store.runs())
    if batch is None:
        return everything
    chosen = batch_of(everything, batch, store)
    return [run for run in everything if run.manifest.batch == chosen]


def batch_of(runs_: Iterable[Run], batch: str, store: Store) -> str:
    """Full id of a batch given by its beginning or end, or by ``last``."""
    batches = sorted({run.manifest.batch for run in runs_})
    if not batches:
        raise InputError(f"the store {store.root} holds no runs yet; make some with: cgplab evolve")
    if batch == LATEST:
        return batches[-1]
    wanted = batch.upper()
    fits = [name for name in batches if wanted and (name.startswith(wanted) or name.endswith(wanted))]
    if len(fits) != 1:
        found = "no batch" if not fits else f"{len(fits)} batches"
        raise InputError(f"{found} in {store.root} fit {batch!r}; give more of the id, or 'last'")
    return fits[0]


def run_rows(runs_: Iterable[Run], dataset: str | None = None) -> list[dict[str, Any]]:
    """Rows of the table of runs as dictionaries; see :data:`cgplab.store.RUN_COLUMNS`."""
    return [run.row(dataset) for run in runs_]


def runs(store: Store, batch: str | None = None, dataset: str | None = None) -> "pd.DataFrame":
    """Table of runs, one row each, with the columns of :data:`cgplab.store.RUN_COLUMNS`.

    Parameters
    ----------
    store : Store
    batch : str, optional
        See :func:`select_runs`.
    dataset : str, optional
        ``dataset/split`` whose accuracy to show; default: the one measured last.

    Returns
    -------
    pandas.DataFrame
        Missing values are NaN or None.
    """
    import pandas as pd

    names = [column.name for column in RUN_COLUMNS]
    return pd.DataFrame(run_rows(select_runs(store, batch), dataset), columns=names)
