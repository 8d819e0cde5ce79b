"""The worker process: ``python -m cgplab.running.worker RUN_DIR... [--jobs N]``.

It carries out a batch of runs in threads, each from its last checkpoint if there is one. SIGTERM and SIGINT make it
store checkpoints and exit with 0; runs it did not come to stay pending. Exit codes: 0 all ended or were stored,
1 some failed, 2 it was called wrongly.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from cgplab.errors import InputError
from cgplab.running.batch import Batch
from cgplab.running.queue import queue_up
from cgplab.running.slots import ONE_THREAD, Slots, check_jobs
from cgplab.store import Run, State, Store
from cgplab.terminal import one_line

GRACE_SECONDS = 8.0
"""How long a stopped worker waits for its threads; batch systems kill after ten seconds or more."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the worker; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m cgplab.running.worker",
        description="Carry out runs of a store, each from its last checkpoint.",
        fromfile_prefix_chars="@",
    )
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN_DIR", help="run directory; @FILE: one per line")
    parser.add_argument("--jobs", type=int, metavar="N", help="runs at a time; default: usable cores")
    parser.add_argument(
        "--share-cores", action="store_true", help="wait for a core that no other worker of the store uses"
    )
    options = parser.parse_args(arguments)
    try:
        return _carry_out(options.runs, options.jobs, options.share_cores)
    except InputError as error:
        print(f"cgplab worker: {one_line(error)}", file=sys.stderr)
        return 2


def _carry_out(directories: Sequence[Path], jobs: int | None, share: bool) -> int:
    check_jobs(jobs)
    complaints: list[str] = []

    def complain(text: str) -> None:
        complaints.append(text)
        print(f"cgplab worker: {one_line(text)}", file=sys.stderr, flush=True)

    runs = [Run(directory.resolve()) for directory in directories]
    queued = queue_up(runs, complain)
    slots = Slots(Store(runs[0].directory.parents[1]), jobs) if share else None
    batch = Batch(queued, lambda *_: None, jobs, slots=slots, complain=complain)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: batch.stop.set())
    batch.start()
    while not batch.wait(0.2):
        if batch.stop.is_set() and not batch.wait(GRACE_SECONDS):
            # What is still busy, compiling say, has its last checkpoint and is seen as crashed.
            print("cgplab worker: left while a run could not be interrupted", file=sys.stderr, flush=True)
            os._exit(0)
    for name, status in batch.statuses.items():
        print(one_line(f"{name} {status.state.value}: {status.reason}"))
    failed = any(status.state is State.FAILED for status in batch.statuses.values())
    return 1 if failed or (complaints and not batch.stop.is_set()) else 0


if __name__ == "__main__":
    if not ONE_THREAD.keys() <= os.environ.keys():
        # Libraries settle their numbers of threads when they load, which was before this line.
        os.environ.update({**ONE_THREAD, **os.environ})
        os.execv(sys.executable, [sys.executable, "-m", "cgplab.running.worker", *sys.argv[1:]])
    sys.exit(main())
