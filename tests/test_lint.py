"""Rules for tests that a linter does not know."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
MAY_WAIT = {"waiting.py", "processes.py"}
"""Where limits in seconds, clocks and sleeping stand; see tests/waiting.py."""
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"}
SLEEPS = {"sleep", "wait_for_timeout"}
WAITS = {"wait", "join", "result", "timeout", "wait_procs"}
SOURCES = sorted(path for path in TESTS.rglob("*.py") if path.relative_to(TESTS).as_posix() not in MAY_WAIT)


def _is_number(node):
    """Whether an expression is made of numbers alone, such as ``60`` or ``2 * 60``."""
    if isinstance(node, ast.BinOp):
        return _is_number(node.left) and _is_number(node.right)
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def faults(source):
    """Lines on which a test would depend on time, with the reason."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS | SLEEPS:
            found.append((node.lineno, f"{node.attr}: wait for a condition with tests.waiting.until"))
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found.append((node.lineno, "from time import: wait for a condition with tests.waiting.until"))
        elif isinstance(node, ast.Compare):
            calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
            if any(ast.unparse(call.func) in ("time.time", "datetime.now") for call in calls):
                found.append((node.lineno, "a comparison with the clock: no test depends on time"))
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            limits = [word.value for word in node.keywords if word.arg and "timeout" in word.arg]
            if name in WAITS:
                limits += node.args
            if any(_is_number(limit) for limit in limits):
                found.append((node.lineno, "a number of seconds: take a limit of tests.waiting"))
    return sorted(set(found))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_no_test_depends_on_time(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(1)",
        "from time import sleep",
        "page.wait_for_timeout(PATIENCE)",
        "begun = time.perf_counter()",
        "assert time.time() < end",
        "subprocess.run(command, timeout=60)",
        "process.communicate(timeout=2 * 60)",
        "process.wait(60)",
        "thread.join(5.0)",
        "pytestmark = pytest.mark.timeout(600)",
        "HTTPRequest(url, request_timeout=60)",
    ],
)
def test_what_would_depend_on_time_is_found(line):
    assert [number for number, _ in faults(f"\n{line}\n")] == [2]


@pytest.mark.parametrize(
    "line",
    [
        "os.utime(path, (time.time() - age,) * 2)",
        "process.wait(SECONDS)",
        "', '.join(['7'] * 16)",
        "Request(time_limit=5)",
    ],
)
def test_what_does_not_depend_on_time_is_left_alone(line):
    assert faults(line) == []
