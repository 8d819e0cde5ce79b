"""Where runs stand as far as commands go, see :mod:`cgplab.store.commands`."""

from collections.abc import Iterator, Mapping
from typing import Any

from cgplab.errors import InputError
from cgplab.running.request import METHODS
from cgplab.store import Run, State, Status, Store
from cgplab.store.commands import Standing

_OF_STATE = {
    State.PENDING: Standing.QUEUED,
    State.RUNNING: Standing.RUNNING,
    State.PAUSED: Standing.PAUSED,
    State.FINISHED: Standing.FINISHED,
    State.FAILED: Standing.FAILED,
    State.KILLED: Standing.KILLED,
    State.CRASHED: Standing.CRASHED,
}


def standing_of(run: Run, status: Status | None = None) -> Standing:
    """Where a run stands.

    Parameters
    ----------
    run : Run
    status : Status, optional
        As observed; default: it is looked at now.
    """
    try:
        found = run.observed() if status is None else status
    except InputError:
        if not run.is_there():
            return Standing.DELETED
        # Somebody carries it out, and writes the status anew within a second.
        return Standing.RUNNING if run.is_held() else Standing.DAMAGED
    return _standing(run, found.state, found.reason, None)


def standing_of_row(run: Run, row: Mapping[str, Any]) -> Standing:
    """The same from a run's row in the table of runs, without reading its files."""
    return _standing(run, State(row["state"]), row["reason"], row["method"])


def standings(store: Store) -> Iterator[tuple[Run, Standing]]:
    """All runs of a store and where they stand, through its index; oldest first, unreadable ones last."""
    table = store.table()
    for run, row in zip(table.runs, table.rows, strict=True):
        yield run, standing_of_row(run, row)
    for name in sorted(table.damaged):
        run = store.run(name)
        try:
            _ = run.manifest
        except InputError:
            continue  # nothing says what to search
        yield run, standing_of(run)


def _standing(run: Run, state: State, reason: str | None, method: str | None) -> Standing:
    if state is State.RUNNING:
        return Standing.ASKED if run.requested() else Standing.RUNNING
    if state is State.PENDING and reason:
        return Standing.ORPHANED  # as observed: a worker that is there needs no words
    if (_method(run) if method is None else method) not in METHODS:
        return Standing.IMPORTED
    return _OF_STATE[state]


def _method(run: Run) -> str:
    try:
        return run.manifest.method
    except InputError:
        return next(iter(METHODS))  # damaged, not imported; whoever carries it out says so
