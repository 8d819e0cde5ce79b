"""Run ``cgplab`` in a process of its own, as a user does."""

import os
import subprocess
import sys

from tests.waiting import SECONDS

ROOT_COMMAND = [sys.executable, "-m", "cgplab"]

MEASURING = ("evolve", "resume", "retry", "submit")
"""Commands that measure accuracies unless told otherwise."""


def cgplab(*arguments, accuracy=False, **environment):
    """Outcome of a command."""
    return subprocess.run(
        [*ROOT_COMMAND, *map(str, arguments if accuracy else unmeasured(*arguments))],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**os.environ, **environment},
        check=False,
    )


def unmeasured(*arguments):
    """A command line that measures no accuracy, which takes seconds that few tests need."""
    return [*arguments, "--no-accuracy"] if arguments[0] in MEASURING else [*arguments]
