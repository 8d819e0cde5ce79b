"""Cached scopes and frames of a store, made again only when something in the store has changed."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock

from cgplab.analysis.frames import Frames
from cgplab.analysis.kept import Kept
from cgplab.analysis.run_table import RunTable
from cgplab.store import Store
from cgplab.store.names import BASELINES, SENSITIVITY
from cgplab.study.library import DIRECTORY
from cgplab.study.scope import Scope, scope_of

_MOST_SCOPES, _MOST_FRAMES = 8, 8


class KeptScopes:
    """Scopes by name, and frames over them by conditions; safe to share between threads.

    Parameters
    ----------
    store : Store

    Attributes
    ----------
    version : int
        Grows when a look finds a change in runs, studies, or what was measured of models.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._seen: object = None
        self.version = 0
        self._scopes = Kept[Scope](_MOST_SCOPES)
        self._frames = Kept[Frames](_MOST_FRAMES)

    @classmethod
    def of(cls, store: Store) -> "KeptScopes":
        """The one of a store in this process."""
        return _kept_of(store.root.resolve()) if store.changes else _kept_of_sealed(store)

    def look(self) -> None:
        """Look for changes in the store."""
        table = RunTable.of(self._store)
        table.look()
        found = (table, table.version, *(_marks(self._store.root) if self._store.changes else ()))
        with self._lock:
            if found != self._seen:
                self._seen = found
                self.version += 1

    def scope(self, study: str = "") -> Scope:
        """Scope of a study; of the latest where none is named. See :func:`cgplab.study.scope.scope_of` for errors."""
        self.look()
        return self.last_scope(study)

    def last_scope(self, study: str = "") -> Scope:
        """The same as the last look at the store found it, whoever looked."""
        return self._scopes.get(self.version, study, lambda: scope_of(self._store, study or None))

    def frames(self, study: str = "", conditions: Sequence[str] = ()) -> Frames:
        """Frames over the runs of a study that meet conditions, see :class:`Frames`; do not write into them."""
        self.look()
        return self.last_frames(study, conditions)

    def last_frames(self, study: str = "", conditions: Sequence[str] = ()) -> Frames:
        """The same as the last look at the store found them, whoever looked."""
        # Before the scope, or another thread's look in between would give its version to older frames.
        version = self.version
        key = (study, *conditions)
        return self._frames.get(version, key, lambda: self.last_scope(study).frames(conditions))


@lru_cache(maxsize=8)
def _kept_of(root: Path) -> KeptScopes:
    return KeptScopes(Store(root))


@lru_cache(maxsize=32)
def _kept_of_sealed(store: Store) -> KeptScopes:
    return KeptScopes(store)


def _marks(root: Path) -> list[tuple[str, int, int]]:
    """Files beside the runs that change what is shown: studies, and what was measured of models."""
    found = []
    patterns = (f"{DIRECTORY}/*.*", *(f"{name}/*/*.json" for name in (BASELINES, SENSITIVITY)))
    for path in sorted(path for pattern in patterns for path in root.glob(pattern)):
        try:
            mark = os.lstat(path)
        except FileNotFoundError:
            continue
        found.append((str(path), mark.st_mtime_ns, mark.st_size))
    return found
