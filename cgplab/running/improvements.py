"""Improvements of a run under way, kept for those who want to see how its best circuit came about."""

from collections.abc import Sequence

from cgplab.cgp import Circuit, Evolution, Progress
from cgplab.errors import InputError
from cgplab.store import Run, Snapshot
from cgplab.store.history import History
from cgplab.store.names import HISTORY
from cgplab.store.progress import Row


class Improvements:
    """Takes a snapshot after every slice that brought an improvement; nothing of the search depends on it.

    Parameters
    ----------
    run : Run
    generation : int
        Where its evolution goes on; what the file holds beyond will be found again.
    rows : sequence of Row
        Improvements told so far.
    """

    def __init__(self, run: Run, generation: int, rows: Sequence[Row]) -> None:
        self._path = run.directory / HISTORY
        self._improved = max((row["generation"] for row in rows if row["generation"] <= generation), default=0)
        self._now: Progress | None = None
        try:
            self._history = History(run.history())
        except InputError as error:
            run.add_event("history left out", reason=str(error))
            self._history = History()
        self._history.forget_after(self._improved)

    def follow(self, evolution: Evolution, progress: Progress) -> None:
        """Note how far the evolution is after a slice."""
        self._now = progress
        if progress.improvements:
            self._improved = progress.improvements[-1].generation
            self._take(evolution.best)

    def store(self, best: Circuit) -> None:
        """Write the file if there is anything new; its newest circuit is ``best``."""
        self._take(best)
        self._history.store(self._path)

    def _take(self, best: Circuit) -> None:
        if self._now is not None:
            self._history.take(Snapshot(self._improved, self._now.error, self._now.energy, best))
