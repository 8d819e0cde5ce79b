"""Servers of the dashboard in processes of their own."""

import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.processes import started
from tests.waiting import SECONDS

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "dashboards").glob("*.py"))]


@contextmanager
def served(*command, said=r"http://127\.0\.0\.1:(\d+)\S*"):
    """A server process, until it has told its address; yields the address's match."""
    whole = (sys.executable, "-m", *command)
    with started(*whole, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            found = re.search(said, line)
            if found:
                yield found
                break
        else:
            raise AssertionError("".join(lines))
        process.terminate()
        process.wait(SECONDS)
