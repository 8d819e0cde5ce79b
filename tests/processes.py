"""The processes that tests start: owned, and none outlives its test.

Start one with :func:`started`, which ends it with its whole process group::

    with started(sys.executable, "-m", "cgplab", "dashboard", stdout=subprocess.PIPE) as process:
        ...

What a command under test starts itself, detached and in a session of its own, is found by its environment: two
variables, set by ``tests/conftest.py``, tell which session and which test it stems from. The ``guard`` of each pytest
process (under xdist, of each worker) looks after every test; the first process looks again when all is over, and
``tests/guardian.py`` cleans up after a first process that is killed.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import psutil

from tests.waiting import SLOWNESS

SESSION = "CGPLAB_TEST_SESSION"
TEST = "CGPLAB_TEST"
_SHARED = "shared by tests: "
_KERNEL, _STARTING = 2, 0.1 * SLOWNESS
_GRACE = 5 * SLOWNESS  # seconds for a process that has been asked to end, or is ending by itself


@contextmanager
def started(*command: object, **options) -> Iterator[subprocess.Popen]:
    """Run a command in a process group of its own, which is killed at the end of the block; options as of Popen."""
    with subprocess.Popen([str(word) for word in command], start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _environment(process: psutil.Process) -> dict[str, str]:
    """Variables of a process. While it is starting a program, the kernel shows none for a moment, so look again."""
    looked = time.monotonic()
    while not (found := process.environ()) and process.ppid() != _KERNEL and time.monotonic() - looked < _STARTING:
        pass
    return found


def session_id() -> str:
    """Name of this test session, which its xdist workers share."""
    return os.environ.setdefault(SESSION, uuid4().hex)


def of_session(session: str) -> dict[psutil.Process, str]:
    """All processes that carry the session's variables, with the test (or shared fixture) that they stem from."""
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            environment = _environment(process)
            if environment.get(SESSION) == session and TEST in environment:
                found[process] = environment[TEST]
    return found


def kill(processes) -> list[str]:
    """Kill processes; returns what they were, one line each."""
    processes, lines = list(processes), []
    for process in processes:
        with suppress(psutil.Error):
            lines.append(f"process {process.pid}: {' '.join(process.cmdline())[:300]}")
            process.kill()
    psutil.wait_procs(processes, timeout=_GRACE)
    return lines


class Guard:
    """Knows which processes the tests of this pytest process have started.

    Attributes
    ----------
    worker : str
        Name of the xdist worker, or ``main``.
    """

    def __init__(self) -> None:
        self.worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._session = session_id()
        self._before = set(psutil.pids())

    @contextmanager
    def test(self, name: str) -> Iterator[None]:
        """Processes started inside stem from the test ``name``."""
        outer = os.environ.get(TEST)
        os.environ[TEST] = f"{self.worker} {name}"
        try:
            yield
        finally:
            if outer is None:
                os.environ.pop(TEST, None)
            else:
                os.environ[TEST] = outer

    def shared(self, fixture: str):
        """Processes started inside belong to a fixture that several tests share; they may live until the end."""
        return self.test(f"{_SHARED}{fixture}")

    def leftovers(self) -> list[psutil.Process]:
        """Living processes that tests of this pytest process have started, once those that are ending have ended."""
        begun, pause = time.monotonic(), 0.02
        while (found := self._living()) and time.monotonic() - begun < _GRACE:
            psutil.wait_procs(found, timeout=pause)
            pause = min(1.0, 2 * pause)
        return found

    def _living(self) -> list[psutil.Process]:
        parents, tests, alive = {os.getpid(): 0}, {}, []
        for pid in set(psutil.pids()) - self._before:
            with suppress(psutil.Error, OSError):
                process = psutil.Process(pid)
                with process.oneshot():
                    parents[pid] = process.ppid()
                    if process.status() == psutil.STATUS_ZOMBIE:
                        continue
                    environment = _environment(process)
                alive.append(process)
                if environment.get(SESSION) == self._session:
                    tests[pid] = environment.get(TEST, "")
        return [process for process in alive if self._is_ours(process.pid, parents, tests)]

    def _is_ours(self, pid, parents, tests) -> bool:
        """Whether a test has started it: by its own or an ancestor's variables, or because we are its ancestor."""
        if pid == os.getpid():
            return False
        mine = f"{self.worker} "
        while pid in parents:
            test = tests.get(pid, "")
            if test.startswith(mine):
                return not test.startswith(mine + _SHARED)
            if pid == os.getpid():
                return True
            pid = parents[pid]
        return False
