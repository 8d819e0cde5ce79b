"""Start, pause, resume, stop and retry runs in processes of their own on this machine.

A worker lives in a session of its own: it outlasts the shell, notebook or server that started it, and whoever
opens the store later can ask it to pause or stop.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from threading import Thread

from cgplab.errors import InputError
from cgplab.running.plan import plan
from cgplab.running.queue import queue_up
from cgplab.running.request import METHODS, Request
from cgplab.running.slots import ONE_THREAD, check_jobs
from cgplab.running.ticket import Ticket, sweep_tickets
from cgplab.store import Manifest, Run, RunTakenError, State, Store

RESUMABLE = (State.PAUSED, State.KILLED, State.CRASHED)
RETRIABLE = (State.FAILED, State.KILLED, State.CRASHED)
_ANSWER_SECONDS = 5.0


def start(work: Request | Sequence[Manifest] | Sequence[Run], store: Store, jobs: int | None = None) -> list[str]:
    """Carry out runs in a detached worker.

    Parameters
    ----------
    work : Request, or sequence of Manifest or Run
        A request is planned; runs are created for manifests. Runs that are finished, or being carried out, are
        left alone.
    store : Store
    jobs : int, optional
        Runs of this batch at a time; default: the number of usable cores. All workers of a store together
        keep no more cores of this machine busy than there are, or than ``jobs`` if that is more.

    Returns
    -------
    list of str
        Ids of the runs in the worker's queue.

    Raises
    ------
    InputError
        The request cannot be carried out, none of the runs can be started, or the store cannot be written.
    """
    check_jobs(jobs)
    store.check_writable()
    given = plan(work) if isinstance(work, Request) else list(work)
    sweep_tickets(store)
    ticket = Ticket(store)
    created = store.create_all([item for item in given if isinstance(item, Manifest)], ticket.worker)
    complaints: list[str] = []
    runs = created + queue_up([item for item in given if isinstance(item, Run)], complaints.append, ticket.worker)
    if runs:
        _launch(runs, ticket, jobs)
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
        A run is neither pending nor running.
    """
    for run in runs:
        _ask(run, "pause", State.PAUSED)


def stop(*runs: Run) -> None:
    """Ask runs to store what they found and end as killed; :func:`resume` and :func:`retry` take them up again.

    Raises
    ------
    InputError
        A run has ended already.
    """
    for run in runs:
        _ask(run, "stop", State.KILLED)


def resume(*runs: Run, jobs: int | None = None) -> None:
    """Let paused, killed or crashed runs go on where they were; a pause not yet obeyed is taken back.

    Raises
    ------
    InputError
        A run is in another state.
    """
    _continue(runs, RESUMABLE, "resumed", jobs)


def retry(*runs: Run, jobs: int | None = None) -> None:
    """Carry out failed, killed or crashed runs, and pending ones that no worker has, from their last checkpoint.

    Raises
    ------
    InputError
        A run is in another state.
    """
    _continue(runs, RETRIABLE, "retried", jobs)


def can_resume(run: Run) -> bool:
    """Whether :func:`resume` would take the run."""
    return run.observed().state in RESUMABLE and not _is_foreign(run)


def can_retry(run: Run) -> bool:
    """Whether :func:`retry` would take the run."""
    return _fits(run, RETRIABLE) and not _is_foreign(run)


def _is_foreign(run: Run) -> bool:
    """Whether another program searched, so that nothing here can go on with the run."""
    try:
        return run.manifest.method not in METHODS
    except InputError:
        return False


def _fits(run: Run, states: tuple[State, ...]) -> bool:
    try:
        status = run.observed()
    except InputError:
        return states == RETRIABLE  # a damaged status is rebuilt
    # Observed with a reason, a pending run has no worker.
    return status.state in states or (status.state is State.PENDING and states == RETRIABLE and bool(status.reason))


def _continue(runs: Sequence[Run], states: tuple[State, ...], done: str, jobs: int | None) -> None:
    waiting = []
    for run in runs:
        if _is_foreign(run):
            raise InputError(
                f"run {run.id} was imported and cannot be {done}; evolve with --start {run.id} begins with its circuit"
            )
        if _fits(run, states):
            waiting.append(run)
        elif run.observed().state is State.RUNNING and states == RESUMABLE:
            run.clear_request()
        else:
            raise InputError(
                f"run {run.id} is {run.observed().state.value}; only {', '.join(states)} runs can be {done}"
            )
    if waiting:
        store = Store(waiting[0].directory.parents[1])
        start(waiting, store, jobs)


def _ask(run: Run, request: str, state: State) -> None:
    until = time.monotonic() + _ANSWER_SECONDS
    while True:
        found = run.observed().state
        if found is State.RUNNING:
            run.request(request)
            return
        if found is not State.PENDING and not (found is State.PAUSED and state is State.KILLED):
            if found is state:
                return
            raise InputError(f"run {run.id} is {found.value}; only pending and running runs can be asked to {request}")
        try:
            with run.claimed():
                status = run.status
                if status.state is found:
                    reason = "before it started" if found is State.PENDING else "while paused"
                    run.write_status(replace(status, state=state, reason=f"{request} requested {reason}"))
                    run.add_event(state.value, reason=f"{request} requested {reason}")
                    return
        except RunTakenError:
            # Its worker has just begun and will say so in a moment.
            if time.monotonic() >= until:
                raise
            time.sleep(0.02)


def _launch(runs: Sequence[Run], ticket: Ticket, jobs: int | None) -> None:
    ticket.list.write_text("".join(f"{run.directory.resolve()}\n" for run in runs), encoding="utf-8")
    command = [sys.executable, "-m", "cgplab.running.worker", f"@{ticket.list}", "--share-cores"]
    if jobs is not None:
        command += ["--jobs", str(jobs)]
    with ticket.log.open("ab") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            # The lock stays held without a gap: by this process until here, by the worker until it ends.
            pass_fds=(ticket.lock.descriptor,),
        )
    ticket.lock.release()
    # A worker that ends before this process must not stay behind as a zombie.
    Thread(target=process.wait, daemon=True).start()
