"""Example runs are unpacked by a process of its own, one for all who wait; how it ends is always told."""

import psutil
import pytest

from cgplab.running.examples import example_archives
from cgplab.running.unpacking import Unpacking
from cgplab.store.locks import held
from tests.waiting import until

pytestmark = pytest.mark.skipif(not example_archives(), reason="the example runs were left out of this installation")


def ended(unpacking):
    until(lambda: unpacking.stage.ended, "the unpacking ends")
    return unpacking.stage


def test_why_it_fails_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    first = Unpacking.shared()
    assert Unpacking.shared() is first
    assert "set XDG_CACHE_HOME to another place" in ended(first).error
    again = Unpacking.shared()
    assert again is not first
    ended(again)


def test_a_killed_process_does_not_leave_anybody_waiting(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "cgplab").mkdir()
    with held(tmp_path / "cgplab" / "examples.lock"):
        waiting = Unpacking.shared()
        assert not waiting.stage.ended
        for child in psutil.Process().children():
            if "cgplab.running.unpacking" in child.cmdline():
                child.kill()
        assert "cgplab examples" in ended(waiting).error
