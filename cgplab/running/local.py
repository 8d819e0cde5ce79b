"""Carry out runs in this process and wait for them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from cgplab.errors import InputError
from cgplab.running.accuracy import AccuracyData, Measured
from cgplab.running.batch import Batch
from cgplab.running.execute import Report
from cgplab.running.measuring import Measuring
from cgplab.running.slots import Slots, check_jobs
from cgplab.store import Run, RunTakenError, State, Status


def run_all(
    runs: Sequence[Run],
    report: Report,
    jobs: int | None = None,
    *,
    slots: Slots | None = None,
    started: Callable[[Run], None] = lambda _: None,
    done: Callable[[Run, Status], None] = lambda *_: None,
    heartbeat: Path | None = None,
    accuracy: AccuracyData | None = None,
    measured: Callable[[Measured], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Status]:
    """Carry out runs in threads and wait for them.

    Parameters
    ----------
    runs : sequence of Run
        Pending; started in this order.
    report : callable
        Called from the runs' threads.
    jobs : int, optional
        Runs at a time, at least 1; default: the number of usable cores.
    slots : Slots, optional
        Places shared with other processes.
    started, done : callable, optional
        Called from a run's thread when it begins, and with its status when it has ended.
    heartbeat : Path, optional
        See :class:`Batch`.
    accuracy : AccuracyData, optional
        Images to measure accuracies on as runs end; default: none are measured.
    measured, tell : callable, optional
        Called from a run's thread with the progress of the measurements, and with one line for every reason why some
        are not made.

    Returns
    -------
    list of Status
        In the order of ``runs``.

    Raises
    ------
    KeyboardInterrupt
        Passed on after every started run has stored what it found and is marked killed, as are those that
        never started. Finished runs are untouched; those without an accuracy are :func:`missing_accuracy`.
    InputError
        Runs could not be carried out, nor marked as failed.
    """
    check_jobs(jobs)
    complaints: list[str] = []
    batch = Batch(
        runs,
        report,
        jobs,
        slots=slots,
        complain=complaints.append,
        started=started,
        done=done,
        heartbeat=heartbeat,
        measuring=None if accuracy is None else Measuring(runs, accuracy, progress=measured, tell=tell),
    )
    try:
        batch.start()  # it may be interrupted too, with some threads at work
        batch.wait()
    except BaseException:
        batch.stop.set()
        batch.wait()
        for run in runs:
            _mark_unstarted(run)
        raise
    if complaints:
        raise InputError(complaints[0])
    return [run.observed() for run in runs]


def _mark_unstarted(run: Run) -> None:
    try:
        with run.claimed():
            status = run.status
            if status.state is State.PENDING:
                run.write_status(replace(status, state=State.KILLED, reason="interrupted before it started"))
    except RunTakenError:
        pass
