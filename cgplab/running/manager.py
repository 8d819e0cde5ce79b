"""Start, pause, resume, stop, retry and delete runs in processes of their own on this machine.

A worker lives in a session of its own: it outlasts the shell, notebook or server that started it, and whoever
opens the store later can ask it to pause or stop.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from cgplab.errors import InputError
from cgplab.running.accuracy import AccuracyData, missing_accuracy
from cgplab.running.launch import launch
from cgplab.running.plan import plan
from cgplab.running.queue import queue_up
from cgplab.running.request import Request
from cgplab.running.slots import check_jobs
from cgplab.running.standing import standing_of
from cgplab.running.ticket import Ticket, sweep_tickets
from cgplab.store import Manifest, Run, RunTakenError, State, Store
from cgplab.store.commands import Command, Standing, becomes, refusal

_ANSWER_SECONDS = 5.0


def start(
    work: Request | Sequence[Manifest | Run],
    store: Store,
    jobs: int | None = None,
    confirm: bool = False,
    accuracy: AccuracyData | None = None,
) -> list[str]:
    """Carry out runs in a detached worker.

    Parameters
    ----------
    work : Request, or sequence of Manifest and Run
        A request is planned; runs are created for manifests. Runs that are finished, or being carried out, are
        left alone, but for accuracies that finished ones lack.
    store : Store
    jobs : int, optional
        Runs of this batch at a time; default: the number of usable cores. All workers of a store together
        keep no more cores of this machine busy than there are, or than ``jobs`` if that is more.
    confirm : bool
        Whether to return only when the worker says that it has the runs; that takes it a second or two.
    accuracy : AccuracyData, optional
        Images to measure accuracies on as runs end, :data:`OWN_TEST_IMAGES` say; default: none are measured.

    Returns
    -------
    list of str
        Ids of the runs in the worker's queue, and of the finished ones that it measures.

    Raises
    ------
    InputError
        The request cannot be carried out, none of the runs can be started, the store cannot be written, or the
        worker did not begin.
    """
    check_jobs(jobs)
    store.check_writable()
    given = plan(work) if isinstance(work, Request) else list(work)
    sweep_tickets(store)
    ticket = Ticket(store)
    created = store.create_all([item for item in given if isinstance(item, Manifest)], ticket.worker)
    complaints: list[str] = []
    known = [item for item in given if isinstance(item, Run)]
    runs = created + queue_up(known, complaints.append, ticket.worker)
    if accuracy is not None:
        queued = {run.id for run in runs}
        runs += missing_accuracy([run for run in known if run.id not in queued], accuracy)
    if runs:
        launch(runs, ticket, jobs, confirm, accuracy)
    else:
        ticket.release()
        if complaints:
            raise InputError(complaints[0])
    return [run.id for run in runs]


def pause(*runs: Run) -> None:
    """Ask runs to store a checkpoint and make room; they go on with :func:`resume`.

    A run that waits for its turn is paused at once, one in progress within about half a second.

    Raises
    ------
    InputError
        A run does not take it, see :mod:`cgplab.store.commands`.
    """
    for run in runs:
        _ask(run, Command.PAUSE, State.PAUSED)


def stop(*runs: Run) -> None:
    """Ask runs to store what they found and end as killed; :func:`resume` takes them up again.

    Raises
    ------
    InputError
        A run does not take it, see :mod:`cgplab.store.commands`.
    """
    for run in runs:
        _ask(run, Command.STOP, State.KILLED)


def resume(*runs: Run, jobs: int | None = None, confirm: bool = False, accuracy: AccuracyData | None = None) -> None:
    """Let runs go on where they were: paused, killed or crashed ones, and pending ones that no worker has.

    A request not yet obeyed is taken back, a damaged status is rebuilt. ``jobs``, ``confirm`` and ``accuracy`` are
    those of :func:`start`; what is measured includes finished runs of the same batches that lack the accuracy.

    Raises
    ------
    InputError
        A run does not take it, see :mod:`cgplab.store.commands`; then none of them is taken up.
    """
    _continue(runs, Command.RESUME, jobs, confirm, accuracy)


def retry(*runs: Run, jobs: int | None = None, confirm: bool = False, accuracy: AccuracyData | None = None) -> None:
    """Do as :func:`resume`, and take up failed runs as well."""
    _continue(runs, Command.RETRY, jobs, confirm, accuracy)


def delete(*runs: Run) -> None:
    """Remove runs for good.

    Raises
    ------
    InputError
        A run is being carried out; then none of them is removed.
    """
    for run in runs:
        _check(run, Command.DELETE)
    for run in runs:
        Store(run.directory.parents[1]).delete(run)


def _check(run: Run, command: Command) -> Standing:
    """What a command makes of a run; InputError where the run does not take it."""
    standing = standing_of(run)
    result = becomes(standing, command)
    if result is None:
        reason = run.observed().reason if standing is Standing.FAILED else None
        raise InputError(refusal(standing, command, run.id, reason))
    return result


def _continue(
    runs: Sequence[Run], command: Command, jobs: int | None, confirm: bool, accuracy: AccuracyData | None
) -> None:
    waiting = []
    for run in runs:
        result = _check(run, command)
        if result is Standing.RUNNING:
            run.clear_request()
            # Its worker may have obeyed just before.
            result = _check(run, command)
        if result is Standing.QUEUED:
            waiting.append(run)
    if waiting:
        store = Store(waiting[0].directory.parents[1])
        left = [] if accuracy is None else _finished_beside(waiting, store)
        start([*waiting, *left], store, jobs, confirm, accuracy)


def _finished_beside(runs: Sequence[Run], store: Store) -> list[Run]:
    """Finished runs of the same batches: the interruption that left these runs may have left those unmeasured."""
    batches = set()
    for run in runs:
        with suppress(InputError):  # a damaged manifest, which whoever carries the run out names
            batches.add(run.manifest.batch)
    table = store.table()
    return [
        run
        for run, row in zip(table.runs, table.rows, strict=True)
        if row["batch"] in batches and row["state"] == State.FINISHED
    ]


def _ask(run: Run, command: Command, state: State) -> None:
    until = time.monotonic() + _ANSWER_SECONDS
    while True:
        standing = standing_of(run)
        if becomes(standing, command) is standing:
            return
        if becomes(standing, command) is None:
            raise InputError(refusal(standing, command, run.id))
        if standing in (Standing.RUNNING, Standing.ASKED):
            run.request(command)
            return
        try:
            with run.claimed():
                status = run.status
                if status.state in (State.PENDING, State.PAUSED):
                    reason = "before it started" if status.state is State.PENDING else "while paused"
                    run.write_status(replace(status, state=state, reason=f"{command} requested {reason}"))
                    run.add_event(state.value, reason=f"{command} requested {reason}")
                    return
        except RunTakenError:
            # Its worker has just begun and will say so in a moment.
            if time.monotonic() >= until:
                raise
            time.sleep(0.02)
