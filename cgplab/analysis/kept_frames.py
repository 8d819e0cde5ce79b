"""Frames of a store that are made anew only when something in it has changed, for views that look again and again."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cgplab.analysis.frames import Frames
from cgplab.analysis.kept import Kept
from cgplab.analysis.run_table import RunTable
from cgplab.store import Store
from cgplab.store.names import BASELINES, SENSITIVITY

_MOST = 4
"""Sets of conditions whose frames are kept."""


class KeptFrames:
    """Frames by conditions; safe to share between threads.

    Parameters
    ----------
    store : Store
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept = Kept[Frames](_MOST)

    @classmethod
    def of(cls, store: Store) -> "KeptFrames":
        """The one of a store in this process."""
        return _kept_of(store.root.resolve()) if store.changes else _kept_of_sealed(store)

    def frames(self, conditions: Sequence[str] = ()) -> Frames:
        """Frames over the runs that meet conditions, see :class:`Frames`; do not write into them."""
        table = RunTable.of(self._store)
        table.look()
        measured = _marks(self._store.root) if self._store.changes else []
        state = (table, table.version, *measured)
        return self._kept.get(state, tuple(conditions), lambda: Frames(self._store, conditions=conditions))


@lru_cache(maxsize=8)
def _kept_of(root: Path) -> KeptFrames:
    return KeptFrames(Store(root))


@lru_cache(maxsize=8)
def _kept_of_sealed(store: Store) -> KeptFrames:
    return KeptFrames(store)


def _marks(root: Path) -> list[tuple[str, int]]:
    """What was measured of models rather than of runs."""
    paths = [path for name in (BASELINES, SENSITIVITY) for path in sorted((root / name).glob("*/*.json"))]
    return [(str(path), os.lstat(path).st_mtime_ns) for path in paths]
