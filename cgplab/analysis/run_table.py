"""The table of runs kept up to date: only runs that may have changed are read again."""

import os
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from cgplab.analysis.frame_types import typed
from cgplab.errors import InputError
from cgplab.store import RUN_COLUMNS, Run, State, Store
from cgplab.store.names import ANNOTATIONS, METRICS, STATUS, SYNTHESIS

if TYPE_CHECKING:
    import pandas as pd

_CHANGING = (STATUS, METRICS, ANNOTATIONS, SYNTHESIS)
_NAMES = tuple(column.name for column in RUN_COLUMNS)
_YOUNG = 60 * 10**9
"""Nanoseconds within which two changes of a directory may get the same timestamp; server clocks differ a little too."""
_TURNS, _FEWEST = 20, 50
"""Every 20 looks compare the files of every run once; each look compares those of at least 50 runs."""
_MANY, _SHARE = 100, 8
"""Above this many runs, and above 1/8 of the store, reading through its index is faster than one by one."""


@dataclass(frozen=True, slots=True)
class _Known:
    changed: int
    """Time of the directory's last change, ns: files of a run are replaced, which changes it."""
    marks: tuple[int, ...]
    """Marks of the files when they were read."""
    unsettled: bool
    """Whether the run may be lost without any file being touched."""


class RunTable:
    """Rows of all runs of a store, for views that look again and again; safe to share between threads.

    Parameters
    ----------
    store : Store

    Attributes
    ----------
    version : int
        Grows when a look finds a change in any of the runs' files.
    complaints : dict of str
        Runs that could not be read, by id, and why.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, _Known] = {}
        self._columns: dict[str, list[Any]] = {name: [] for name in _NAMES}
        self._next = 0
        self._lock = Lock()
        self._frame: pd.DataFrame | None = None
        self.version = 0
        self.complaints: dict[str, str] = {}

    @classmethod
    def of(cls, store: Store) -> "RunTable":
        """The one table of a store in this process."""
        if not store.changes:
            from cgplab.analysis.sealed_table import sealed_table

            return sealed_table(store)
        return _table_of(store.root.resolve())

    def frame(self) -> "pd.DataFrame":
        """Table of runs as they are now, oldest first, with the columns of :data:`cgplab.store.RUN_COLUMNS`.

        The same object is returned as long as nothing has changed; do not write into it.
        """
        self.look()
        return self.last

    @property
    def last(self) -> "pd.DataFrame":
        """Table of runs as the last look found them, whoever looked."""
        import pandas as pd

        with self._lock:
            if self._frame is None:
                self._frame = typed(pd.DataFrame(self._columns), RUN_COLUMNS)
            return self._frame

    def batch(self, name: str = "") -> list[Run]:
        """Runs of a batch that can be read, oldest first; those of the batch created last where none is named."""
        frame = self.frame()
        if frame.empty:
            return []
        batch = name or frame["batch"].iloc[-1]
        return [self._store.run(str(run)) for run in frame.loc[frame["batch"] == batch, "id"]]

    def look(self) -> None:
        """Look for changes in the store."""
        with self._lock:
            times = _times(self._store.runs_directory)
            due = self._due(times)
            gone = self._known.keys() - times.keys()
            if not due and not gone:
                return
            rows, complaints = self._read(due, len(times))
            # Of files that are in no row too; an unsettled run is read again whether or not they have changed.
            touched = any(name not in self._known or not self._known[name].unsettled for name in due)
            for name in gone:
                del self._known[name]
            for name, marks in due.items():
                unsettled = name in rows and rows[name]["state"] in (State.RUNNING, State.PENDING)
                self._known[name] = _Known(times[name], marks, unsettled)
            others = {n: why for n, why in self.complaints.items() if n not in due and n not in gone}
            changed = self._take_over(rows, {*gone, *(due.keys() - rows.keys())})
            if touched or changed or others | complaints != self.complaints:
                self.complaints = others | complaints
                self.version += 1

    def _due(self, times: dict[str, int]) -> dict[str, tuple[int, ...]]:
        """Runs that have to be read, and the marks of their files."""
        due = {}
        young = time.time_ns() - _YOUNG
        turn = self._turn(len(times))
        for place, (name, changed) in enumerate(times.items()):
            known = self._known.get(name)
            same = known is not None and known.changed == changed and not known.unsettled
            if same and changed <= young and place not in turn:
                continue
            marks = _marks(f"{self._store.runs_directory}/{name}")
            if known is None or not same or known.marks != marks:
                due[name] = marks
        return due

    def _turn(self, n: int) -> range:
        """Places of the runs whose files this look compares although their directories have not changed.

        A file that was written in place, by an editor or ``rsync --inplace``, leaves its directory as it was.
        """
        begin = self._next if self._next < n else 0
        self._next = begin + max(_FEWEST, -(-n // _TURNS))
        return range(begin, self._next)

    def _read(self, names: dict[str, Any], n: int) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """Rows of runs, and what is wrong with those that have none."""
        if len(names) > max(_MANY, n // _SHARE):
            table = self._store.table()
            rows = {row["id"]: row for row in table.rows if row["id"] in names}
            return rows, {name: why for name, why in table.damaged.items() if name in names}
        rows, complaints = {}, {}
        for name in names:
            run = self._store.run(name)
            try:
                rows[name] = run.row()
            except InputError as error:
                if run.is_there():  # deleted since it was listed, it is not damaged
                    complaints[name] = str(error)
        return rows, complaints

    def _take_over(self, rows: dict[str, dict[str, Any]], without: set[str]) -> bool:
        """Put rows into the table, leaving out others; returns whether it is another one now."""
        places = {name: place for place, name in enumerate(self._columns["id"])}
        left_out = without & places.keys()
        new: list[dict[str, Any]] = []
        changed: set[str] = set()
        for name, row in rows.items():
            place = places.get(name)
            if place is None:
                new.append(row)
                continue
            for column, value in row.items():
                if self._columns[column][place] != value:
                    self._columns[column][place] = value
                    changed.add(column)
        if left_out or new:
            self._columns = _merged(self._columns, left_out, new)
            self._frame = None
        elif changed and self._frame is not None:
            import pandas as pd

            # Others hold the frame of the last look; columns that stay are shared with it.
            new_values = pd.DataFrame({column: self._columns[column] for column in changed})
            self._frame = self._frame.assign(**typed(new_values, RUN_COLUMNS))
        return bool(left_out or new or changed)


def _merged(columns: dict[str, list[Any]], without: set[str], rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Columns without some runs and with others, in the order of ids."""
    kept = [place for place, name in enumerate(columns["id"]) if name not in without]
    ids = [columns["id"][place] for place in kept] + [row["id"] for row in rows]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    merged = {}
    texts: dict[str, str] = {}
    """Each text once: most are the same in very many rows."""
    for name, values in columns.items():
        found = [values[place] for place in kept]
        found += [texts.setdefault(v, v) if isinstance(v := row[name], str) else v for row in rows]
        merged[name] = [found[place] for place in order]
    return merged


@lru_cache(maxsize=8)
def _table_of(root: Path) -> RunTable:
    return RunTable(Store(root))


def _times(runs_directory: Path) -> dict[str, int]:
    """Time of the last change of each run's directory, ns, by id in order."""
    found = {}
    try:
        with os.scandir(runs_directory) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    try:
                        found[entry.name] = entry.stat().st_mtime_ns
                    except OSError:  # deleted at this moment
                        continue
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return dict(sorted(found.items()))


def _marks(directory: str) -> tuple[int, ...]:
    marks = []
    for name in _CHANGING:
        try:
            stat = os.stat(f"{directory}/{name}")  # thousands of runs: a Path each would take longer than the look
            marks += [stat.st_mtime_ns, stat.st_ino]
        except OSError:
            marks += [0, 0]
    return tuple(marks)
