"""Carry out a run in a process that is killed at will."""

import os
import signal
import threading
import time
from contextlib import suppress

from cgplab.running.execute import execute


def quiet(run, progress):
    """Report nothing."""


def in_child(run, prepare=lambda: None, checkpoint_seconds=0.0, stop=None):
    """Fork a process that carries out a run; returns its process id.

    A fork has its kernels loaded already, so that a test can afford many of them.
    """
    pid = os.fork()
    if pid == 0:
        code = 1
        with suppress(BaseException):
            prepare()
            execute(run, stop or threading.Event(), quiet, checkpoint_seconds)
            code = 0
        os._exit(code)
    return pid


def killed_after(run, seconds):
    """Kill such a process after some seconds; whether it was still at work."""
    pid = in_child(run)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def undisturbed_end(run):
    """Let such a process come to its end; whether it ended well."""
    _, status = os.waitpid(in_child(run), 0)
    return status == 0


def killed_at_call(run, number, functions=("fsync", "replace", "write", "unlink", "ftruncate", "rename")):
    """Kill such a process just before its ``number``-th call that changes the disk; whether it came so far."""
    pid = in_child(run, lambda: _trap(number, functions))
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _trap(number, functions):
    calls = iter(range(1, number + 1))
    for name in functions:
        original = getattr(os, name)

        def trapped(*arguments, original=original, **options):
            if next(calls, number) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **options)

        setattr(os, name, trapped)


def outcome(run):
    """Everything of a finished run that may not depend on how often it was killed."""
    status = run.status
    rows = [{name: value for name, value in row.items() if name != "seconds"} for row in run.progress()]
    measures = ("state", "reason", "generation", "children", "accepted", "improved", "error", "energy", "area", "delay")
    return (
        run.best().to_text(),
        {name: array.tobytes() for name, array in run.weights().items()},
        [getattr(status, name) for name in measures],
        rows,
    )
