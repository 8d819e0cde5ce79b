"""Follow a run while it goes on: its files are read again only when they have changed."""

from collections.abc import Sequence
from typing import Any

from cgplab.errors import InputError
from cgplab.store.progress import Row
from cgplab.store.run import Run
from cgplab.store.states import State
from cgplab.store.status import Status


class RunSigns:
    """Tells from cheap signs whether anything about some runs has changed: their files, or a process that is lost.

    Parameters
    ----------
    runs : sequence of Run

    Attributes
    ----------
    version : int
        Grows when a look finds a change.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = tuple(runs)
        self._signs: dict[str, tuple[Any, Any]] = {}
        self.version = 0
        self.look()

    def look(self) -> None:
        """Look at the runs."""
        signs = {run.id: self._sign(run) for run in self._runs}
        if signs != self._signs:
            self._signs = signs
            self.version += 1

    def _sign(self, run: Run) -> tuple[Any, Any]:
        files = run.signs()
        known_files, known = self._signs.get(run.id, (None, None))
        # Only what is being carried out, or waits for it, can be lost without any file being touched.
        if files == known_files and not (isinstance(known, Status) and known.state in (State.RUNNING, State.PENDING)):
            return files, known
        try:
            return files, run.observed()
        except InputError as error:
            return files, str(error)


class RunWatch:
    """Looks at a run again and again.

    Parameters
    ----------
    run : Run
    signs : RunSigns, optional
        Of this run, looked at by somebody else; then nothing is read until they tell of a change.

    Attributes
    ----------
    run : Run
    status : Status
        As observed at the last look.
    """

    def __init__(self, run: Run, signs: RunSigns | None = None) -> None:
        self.run, self.signs = run, signs
        self.status: Status = run.observed()
        self._seen = -1
        self._reader = run.follow_progress()
        self._news = True
        self._best: tuple[int, int] | None = None

    def look(self) -> tuple[list[Row], bool]:
        """New progress rows, and whether the status has changed; both in full at the first look."""
        seen = -1
        if self.signs is not None:
            seen = self.signs.version  # before the files are read: what changes meanwhile is read again
            if seen == self._seen:
                return [], False
        status = self.run.observed()
        changed, self._news = self._news or status != self.status, False
        self.status = status
        rows = self._reader.new_rows()
        self._seen = seen
        return rows, changed

    def rewind(self) -> None:
        """Let the next look return everything again."""
        self._reader = self.run.follow_progress()
        self._news, self._seen = True, -1

    def new_best(self) -> bool:
        """Whether the best circuit was stored, or stored anew, since the last call."""
        sign = self.run.best_sign()
        if sign is None or sign == self._best:
            return False
        self._best = sign
        return True
