"""Start the worker process of a batch, and hear from it that it has begun."""

import os
import subprocess
import sys
from collections.abc import Sequence
from threading import Thread

from cgplab.errors import InputError
from cgplab.running.accuracy import AccuracyData
from cgplab.running.paths_list import write_paths
from cgplab.running.slots import ONE_THREAD
from cgplab.running.ticket import Ticket
from cgplab.store import Run
from cgplab.store.commands import Standing, go_on

BEGUN = b"begun"
"""What a worker writes when it has its runs in its queue."""


def launch(
    runs: Sequence[Run], ticket: Ticket, jobs: int | None, confirm: bool, accuracy: AccuracyData | None = None
) -> None:
    """Start a worker in a session of its own, which outlasts this process.

    Parameters
    ----------
    runs : sequence of Run
        Pending, with the ticket's worker, or finished without an accuracy.
    ticket : Ticket
        Handed to the worker.
    jobs : int, optional
        Runs at a time.
    confirm : bool
        Whether to wait until the worker says that it has begun.
    accuracy : AccuracyData, optional
        Images to measure accuracies on; default: none are measured.

    Raises
    ------
    InputError
        The worker cannot be started, or ended without a word; the runs are pending without a worker.
    """
    hear, tell = os.pipe()
    try:
        write_paths(ticket.list, [run.directory.resolve() for run in runs])
        process = _popen(ticket, jobs, tell, accuracy)
    except OSError as error:
        os.close(hear)
        raise InputError(f"the worker cannot be started: {error.strerror}; {_WAY_ON}") from error
    finally:
        os.close(tell)
        ticket.lock.release()
    # A worker that ends before this process must not stay behind as a zombie.
    Thread(target=process.wait, daemon=True).start()
    with os.fdopen(hear, "rb") as answer:
        # Its end of the pipe closes when it has spoken, or died.
        if confirm and answer.read() != BEGUN:
            said = ticket.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            why = said[-1] if said else "it ended without a message"
            raise InputError(f"the worker did not begin: {why}; the runs are stored, {_WAY_ON}")


_WAY_ON = f"go on with: {go_on(Standing.ORPHANED)}"


def _popen(ticket: Ticket, jobs: int | None, tell: int, accuracy: AccuracyData | None) -> "subprocess.Popen[bytes]":
    command: list[str | bytes] = [sys.executable, "-m", "cgplab.running.worker", "--share-cores"]
    command += [b"--list=" + os.fsencode(ticket.list), b"--heartbeat=" + os.fsencode(ticket.path), "--tell", str(tell)]
    if jobs is not None:
        command += ["--jobs", str(jobs)]
    if accuracy is not None:
        command += ["--accuracy", accuracy.to_text()]
    with ticket.log.open("ab") as log:
        return subprocess.Popen(
            command,
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            # The lock stays held without a gap: by this process until here, by the worker until it ends.
            pass_fds=(ticket.lock.descriptor, tell),
        )
