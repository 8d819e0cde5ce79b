"""Follow a run while it goes on: its files are read again only when they have changed."""

from cgplab.store.names import BEST
from cgplab.store.progress import Row
from cgplab.store.run import Run
from cgplab.store.status import Status


class RunWatch:
    """Looks at a run again and again.

    Attributes
    ----------
    run : Run
    status : Status
        As observed at the last look.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.status: Status = run.observed()
        self._reader = run.follow_progress()
        self._news = True
        self._best: tuple[int, int] | None = None

    def look(self) -> tuple[list[Row], bool]:
        """New progress rows, and whether the status has changed; both in full at the first look."""
        status = self.run.observed()
        changed, self._news = self._news or status != self.status, False
        self.status = status
        return self._reader.new_rows(), changed

    def rewind(self) -> None:
        """Let the next look return everything again."""
        self._reader = self.run.follow_progress()
        self._news = True

    def new_best(self) -> bool:
        """Whether the best circuit was stored, or stored anew, since the last call."""
        try:
            stat = (self.run.directory / BEST).stat()
        except FileNotFoundError:
            return False
        # Files are replaced, so the inode tells two apart even within a tick of the clock.
        mark = (stat.st_mtime_ns, stat.st_ino)
        if mark == self._best:
            return False
        self._best = mark
        return True
