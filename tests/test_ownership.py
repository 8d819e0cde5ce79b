"""The suite's own rule: what a test starts ends with it, however far it went away."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.processes import SESSION, TEST, started
from tests.waiting import SECONDS, until

ROOT = Path(__file__).resolve().parents[1]
RULES = "from tests.ownership import own as pytest_configure\n"
WAYS = {
    "child": "subprocess.Popen(['sleep', '100000'])",
    "detached": "subprocess.run(['sh', '-c', 'setsid setsid sleep 100000 &'])",
    "child_without_environment": "subprocess.Popen(['sleep', '100000'], env={})",
    "fork": "os.fork() or os.execvpe('sleep', ['sleep', '100000'], {})",
}
LEAVING = "".join(f"def test_{name}():\n    {statement}\n" for name, statement in WAYS.items())
KEEPING = """
@pytest.fixture(scope="module")
def server():
    with started("sleep", 100000) as process:
        yield process
def test_uses(server):
    subprocess.run(["true"])
def test_finds(server):
    assert server.poll() is None
"""
HEAD = "import os, subprocess, pytest\nfrom tests.processes import started\n"


@pytest.fixture
def inner(tmp_path):
    """Command and options of a pytest of its own, over tests that are given as text."""

    def command(text):
        (tmp_path / "conftest.py").write_text(RULES)
        (tmp_path / "test_inner.py").write_text(HEAD + text)
        environment = {name: value for name, value in os.environ.items() if name not in (SESSION, TEST)}
        # Sleepers do not end however long the inner suite waits for them.
        environment |= {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "CGPLAB_TEST_SLOWNESS": "0.1"}
        ini = f"--rootdir={tmp_path}"
        # No closing summary: where it is cut off depends on the environment (`CI`).
        words = [sys.executable, "-m", "pytest", "-q", "-rN", "-p", "no:cacheprovider", ini, tmp_path]
        return words, {"env": environment, "text": True, "stdout": subprocess.PIPE, "cwd": tmp_path}

    return command


def asleep(tmp_path):
    """The processes that the inner tests have started."""
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == "sleep" and process.cwd() == str(tmp_path):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_what_is_left_running_is_killed_and_its_test_named(inner, tmp_path):
    words, options = inner(LEAVING + "def test_innocent():\n    pass\n")
    with started(*words, **options) as process:
        output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 1, output
    for name in WAYS:
        assert f"ERROR at teardown of test_{name} " in output
    assert output.count("sleep 100000") == len(WAYS)
    assert f"{len(WAYS) + 1} passed, {len(WAYS)} errors" in output
    assert asleep(tmp_path) == []


def test_what_fixtures_share_lives_until_their_end(inner, tmp_path):
    words, options = inner(KEEPING)
    with started(*words, **options) as process:
        output, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, output
    assert asleep(tmp_path) == []


def test_a_killed_session_leaves_nothing(inner, tmp_path):
    words, options = inner("def test_hangs():\n    subprocess.run(['setsid', 'sleep', '100000'])\n")
    with started(*words, **options) as process:
        until(lambda: asleep(tmp_path), "the inner test starts its process")
        process.send_signal(signal.SIGKILL)
        until(lambda: not asleep(tmp_path), "the guardian ends what the session started")
