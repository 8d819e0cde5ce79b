"""What a job of an array does: carry out its batch of runs, from scratch disk or in place.

``python -m cgplab.running.cluster.job SUBMISSION BATCH...`` on a node; with several batches the batch system's
number of this job in its array says which.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from cgplab.errors import InputError
from cgplab.running.accuracy import missing_accuracy
from cgplab.running.cluster.scratch import copy_run
from cgplab.running.cluster.script import INDEXES
from cgplab.running.cluster.submission import Submission
from cgplab.running.paths_list import write_paths
from cgplab.store import Run, State
from cgplab.store.names import STATUS
from cgplab.store.status import HEARTBEAT_SECONDS
from cgplab.store.verify import verify_run
from cgplab.terminal import one_line

POLL_SECONDS = 0.5
RUNS = "runs"


class Job:
    """One batch of a submission on this node.

    Parameters
    ----------
    submission : Submission
    batch : int
    """

    def __init__(self, submission: Submission, batch: int) -> None:
        self._settings, self._accuracy = submission.settings, submission.accuracy
        runs = submission.runs(batch)
        unmeasured = () if self._accuracy is None else missing_accuracy(runs, self._accuracy)
        self._runs = [run for run in runs if run.status_or_rebuilt().state is not State.FINISHED or run in unmeasured]
        self._name = f"cgplab-{submission.id}-{batch}-"
        self._asked = False
        self._worker: subprocess.Popen[bytes] | None = None

    def carry_out(self) -> int:
        """Carry out the batch until it is done, the walltime is nearly over, or SIGTERM arrives.

        Returns
        -------
        int
            Exit status of the worker: 0 also when runs were stopped and can be resumed.
        """
        if not self._runs:
            return 0
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)
        if self._settings.scratch is None:
            return self._work(self._runs, lambda: None)
        return self._work_on_scratch(Path(os.path.expandvars(self._settings.scratch)))

    def _work_on_scratch(self, disk: Path) -> int:
        if not disk.is_dir():
            raise InputError(f"scratch {self._settings.scratch} is {disk} on this node, which is not a directory")
        with ExitStack() as stack:
            # Held in the store while the copies are worked on, so that nobody else takes the runs.
            for run in self._runs:
                stack.enter_context(run.claimed())
            scratch = Path(stack.enter_context(TemporaryDirectory(prefix=self._name, dir=disk)))
            copies = [Run(scratch / RUNS / run.id) for run in self._runs]
            for run, copy in zip(self._runs, copies, strict=True):
                copy_run(run.directory, copy.directory)
                _copy_start(run, copy)

            def bring_back() -> None:
                for run, copy in zip(self._runs, copies, strict=True):
                    _bring_back(copy, run)

            stack.callback(bring_back)
            return self._work(copies, bring_back)

    def _work(self, runs: Sequence[Run], bring_back: Callable[[], None]) -> int:
        with TemporaryDirectory(prefix=self._name) as place:
            return self._watch(self._started(runs, Path(place) / RUNS), bring_back)

    def _started(self, runs: Sequence[Run], listed: Path) -> "subprocess.Popen[bytes]":
        """Worker that carries out runs; their paths, which may be long and many, stand in a file."""
        write_paths(listed, [run.directory for run in runs])
        worker = [sys.executable, "-m", "cgplab.running.worker"]
        if self._accuracy is not None:
            worker += ["--accuracy", self._accuracy.to_text()]
        # A session of its own: the batch system's signal comes here, and the worker is asked once.
        return subprocess.Popen(
            [*worker, "--jobs", str(self._settings.cores), "--list", listed], start_new_session=True
        )

    def _watch(self, worker: "subprocess.Popen[bytes]", bring_back: Callable[[], None]) -> int:
        """Wait for the worker; its exit status."""
        begun = copied = beaten = time.monotonic()
        self._worker = worker
        if self._asked:
            self._worker.terminate()
        while True:
            try:
                return self._worker.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                now = time.monotonic()
            if now - begun >= self._settings.search_seconds and not self._asked:
                print(f"cgplab: stopping after {self._settings.search_seconds} s, to be resumed", flush=True)
                self._ask()
            if now - copied >= 60 * self._settings.copy_back:
                bring_back()
                copied = time.monotonic()
            if now - beaten >= HEARTBEAT_SECONDS:
                for run in self._runs:
                    os.utime(run.directory / STATUS)
                beaten = now

    def _ask(self, *_: object) -> None:
        """Ask the worker to store checkpoints and end."""
        self._asked = True
        if self._worker is not None:
            self._worker.terminate()


def _bring_back(copy: Run, run: Run) -> None:
    """Update a run in the store from its copy, unless the run has finished and its copy is damaged."""
    if copy.status_or_rebuilt().state is State.FINISHED and (found := verify_run(copy)):
        print(
            f"cgplab: run {run.id} is not brought back: {found[0].path}: {found[0].what}", file=sys.stderr, flush=True
        )
        return
    copy_run(copy.directory, run.directory)


def _copy_start(run: Run, copy: Run) -> None:
    """Bring along the run whose circuit evolution begins with, if there is one."""
    name = run.manifest.settings["start"]
    if name is not None:
        copy_run(run.directory.parent / name, copy.directory.parent / name)


def batch_of_job(system: str, batches: Sequence[int], environment: Mapping[str, str]) -> int:
    """Batch that this job of an array carries out.

    Parameters
    ----------
    system : {"slurm", "pbs"}
    batches : sequence of int
        By the number of the job in its array.
    environment : mapping
        Of this process.

    Raises
    ------
    InputError
        There are several, and the batch system does not say which, or says different things.
    """
    if len(batches) == 1:
        return batches[0]
    found = {name: environment[name] for name in INDEXES[system] if environment.get(name)}
    told = " and ".join(f"{name}={value}" for name, value in found.items())
    if len(set(found.values())) != 1:
        raise InputError(
            f"this job does not know its number among {len(batches)} jobs: {told or 'none'} of "
            f"{', '.join(INDEXES[system])} is set; submit job.sh as the array it asks for, see: cgplab submit"
        )
    number = next(iter(found.values()))
    if not number.isdecimal() or int(number) >= len(batches):
        raise InputError(f"{told} is not a job number from 0 to {len(batches) - 1}; submit again: cgplab submit")
    return batches[int(number)]


def main(arguments: Sequence[str]) -> int:
    """Carry out one batch; the exit status."""
    directory, *numbers = arguments
    try:
        submission = Submission.read(Path(directory).resolve())
        return Job(submission, batch_of_job(submission.system, list(map(int, numbers)), os.environ)).carry_out()
    except InputError as error:
        print(f"cgplab: {one_line(error)}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
