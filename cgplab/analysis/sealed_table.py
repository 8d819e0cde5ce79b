"""The table of runs of a sealed study, which never changes while it is open."""

from functools import lru_cache
from typing import TYPE_CHECKING

from cgplab.analysis.frame_types import typed
from cgplab.analysis.run_table import RunTable
from cgplab.sealed.store import SealedStore
from cgplab.store import RUN_COLUMNS, Store

if TYPE_CHECKING:
    import pandas as pd


class SealedRunTable(RunTable):
    """Rows of all runs of a sealed study, read once.

    Parameters
    ----------
    store : SealedStore
    """

    def __init__(self, store: SealedStore) -> None:
        super().__init__(store)
        self._all = typed(store.frame(), RUN_COLUMNS)

    @property
    def last(self) -> "pd.DataFrame":
        """Table of runs."""
        return self._all

    def look(self) -> None:
        """Nothing can have changed."""


@lru_cache(maxsize=8)
def sealed_table(store: Store) -> SealedRunTable:
    """The one table of an open sealed study."""
    assert isinstance(store, SealedStore)
    return SealedRunTable(store)
