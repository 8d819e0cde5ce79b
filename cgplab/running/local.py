"""Carry out runs on this machine, several at a time."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event

from cgplab.errors import InputError
from cgplab.running.worker import Report, execute
from cgplab.store import Run, State, Status


def usable_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0))


def check_jobs(jobs: int | None) -> None:
    """Raise InputError unless ``jobs`` runs can go on at a time."""
    if jobs is not None and jobs < 1:
        raise InputError(f"the number of jobs must be at least 1, not {jobs}")


def run_all(
    runs: Sequence[Run],
    report: Report,
    jobs: int | None = None,
    *,
    started: Callable[[Run], None] | None = None,
    done: Callable[[Run, Status], None] | None = None,
) -> list[Status]:
    """Carry out runs in threads (the kernels hold no interpreter lock) and wait for them.

    Parameters
    ----------
    runs : sequence of Run
        Pending; started in this order.
    report : callable
        Called from the runs' threads.
    jobs : int, optional
        Runs at a time, at least 1; default: the number of usable cores.
    started, done : callable, optional
        Called from a run's thread when it begins, and with its status when it has ended.

    Returns
    -------
    list of Status
        In the order of ``runs``.

    Raises
    ------
    KeyboardInterrupt
        Passed on after every started run has stored what it found and is marked killed, as are those that
        never started. Finished runs are untouched.
    """
    check_jobs(jobs)
    stop = Event()

    def carry_out(run: Run) -> Status:
        if started is not None:
            started(run)
        status = execute(run, stop, report)
        if done is not None:
            done(run, status)
        return status

    with ThreadPoolExecutor(jobs or usable_cores()) as pool:
        futures: list[Future[Status]] = [pool.submit(carry_out, run) for run in runs]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
            return [future.result() for future in futures]
        except BaseException:
            stop.set()
            for run, future in zip(runs, futures, strict=True):
                if future.cancel():
                    run.write_status(replace(run.status, state=State.KILLED, reason="interrupted before it started"))
            raise
