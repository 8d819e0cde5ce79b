"""Where a run stands, and whether its process is still there."""

import os
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cgplab.errors import InputError
from cgplab.schema import Amount, Count, Finite, LongText, Name, Text, read_as
from cgplab.store.commands import Standing, go_on
from cgplab.store.locks import is_held
from cgplab.store.names import LOCK, STATUS, SUBMISSIONS
from cgplab.store.states import State

HEARTBEAT_SECONDS = 10.0
"""How often at least a worker touches the status of a run it carries out."""
LOST_SECONDS = 60.0
"""A run on another machine counts as crashed when its heartbeat is older than this."""
_TICKET = re.compile(r"[0-9A-Za-z]{1,64}")
UNQUEUED = f"no worker has it; go on with: {go_on(Standing.ORPHANED)}"
"""Reason of a pending run that nobody is going to carry out."""


def now() -> str:
    """Time of day in UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Status:
    """Where a run stands; replaced as a whole.

    ``energy``, ``area`` and ``delay`` are in pJ, um2 and ns; ``seconds`` are spent searching. Measures are
    None until the run has a circuit. ``bound`` is a cost no circuit can beat, in the objective's unit, and
    ``proved`` says whether the constructive solver met it; None for methods without it. ``sink_muxes`` and
    ``sink_mux_energy`` (pJ) are None unless the circuit serves several layers at once, see
    :mod:`cgplab.hardware.sinks`. ``worker`` names who has a pending run in its queue: ``HOST/ID`` is a process on
    that machine, ``SYSTEM ID`` a submission to a batch system.
    """

    state: State
    updated: Text
    reason: LongText | None = None
    worker: Text | None = None
    host: Name | None = None
    pid: Count | None = None
    attempt: Count = 0
    kernel: Name | None = None
    phase: Name | None = None
    generation: Count = 0
    children: Count = 0
    accepted: Count = 0
    improved: Count = 0
    neutral: Count = 0
    rejected_early: Count = 0
    seconds: Amount = 0.0
    error: Count | None = None
    energy: Amount | None = None
    area: Amount | None = None
    delay: Amount | None = None
    depth: Count | None = None
    gate_count: Count | None = None
    bound: Finite | None = None
    proved: bool | None = None
    sink_muxes: Count | None = None
    sink_mux_energy: Amount | None = None

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read from JSON; InputError when it is absent or does not hold a status."""
        return read_as(path, cls)


def ticket_path(root: Path, name: str) -> Path:
    """File that the worker called ``name`` keeps locked while it lives."""
    return root / "workers" / f"{name}.lock"


def observed(directory: Path, read: Callable[[], Status], clock: Callable[[], float] = time.time) -> Status:
    """Status as stored, corrected where the process that wrote it is gone.

    On the machine of the run no clock is asked: a live worker holds the run's lock, and a lock frees itself when
    its process dies. On another machine a held lock proves life as well; a free one may only mean that
    locks do not travel between the machines, so there the age of the heartbeat decides.

    Parameters
    ----------
    directory : Path
        Of the run.
    read : callable
        Reads the stored status.
    clock : callable
        Time of day, s since 1970.
    """
    status = read()
    if status.state is State.PENDING:
        queued = is_queued(directory.parents[1], status.worker, clock)
        return status if queued else replace(status, reason=UNQUEUED)
    if status.state is not State.RUNNING or is_held(directory / LOCK):
        return status
    # The run may have ended between the two looks.
    status = read()
    if status.state is not State.RUNNING:
        return status
    if status.host == socket.gethostname():
        reason = f"its process {status.pid} is gone without a word"
    else:
        try:
            age = clock() - os.stat(directory / STATUS).st_mtime
        except OSError as error:
            raise InputError(f"{directory / STATUS} cannot be read: {error.strerror}") from error
        if age <= LOST_SECONDS:
            return status
        reason = f"no heartbeat from {status.host} for {age:.0f} s"
    return replace(status, state=State.CRASHED, reason=f"{reason}; go on with: {go_on(Standing.CRASHED)}")


def is_queued(root: Path, worker: str | None, clock: Callable[[], float] = time.time) -> bool:
    """Whether a live worker, or a job array of a batch system, has a pending run in its queue.

    A worker of this machine holds its lock. On another machine the age of its heartbeat decides as well.
    """
    if worker is None:
        return False
    host, _, name = worker.partition("/")
    submission = worker.rpartition(" ")[2]
    if not _TICKET.fullmatch(name or submission):
        return True
    if not name:
        return (root / SUBMISSIONS / submission).is_dir()
    path = ticket_path(root, name)
    if is_held(path):
        return True
    if host == socket.gethostname():
        return False
    try:
        return clock() - os.stat(path).st_mtime <= LOST_SECONDS
    except FileNotFoundError:
        return False
