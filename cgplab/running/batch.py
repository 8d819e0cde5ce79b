"""Carry out a batch of runs in threads, and measure their accuracies; neither holds the interpreter lock for long."""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread

from cgplab.errors import InputError
from cgplab.running.execute import Report, execute
from cgplab.running.measuring import Group, Measuring
from cgplab.running.slots import Slots, usable_cores
from cgplab.store import Run, RunTakenError, State, Status
from cgplab.store.names import MANIFEST, STATUS
from cgplab.store.status import HEARTBEAT_SECONDS

_WAKE_SECONDS = 0.1


class Batch:
    """Runs in a queue, and threads that take them from it.

    Parameters
    ----------
    runs : sequence of Run
        Started in this order. A run that is no longer pending when its turn comes is left alone.
    report : callable
        Called from the runs' threads, see :func:`execute`.
    jobs : int, optional
        Runs at a time, at least 1; default: the number of usable cores. A measurement takes the place of a run, and
        those of runs that have ended while no other one waits.
    slots : Slots, optional
        Places shared with other processes; default: none, the batch takes all it may.
    complain : callable
        Called with one line for every run that could not be carried out.
    started, done : callable
        Called from a run's thread when it begins, and with its status when it has ended.
    heartbeat : Path, optional
        File of the ticket that pending runs name; it is touched like the statuses of runs that go on.
    measuring : Measuring, optional
        Made for these runs; default: no accuracy is measured.
    """

    def __init__(
        self,
        runs: Sequence[Run],
        report: Report,
        jobs: int | None = None,
        *,
        slots: Slots | None = None,
        complain: Callable[[str], None] = lambda _: None,
        started: Callable[[Run], None] = lambda _: None,
        done: Callable[[Run, Status], None] = lambda *_: None,
        heartbeat: Path | None = None,
        measuring: Measuring | None = None,
    ) -> None:
        self.stop = Event()
        self.statuses: dict[str, Status] = {}
        self._report, self._slots, self._complain = report, slots, complain
        self._started, self._done = started, done
        self._heartbeat, self._measuring = heartbeat, measuring
        self._queue: Iterator[Run] = iter(runs)
        self._lock = Lock()
        self._going: set[Run] = set()
        self._beaten = time.monotonic()
        self._places = jobs or usable_cores()
        count = min(self._places, len(runs) or int(measuring is not None and measuring.waits))
        # Daemons, because a thread inside the constructive solver may outlast the patience of a batch system.
        # A thread tells its end by an event: Python 3.11 takes a thread for ended once a join of it was interrupted.
        ends = [Event() for _ in range(count)]
        self._threads = {Thread(target=self._work_to_the_end, args=(end,), daemon=True): end for end in ends}

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def _work_to_the_end(self, end: Event) -> None:
        try:
            self._work()
        finally:
            end.set()

    def wait(self, seconds: float = math.inf) -> bool:
        """Wait for the end of all runs while keeping their heartbeats up; whether it came within the time."""
        until = time.monotonic() + seconds
        while alive := [end for thread, end in self._threads.items() if thread.ident is not None and not end.is_set()]:
            now = time.monotonic()
            if now >= until:
                return False
            if now - self._beaten >= HEARTBEAT_SECONDS:
                self._beat()
                self._beaten = now
            alive[0].wait(min(_WAKE_SECONDS, until - now))
        return True

    def _beat(self) -> None:
        with self._lock:
            beating = [run.directory / STATUS for run in self._going]
        for path in (*beating, *([self._heartbeat] if self._heartbeat is not None else [])):
            # The file system's clock, the same for all who look at it. A disk that takes no heartbeat ends no run.
            with suppress(OSError):
                os.utime(path)

    def _work(self) -> None:
        while not self.stop.is_set():
            try:
                slot = None if self._slots is None else self._slots.take(self.stop)
            except InputError as error:
                self._complain(f"no further runs will start: {error}")
                return
            try:
                with self._lock:
                    if self.stop.is_set():
                        return
                    group = None if self._measuring is None else self._measuring.take()
                    run = next(self._queue, None) if group is None else None
                if group is not None:
                    self._measure(group)
                elif run is not None:
                    self._carry_out(run)
                else:
                    return  # whoever measures now takes what becomes ready meanwhile
            finally:
                if slot is not None:
                    slot.release()

    def _measure(self, group: Group) -> None:
        assert self._measuring is not None
        try:
            self._measuring.measure(group, self._cores, self.stop)
        finally:
            with self._lock:
                self._measuring.release()

    @contextmanager
    def _cores(self) -> Iterator[int]:
        """The core of the thread that measures, and those that no run of the batch needs any more."""
        spare = self._places - sum(not end.is_set() for end in self._threads.values())
        with ExitStack() as stack:
            lent = 0
            while lent < spare:
                if self._slots is not None:
                    slot = self._slots.take_free()
                    if slot is None:
                        break
                    stack.callback(slot.release)
                lent += 1
            yield 1 + lent

    def _carry_out(self, run: Run) -> None:
        try:
            if run.status.state is not State.PENDING:
                return
            with self._lock:
                self._going.add(run)
            self._started(run)
            status = self.statuses[run.id] = execute(run, self.stop, self._report)
            self._done(run, status)
        except RunTakenError as error:
            self._complain(f"{error}; left to it")
        except (InputError, OSError) as error:
            # The run cannot even be marked as failed: it is gone, or the disk is full or read-only.
            gone = not (run.directory / MANIFEST).is_file()
            self._complain(f"run {run.id} was removed before it ended" if gone else f"run {run.id}: {error}")
        finally:
            with self._lock:
                self._going.discard(run)
                if self._measuring is not None:
                    self._measuring.ended(run)
