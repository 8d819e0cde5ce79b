"""Fixtures of the tests of commands."""

import io
import signal
import sys
from types import SimpleNamespace

import pytest

from cgplab.cli import main


@pytest.fixture
def cgplab(monkeypatch, capfd):
    """The command in this process, which has its libraries loaded."""
    terminate = signal.getsignal(signal.SIGTERM)

    def run(*arguments):
        monkeypatch.setattr(sys, "stdin", io.StringIO())  # nobody is there to answer
        monkeypatch.setattr(sys, "argv", ["cgplab", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return SimpleNamespace(returncode=ended.value.code or 0, stdout=out, stderr=err)

    yield run
    signal.signal(signal.SIGTERM, terminate)
