"""Holds every test to the rule that what it starts ends with it."""

import os
import signal
import subprocess
import sys
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from tests.processes import Guard, kill, of_session, session_id


def own(config: pytest.Config) -> None:
    """Apply the rule to a session; a guardian applies it when the session's first process is killed."""
    # A suite that a shell has put into the background ignores Ctrl-C, and so would every command that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Python's own, which lives as long as the process that needs it first, whichever test that is in.
    resource_tracker.ensure_running()
    first = not hasattr(config, "workerinput")
    if first and not config.option.collectonly:
        command = [sys.executable, "-m", "tests.guardian", str(os.getpid()), session_id()]
        subprocess.Popen(command, start_new_session=True, cwd=Path(__file__).parents[1])
    config.pluginmanager.register(Ownership(first), "ownership")


class Ownership:
    """Hooks of pytest that name, look for, and end the processes of tests.

    Parameters
    ----------
    first : bool
        Whether this is the session's first process, which looks again at the end, for all workers.
    """

    def __init__(self, first: bool) -> None:
        self._first = first
        self._guard = Guard()
        self._left: list[str] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        with self._guard.test(item.nodeid):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef):
        if fixturedef.scope == "function":
            return (yield)
        with self._guard.shared(fixturedef.argname):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item):
        result = yield
        if left := self._guard.leftovers():
            pytest.fail("left running, and killed:\n" + "\n".join(kill(left)), pytrace=False)
        return result

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session):
        result = yield
        if self._first:
            left = of_session(session_id())
            self._left = [f"{test}: {line}" for process, test in left.items() for line in kill([process])]
            if self._left:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return result

    def pytest_terminal_summary(self, terminalreporter):
        if self._left:
            terminalreporter.section("processes that outlived the session, and were killed", red=True)
            for line in self._left:
                terminalreporter.line(line)
