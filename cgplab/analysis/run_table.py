"""The table of runs kept up to date: only runs whose files have changed are read again."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from cgplab.errors import InputError
from cgplab.store import RUN_COLUMNS, Run, State, Store
from cgplab.store.names import ANNOTATIONS, METRICS, STATUS, SYNTHESIS

if TYPE_CHECKING:
    import pandas as pd

_CHANGING = (STATUS, METRICS, ANNOTATIONS, SYNTHESIS)
_Marks = tuple[int, ...]


@dataclass(frozen=True)
class _Known:
    marks: _Marks
    row: dict[str, Any] | None
    complaint: str | None


class RunTable:
    """Rows of all runs of a store, for views that look again and again; safe to share between threads.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, _Known] = {}
        self._lock = Lock()
        self._frame: pd.DataFrame | None = None

    @classmethod
    def of(cls, store: Store) -> "RunTable":
        """The one table of a store in this process."""
        return _table_of(store.root.resolve())

    def frame(self) -> "pd.DataFrame":
        """Table of runs, oldest first, with the columns of :data:`cgplab.store.RUN_COLUMNS`.

        The same object is returned as long as nothing has changed; do not write into it.
        """
        import pandas as pd

        with self._lock:
            found = {run.id: self._look(run) for run in self._store.runs()}
            same = found.keys() == self._known.keys() and all(found[name] is self._known[name] for name in found)
            self._known = found
            if self._frame is None or not same:
                rows = [known.row for known in found.values() if known.row is not None]
                self._frame = pd.DataFrame(rows, columns=[column.name for column in RUN_COLUMNS])
            return self._frame

    def batch(self, name: str = "") -> list[Run]:
        """Runs of a batch that can be read, oldest first; those of the batch created last where none is named."""
        frame = self.frame()
        if frame.empty:
            return []
        batch = name or frame["batch"].iloc[-1]
        return [Run(self._store.runs_directory / str(run)) for run in frame.loc[frame["batch"] == batch, "id"]]

    @property
    def complaints(self) -> dict[str, str]:
        """Runs that could not be read, by id, and why."""
        return {name: known.complaint for name, known in self._known.items() if known.complaint is not None}

    def _look(self, run: Run) -> _Known:
        marks = _marks(run.directory)
        known = self._known.get(run.id)
        # What is being carried out may be lost without any file being touched.
        settled = (
            known is not None and known.row is not None and known.row["state"] not in (State.RUNNING, State.PENDING)
        )
        if known is not None and known.marks == marks and (settled or known.complaint is not None):
            return known
        try:
            new = _Known(marks, run.row(), None)
        except InputError as error:
            new = _Known(marks, None, str(error))
        return known if known == new and known is not None else new


@lru_cache(maxsize=8)
def _table_of(root: Path) -> RunTable:
    return RunTable(Store(root))


def _marks(directory: Path) -> _Marks:
    marks = []
    for name in _CHANGING:
        try:
            stat = os.stat(f"{directory}/{name}")  # thousands of runs: a Path each would take longer than the look
            marks += [stat.st_mtime_ns, stat.st_ino]
        except OSError:
            marks += [0, 0]
    return tuple(marks)
