"""Carry out one run: search, write progress, store the result."""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from threading import Event

from cgplab.cgp import Circuit, Evolution, Improvement, Progress, evaluate
from cgplab.cgp.construct import construct
from cgplab.errors import InputError
from cgplab.running.work import Work, load_work
from cgplab.store import Run, State, Status

STATUS_SECONDS = 1.0
"""How often a running run replaces its status."""

Report = Callable[[Run, Progress], None]


def execute(run: Run, stop: Event, report: Report) -> Status:
    """Carry out a run in this thread.

    Parameters
    ----------
    run : Run
        Pending.
    stop : Event
        When set, the run stores its best circuit and ends as killed after the current slice.
    report : callable
        Called with the run and its progress after every slice.

    Returns
    -------
    Status
        As stored: finished, killed, or failed with the error as reason.
    """
    status = replace(run.status, state=State.RUNNING, pid=os.getpid(), attempt=run.status.attempt + 1)
    run.write_status(status)
    try:
        status = _search(run, status, load_work(run.manifest), stop, report)
    except InputError as error:
        status = replace(status, state=State.FAILED, reason=str(error))
    except Exception as error:
        run.write_status(replace(status, state=State.FAILED, reason=f"{type(error).__name__}: {error}"))
        raise
    run.write_status(status)
    return status


def _search(run: Run, status: Status, work: Work, stop: Event, report: Report) -> Status:
    start = _start_circuit(run)
    if work.method != "evolve":
        made = construct(
            work.problem,
            work.geometry,
            work.costs,
            budget=work.settings.threshold,
            objective=work.objective,
            metric=work.settings.metric,
            seed=run.manifest.seed,
        )
        start = made.circuit
        status = replace(status, seconds=round(made.seconds, 3), bound=made.bound, proved=made.proved)
        if work.method == "construct" or made.proved:
            # A proved optimum leaves evolution nothing to find.
            return _store_best(
                run, status, work, start, State.FINISHED, "proved optimal" if made.proved else "constructed"
            )
    return _evolve(run, status, work, start, stop, report)


def _start_circuit(run: Run) -> Circuit | None:
    """Circuit of the stored run that evolution is to begin with, if one was named."""
    name = run.manifest.settings["start"]
    return None if name is None else Run(run.directory.parent / name).best()


def _evolve(run: Run, status: Status, work: Work, start: Circuit | None, stop: Event, report: Report) -> Status:
    evolution = Evolution(work.problem, work.geometry, work.costs, work.settings, run.manifest.seed, start=start)
    constructed = status.seconds
    progress_file = run.open_progress(status.attempt)
    try:
        written = time.monotonic()
        for progress in evolution.run(time_limit=work.time_limit):
            progress_file.write(_row(improvement, progress) for improvement in progress.improvements)
            status = _updated(status, progress, constructed)
            report(run, progress)
            if progress.finished is not None or stop.is_set():
                break
            if time.monotonic() - written >= STATUS_SECONDS:
                run.write_status(status)
                written = time.monotonic()
    finally:
        progress_file.close()
    state = State.FINISHED if evolution.finished is not None else State.KILLED
    return _store_best(run, status, work, evolution.best, state, evolution.finished or "interrupted")


def _store_best(run: Run, status: Status, work: Work, best: Circuit, state: State, reason: str) -> Status:
    evaluation = evaluate(best, work.problem, work.costs, work.settings.metric)
    run.write_best(best)
    run.write_weights(evaluation.outputs, work.selected.put_back(work.model, evaluation.outputs))
    return replace(
        status,
        state=state,
        reason=reason,
        error=evaluation.error,
        energy=evaluation.energy,
        area=evaluation.area,
        delay=evaluation.delay,
        depth=evaluation.depth,
        gate_count=evaluation.gate_count,
    )


def _updated(status: Status, progress: Progress, constructed: float) -> Status:
    """Status after a slice; ``constructed`` are the seconds spent before evolution began."""
    return replace(
        status,
        kernel=progress.kernel,
        phase=progress.phase,
        generation=progress.generation,
        children=progress.children,
        accepted=progress.accepted,
        improved=progress.improved,
        neutral=progress.neutral,
        rejected_early=progress.rejected_early,
        seconds=round(constructed + progress.seconds, 3),
        error=progress.error,
        energy=progress.energy,
        area=progress.area,
        delay=progress.delay,
        gate_count=progress.gate_count,
    )


def _row(improvement: Improvement, progress: Progress) -> dict[str, object]:
    return {**asdict(improvement), "phase": progress.phase, "seconds": round(progress.seconds, 3)}
