"""Carry out one run: search, write progress and checkpoints, store the result."""

import os
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from threading import Event

from cgplab.cgp import Circuit, Evolution, Improvement, Progress, evaluate
from cgplab.cgp.construct import construct
from cgplab.errors import InputError
from cgplab.hardware.sinks import shared_sinks
from cgplab.running.improvements import Improvements
from cgplab.running.reserve import reserved_space
from cgplab.running.saved import Before, restore, save
from cgplab.store import Run, RunRemovedError, State, Status
from cgplab.store.progress import ProgressWriter, last_attempt
from cgplab.work import Work, load_work

STATUS_SECONDS = 1.0
"""How often a running run replaces its status."""
CHECKPOINT_SECONDS = 5.0
"""How often it stores a checkpoint: what a killed process has to do again at most."""

Report = Callable[[Run, Progress], None]


class _Ended(Exception):  # noqa: N818 - an outcome, not an error
    """Somebody wants the run to end here."""

    def __init__(self, state: State, reason: str) -> None:
        self.state, self.reason = state, reason


def execute(run: Run, stop: Event, report: Report, checkpoint_seconds: float = CHECKPOINT_SECONDS) -> Status:
    """Carry out a run in this thread, from its last checkpoint if it has one.

    Parameters
    ----------
    run : Run
        In any state; a finished one is left alone.
    stop : Event
        When set, the run stores a checkpoint and its best circuit after the current slice and ends as killed.
        Requests left in the run's directory are obeyed likewise.
    report : callable
        Called with the run and its progress after every slice.
    checkpoint_seconds : float
        How often to store a checkpoint.

    Returns
    -------
    Status
        As stored: finished, paused, killed, or failed with the error as reason.

    Raises
    ------
    RunTakenError
        Another process carries it out.
    RunRemovedError
        Somebody removed it meanwhile; nothing more is written.
    InputError
        Not even the status can be written.
    """
    with run.claimed():
        status = run.status_or_rebuilt()
        if status.state is State.FINISHED:
            return status
        run.clear_request()
        run.remove_leftovers()
        # A status copied while the run went on elsewhere is older than the rows beside it.
        attempt = max(status.attempt, last_attempt(run.directory)) + 1
        status = replace(
            status, state=State.RUNNING, reason=None, host=socket.gethostname(), pid=os.getpid(), attempt=attempt
        )
        run.write_status(status)
        run.add_event("started", attempt=attempt, host=status.host, pid=status.pid)
        refused = False
        try:
            with reserved_space(run.directory):
                status = _Attempt(run, status, stop, report, checkpoint_seconds).carry_out()
        except RunRemovedError:
            raise
        except InputError as error:
            run.check_there()
            status = replace(status, state=State.FAILED, reason=str(error))
            refused = True
        except Exception as error:
            status = replace(status, state=State.FAILED, reason=f"{type(error).__name__}: {error}")
            run.add_event("traceback", text=traceback.format_exc())
        if status.state is not State.FINISHED:
            run.write_status(status)
        run.clear_request()
        details = {"reason": status.reason, "generation": status.generation, "refused": refused}
        run.add_event(status.state.value, attempt=attempt, **details)
        return status


class _Attempt:
    """One attempt at a run, in one process."""

    def __init__(self, run: Run, status: Status, stop: Event, report: Report, checkpoint_seconds: float) -> None:
        self.run, self.status, self.stop, self.report = run, status, stop, report
        self.checkpoint_seconds = checkpoint_seconds
        self.work: Work = load_work(run.manifest)

    def carry_out(self) -> Status:
        """Search until the run finishes or somebody ends it; returns the status to be stored."""
        rows = self.run.progress()
        acknowledged = max((row["generation"] for row in rows), default=0)
        progress_file = self.run.open_progress(self.status.attempt)
        try:
            begun = self._begin()
            if isinstance(begun, Circuit):
                # A proved optimum leaves evolution nothing to find.
                self._store_best(begun)
                reason = "proved optimal" if self.status.proved else "constructed"
                self.status = replace(self.status, state=State.FINISHED, reason=reason)
            else:
                improvements = Improvements(self.run, begun.generation, rows)
                self._evolve(begun, acknowledged, progress_file, improvements)
        except _Ended as ended:
            self.status = replace(self.status, state=ended.state, reason=ended.reason)
        finally:
            progress_file.close()
        if self.status.state is State.FINISHED:
            self.run.finish(self.status)
        return self.status

    def _check_wanted(self) -> None:
        self.run.check_there()
        if self.stop.is_set():
            raise _Ended(State.KILLED, "interrupted")
        request = self.run.requested()
        if request == "pause":
            raise _Ended(State.PAUSED, "paused on request")
        if request == "stop":
            raise _Ended(State.KILLED, "stopped on request")

    def _begin(self) -> Evolution | Circuit:
        """Evolution from the last checkpoint, else from its start; or a circuit that is to be kept as it is."""
        self._check_wanted()
        work, run = self.work, self.run
        found = restore(run, work)
        if found is not None:
            evolution, before = found
            self.status = replace(self.status, bound=before.bound, proved=before.proved)
            run.add_event("resumed", attempt=self.status.attempt, generation=evolution.generation)
            self._constructed = before.seconds
            return evolution
        start = self._start_circuit()
        self._constructed = 0.0
        if work.method != "evolve":
            made = construct(
                work.problem,
                work.geometry,
                work.costs,
                budget=work.settings.threshold,
                objective=work.objective,
                metric=work.settings.metric,
                seed=run.manifest.seed,
                progress=lambda _: self._check_wanted(),
            )
            start = made.circuit
            self._constructed = round(made.seconds, 3)
            self.status = replace(self.status, seconds=self._constructed, bound=made.bound, proved=made.proved)
            if work.method == "construct" or made.proved:
                return start
        evolution = Evolution(work.problem, work.geometry, work.costs, work.settings, run.manifest.seed, start=start)
        if work.method != "evolve":
            save(run, evolution, self._before())
        return evolution

    def _before(self) -> Before:
        return Before(self._constructed, self.status.bound, self.status.proved)

    def _start_circuit(self) -> Circuit | None:
        """Circuit of the stored run that evolution is to begin with, if one was named."""
        name = self.run.manifest.settings["start"]
        return None if name is None else Run(self.run.directory.parent / name).best()

    def _evolve(
        self, evolution: Evolution, acknowledged: int, progress_file: ProgressWriter, improvements: Improvements
    ) -> None:
        written = saved = time.monotonic()
        stored: Circuit | None = None
        try:
            for progress in _slices(evolution, acknowledged, self.work.time_limit):
                self.run.check_there()
                new = [row for row in progress.improvements if row.generation > acknowledged]
                progress_file.write(_row(improvement, progress) for improvement in new)
                self.status = _updated(self.status, progress, self._constructed)
                improvements.follow(evolution, progress)
                self.report(self.run, progress)
                if progress.finished is None:
                    self._check_wanted()
                now = time.monotonic()
                if now - saved >= self.checkpoint_seconds and progress.finished is None:
                    # Rows first: a checkpoint never knows of a row that the disk does not hold.
                    progress_file.sync()
                    save(self.run, evolution, self._before())
                    best = evolution.best
                    if stored is None or best != stored:
                        improvements.store(best)
                        self.run.write_best(best)
                        stored = best
                    saved = time.monotonic()
                if now - written >= STATUS_SECONDS:
                    self.run.write_status(self.status)
                    written = time.monotonic()
        except _Ended:
            progress_file.sync()
            save(self.run, evolution, self._before())
            improvements.store(evolution.best)
            self._store_best(evolution.best)
            raise
        progress_file.sync()
        improvements.store(evolution.best)
        self._store_best(evolution.best)
        self.status = replace(self.status, state=State.FINISHED, reason=evolution.finished)

    def _store_best(self, best: Circuit) -> None:
        work = self.work
        evaluation = evaluate(best, work.problem, work.costs, work.settings.metric)
        self.run.write_best(best)
        self.run.drop_metrics()
        self.run.write_weights(evaluation.outputs, work.selected.put_back(work.model, evaluation.outputs))
        layers = work.selected.at_once(evaluation.outputs)
        sinks = shared_sinks(layers, work.costs) if layers and work.costs.has("mux", 2) else None
        self.status = replace(
            self.status,
            sink_muxes=None if sinks is None else sinks.multiplexers,
            sink_mux_energy=None if sinks is None else sinks.energy,
            error=evaluation.error,
            energy=evaluation.energy,
            area=evaluation.area,
            delay=evaluation.delay,
            depth=evaluation.depth,
            gate_count=evaluation.gate_count,
        )


def _slices(evolution: Evolution, acknowledged: int, time_limit: float | None) -> Iterator[Progress]:
    """Slices of an evolution; the time limit counts only beyond the rows that are acknowledged.

    Otherwise a run resumed on a busier machine could end before an improvement it has already told.
    """
    if evolution.generation < acknowledged:
        for progress in evolution.run():
            yield progress
            if evolution.generation >= acknowledged:
                break
    yield from evolution.run(time_limit=time_limit)


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
    # Of the circuit, not of the slice's end: rows do not depend on how a run is sliced or resumed.
    phase = "error" if improvement.gate_count is None else "energy"
    return {**asdict(improvement), "phase": phase, "seconds": round(progress.seconds, 3)}
