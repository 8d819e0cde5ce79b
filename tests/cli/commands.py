"""Run ``cgplab`` in a process of its own, as a user does."""

import os
import subprocess
import sys

from tests.waiting import SECONDS

ROOT_COMMAND = [sys.executable, "-m", "cgplab"]


def cgplab(*arguments, **environment):
    return subprocess.run(
        [*ROOT_COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**os.environ, **environment},
        check=False,
    )
