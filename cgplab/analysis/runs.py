"""The table of runs."""

import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cgplab.analysis.frame_types import typed
from cgplab.errors import InputError
from cgplab.store import RUN_COLUMNS, Run, Store, Table

if TYPE_CHECKING:
    import pandas as pd

LATEST = "last"
"""Name of the batch created last."""


def select_runs(stores: Store | Iterable[Store], batch: str | None = None) -> list[Run]:
    """Runs of :func:`select_rows`."""
    return select_rows(stores, batch).runs


def select_rows(stores: Store | Iterable[Store], batch: str | None = None, dataset: str | None = None) -> Table:
    """Runs of one store or several, oldest first; of one batch if it is given.

    A run that several stores hold, copied from one to the other, counts once, as the first store has it. Runs
    imported from the original program are runs like any other.

    Parameters
    ----------
    stores : Store or iterable of Store
    batch : str, optional
        Id of a batch, the beginning or end of one, or ``last``.
    dataset : str, optional
        ``dataset/split`` whose accuracy to show; default: the one measured last.

    Raises
    ------
    InputError
        No batch, or more than one, fits.
    """
    places = [stores] if isinstance(stores, Store) else list(stores)
    by_id: dict[str, tuple[Run, dict[str, Any]]] = {}
    damaged: dict[str, str] = {}
    for store in places:
        table = store.table(dataset)
        damaged = {**table.damaged, **damaged}
        for run, row in zip(table.runs, table.rows, strict=True):
            by_id.setdefault(run.id, (run, row))
    everything = [by_id[name] for name in sorted(by_id)]
    if batch is not None:
        place = " and ".join(str(store.root) for store in places)
        chosen = batch_of((row["batch"] for _, row in everything), batch, place)
        everything = [(run, row) for run, row in everything if row["batch"] == chosen]
    return Table([run for run, _ in everything], [row for _, row in everything], damaged)


def batch_of(ids: Iterable[str], batch: str, place: str) -> str:
    """Full id of a batch given by its beginning or end, or by ``last``; ``place`` is for messages."""
    batches = sorted(set(ids))
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
        Missing values are NaN, NA or None; types and units as :func:`cgplab.analysis.frame_types.typed` gives them.
    """
    return table_of(readable(select_rows(stores, batch, dataset)).rows)


def readable(table: Table) -> Table:
    """The same table; warns of the runs that it had to leave out."""
    for name, reason in table.damaged.items():
        warnings.warn(f"run {name} left out: {reason}", stacklevel=3)
    return table


def table_of(rows: Sequence[dict[str, Any]]) -> "pd.DataFrame":
    """Table of runs from its rows."""
    import pandas as pd

    return typed(pd.DataFrame(rows, columns=[column.name for column in RUN_COLUMNS]), RUN_COLUMNS)
