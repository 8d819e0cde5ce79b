"""Carry out a run in a process that is killed at will."""

import os
import signal
import threading
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
    """Let the kernel kill such a process when it has used so much processor time; whether it was still at work.

    SIGPROF, which nobody handles, ends a process as abruptly as SIGKILL, and a busy machine does not change the moment.
    """
    pid = in_child(run, lambda: signal.setitimer(signal.ITIMER_PROF, max(seconds, 1e-4)))
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def undisturbed_end(run):
    """Let such a process come to its end, which must be a good one; returns the processor time that it used."""
    _, status, used = os.wait4(in_child(run), 0)
    assert status == 0
    return used.ru_utime + used.ru_stime


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
