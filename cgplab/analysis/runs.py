"""The table of runs."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cgplab.errors import InputError
from cgplab.store import RUN_COLUMNS, Run, Store

if TYPE_CHECKING:
    import pandas as pd

LATEST = "last"
"""Name of the batch created last."""


def select_runs(stores: Store | Iterable[Store], batch: str | None = None) -> list[Run]:
    """Runs of one store or several, oldest first; of one batch if it is given.

    A run that several stores hold, copied from one to the other, counts once, as the first store has it. Runs
    imported from the original program are runs like any other.

    Parameters
    ----------
    stores : Store or iterable of Store
    batch : str, optional
        Id of a batch, the beginning or end of one, or ``last``.

    Raises
    ------
    InputError
        No batch, or more than one, fits.
    """
    places = [stores] if isinstance(stores, Store) else list(stores)
    by_id: dict[str, Run] = {}
    for store in places:
        for run in store.runs():
            by_id.setdefault(run.id, run)
    everything = [by_id[name] for name in sorted(by_id)]
    if batch is None:
        return everything
    chosen = batch_of(everything, batch, " and ".join(str(store.root) for store in places))
    return [run for run in everything if run.manifest.batch == chosen]


def batch_of(runs_: Iterable[Run], batch: str, place: str) -> str:
    """Full id of a batch given by its beginning or end, or by ``last``; ``place`` is for messages."""
    batches = sorted({run.manifest.batch for run in runs_})
    if not batches:
        raise InputError(f"{place} holds no runs yet; make some with: cgplab evolve")
    if batch == LATEST:
        return batches[-1]
    wanted = batch.upper()
    fits = [name for name in batches if wanted and (name.startswith(wanted) or name.endswith(wanted))]
    if len(fits) != 1:
        found = "no batch" if not fits else f"{len(fits)} batches"
        raise InputError(f"{found} in {place} fit {batch!r}; give more of the id, or 'last'")
    return fits[0]


def run_rows(runs_: Iterable[Run], dataset: str | None = None) -> list[dict[str, Any]]:
    """Rows of the table of runs as dictionaries; see :data:`cgplab.store.RUN_COLUMNS`."""
    return [run.row(dataset) for run in runs_]


def runs(stores: Store | Iterable[Store], batch: str | None = None, dataset: str | None = None) -> "pd.DataFrame":
    """Table of runs, one row each, with the columns of :data:`cgplab.store.RUN_COLUMNS`.

    Parameters
    ----------
    stores, batch
        See :func:`select_runs`.
    dataset : str, optional
        ``dataset/split`` whose accuracy to show; default: the one measured last.

    Returns
    -------
    pandas.DataFrame
        Missing values are NaN or None.
    """
    return table_of(run_rows(select_runs(stores, batch), dataset))


def table_of(rows: Sequence[dict[str, Any]]) -> "pd.DataFrame":
    """Table of runs from its rows."""
    import pandas as pd

    return pd.DataFrame(rows, columns=[column.name for column in RUN_COLUMNS])
