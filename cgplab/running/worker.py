"""The worker process: ``python -m cgplab.running.worker [--jobs N] RUN_DIR... | --list FILE``.

It carries out a batch of runs in threads, each from its last checkpoint if there is one. SIGTERM and SIGINT make it
store checkpoints and exit with 0; runs it did not come to stay pending. With ``--accuracy`` it measures the accuracy of
runs as they end, and that of finished ones in its list that lack it. Exit codes: 0 all ended or were stored, 1 some
failed, 2 it was called wrongly.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cgplab.errors import InputError
from cgplab.running.accuracy import AccuracyData, missing_accuracy
from cgplab.running.batch import Batch
from cgplab.running.launch import BEGUN
from cgplab.running.measuring import Measuring
from cgplab.running.paths_list import read_paths
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
    )
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN_DIR", help="run directory")
    parser.add_argument("--list", type=Path, metavar="FILE", help="file with more of them, each ended by a NUL")
    parser.add_argument("--jobs", type=int, metavar="N", help="runs at a time; default: usable cores")
    parser.add_argument(
        "--share-cores", action="store_true", help="wait for a core that no other worker of the store uses"
    )
    parser.add_argument(
        "--accuracy", metavar="JSON", help="images to measure accuracies on as runs end, {} for all; default: none"
    )
    parser.add_argument("--heartbeat", type=Path, metavar="FILE", help="file to touch every 10 s, to show it lives")
    parser.add_argument("--tell", type=int, metavar="FD", help="descriptor to write to when the runs are queued")
    options = parser.parse_args(arguments)
    try:
        return _carry_out(_named(options), options)
    except InputError as error:
        print(f"cgplab worker: {one_line(error)}", file=sys.stderr)
        return 2


def _named(options: argparse.Namespace) -> list[Path]:
    try:
        directories = [*options.runs, *(read_paths(options.list) if options.list is not None else ())]
    except OSError as error:
        raise InputError(f"cannot read {options.list}: {error.strerror}") from error
    if not directories:
        raise InputError("no run is named; give run directories or --list FILE")
    return directories


def _carry_out(directories: Sequence[Path], options: argparse.Namespace) -> int:
    check_jobs(options.jobs)
    complaints: list[str] = []

    def complain(text: str) -> None:
        complaints.append(text)
        print(f"cgplab worker: {one_line(text)}", file=sys.stderr, flush=True)

    accuracy = None if options.accuracy is None else AccuracyData.of_text(options.accuracy)
    runs = [Run(directory.resolve()) for directory in directories]
    queued = queue_up(runs, complain)
    measuring = (
        None if accuracy is None else Measuring(queued, accuracy, ended=_unmeasured(runs, queued, accuracy), tell=_note)
    )
    slots = Slots(Store(runs[0].directory.parents[1]), options.jobs) if options.share_cores else None
    batch = Batch(
        queued,
        lambda *_: None,
        options.jobs,
        slots=slots,
        complain=complain,
        heartbeat=options.heartbeat,
        measuring=measuring,
    )
    if options.tell is not None and (queued or (measuring is not None and measuring.waits)):
        # Who started this worker may have gone meanwhile.
        with suppress(OSError), os.fdopen(options.tell, "wb") as answer:
            answer.write(BEGUN)
    # No more than noted: a handler that takes the event's lock waits for itself when a second signal comes meanwhile.
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: asked.append(number))
    batch.start()
    while not batch.wait(0.2):
        if not asked:
            continue
        batch.stop.set()
        if not batch.wait(GRACE_SECONDS):
            # What is still busy, compiling say, has its last checkpoint and is seen as crashed.
            print("cgplab worker: left while a run could not be interrupted", file=sys.stderr, flush=True)
            os._exit(0)
    for name, status in batch.statuses.items():
        print(one_line(f"{name} {status.state.value}: {status.reason}"))
    failed = any(status.state is State.FAILED for status in batch.statuses.values())
    return 1 if failed or (complaints and not asked) else 0


def _unmeasured(runs: Sequence[Run], queued: Sequence[Run], on: AccuracyData) -> list[Run]:
    """Runs that had ended when the worker began, and lack the accuracy."""
    names = {run.id for run in queued}
    return missing_accuracy([run for run in runs if run.id not in names], on)


def _note(text: str) -> None:
    print(one_line(text), flush=True)


if __name__ == "__main__":
    if not ONE_THREAD.keys() <= os.environ.keys():
        # Libraries settle their numbers of threads when they load, which was before this line.
        os.environ.update({**ONE_THREAD, **os.environ})
        os.execv(sys.executable, [sys.executable, "-m", "cgplab.running.worker", *sys.argv[1:]])
    sys.exit(main())
