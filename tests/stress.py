"""Run the suite in random order on a busy machine: ``python -m tests.stress TIMES [PYTEST OPTIONS]``."""

import shutil
import subprocess
import sys
from contextlib import ExitStack

from tests.processes import started

BUSY = 4
_PYTEST = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "worksteal", "-p", "randomly"]


def busy(stack: ExitStack) -> None:
    """Keep cores busy until the stack is closed."""
    if shutil.which("stress-ng"):
        stack.enter_context(started("stress-ng", "--quiet", "--cpu", BUSY))
    else:
        for _ in range(BUSY):
            stack.enter_context(started(sys.executable, "-c", "while True: pass"))


def main(times: int, options: list[str]) -> int:
    """Exit status of the first run that is not green, else 0."""
    with ExitStack() as stack:
        busy(stack)
        for number in range(1, times + 1):
            print(f"under load: {number} of {times}", flush=True)
            done = subprocess.run([*_PYTEST, *options], check=False)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
