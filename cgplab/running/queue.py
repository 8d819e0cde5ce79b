"""Turn runs that may go on into pending ones."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from cgplab.errors import InputError
from cgplab.store import Run, State


def queue_up(runs: Sequence[Run], complain: Callable[[str], None], worker: str | None = None) -> list[Run]:
    """Make every run pending that is neither finished nor being carried out.

    Whatever is asked of a run from here on, a pause say, finds it pending and takes it out of the queue.

    Parameters
    ----------
    runs : sequence of Run
    complain : callable
        Called with one line for every run that cannot be queued.
    worker : str, optional
        Who has the runs in its queue from now on, see :class:`cgplab.store.Status`; default: as it was.

    Returns
    -------
    list of Run
        The pending ones.
    """
    queued = []
    for run in runs:
        try:
            with run.claimed():
                run.clear_request()
                status = run.mend_status()
                if status.state is State.FINISHED:
                    continue
                if status.state is not State.PENDING or (worker is not None and status.worker != worker):
                    run.write_status(replace(status, state=State.PENDING, reason=None, worker=worker or status.worker))
            queued.append(run)
        except InputError as error:
            complain(str(error))
    return queued
