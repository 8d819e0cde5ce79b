"""Runs of a store split into the jobs of an array, and what is kept of that on disk."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self, TypedDict

from ulid import ULID

from cgplab.errors import InputError
from cgplab.files import write_json
from cgplab.running.accuracy import AccuracyData
from cgplab.running.cluster.scheduler import queued
from cgplab.running.cluster.script import job_script
from cgplab.running.cluster.settings import ClusterSettings
from cgplab.schema import Count, Identifier, Name, read_as
from cgplab.store import Run, Store
from cgplab.store.names import SUBMISSIONS
from cgplab.words import counted

FILE = "submission.json"
LOGS = "logs"


@dataclass(frozen=True)
class Array:
    """A job array that was handed to the batch system.

    Attributes
    ----------
    job : str
        Id that the batch system gave it.
    batches : tuple of int
        Batch of each of its jobs.
    """

    job: Name
    batches: tuple[Count, ...]


class _Stored(TypedDict):
    system: Literal["slurm", "pbs"]
    settings: ClusterSettings
    accuracy: AccuracyData | None
    batches: tuple[tuple[Identifier, ...], ...]
    arrays: tuple[Array, ...]


@dataclass(frozen=True)
class Submission:
    """Runs split into batches, one job each.

    Attributes
    ----------
    directory : Path
        In the store, so that a copy of the store on another machine can be submitted there.
    system : {"slurm", "pbs"}
    settings : ClusterSettings
    batches : tuple of tuple of str
        Ids of runs.
    accuracy : AccuracyData, optional
        Images to measure accuracies on as runs end.
    arrays : tuple of Array
        Submitted so far, oldest first.
    """

    directory: Path
    system: str
    settings: ClusterSettings
    batches: tuple[tuple[str, ...], ...]
    accuracy: AccuracyData | None = None
    arrays: tuple[Array, ...] = ()

    @property
    def id(self) -> str:
        """Name of the submission in its store."""
        return self.directory.name

    @property
    def store(self) -> Store:
        """Store that the submission lies in."""
        return Store.open(self.directory.parent.parent)

    def runs(self, batch: int) -> list[Run]:
        """Runs of a batch.

        Raises
        ------
        InputError
            There is no such batch.
        """
        if not 0 <= batch < len(self.batches):
            raise InputError(f"submission {self.id} has batches 0 to {len(self.batches) - 1}, not {batch}")
        root = self.directory.parent.parent / "runs"
        return [Run(root / name) for name in self.batches[batch]]

    def script(self, batches: Sequence[int]) -> Path:
        """Write the script of an array over some batches; its path."""
        (self.directory / LOGS).mkdir(parents=True, exist_ok=True)
        path = self.directory / "job.sh"
        path.write_text(job_script(self.system, f"cgplab-{self.id[-6:].lower()}", list(batches), self.settings))
        path.chmod(0o755)
        return path

    def submitted(self, array: Array) -> "Submission":
        """The submission with one more array, stored."""
        return replace(self, arrays=(*self.arrays, array)).write()

    def queue(self) -> dict[int, str]:
        """State in the batch system's words of every batch whose job has not ended."""
        states = {}
        members = {array.job: array.batches for array in self.arrays}
        for job in queued(self.system, list(members)):
            batches = members[job.array]
            for batch in batches if job.index is None else batches[job.index : job.index + 1]:
                states[batch] = job.state
        return states

    def write(self) -> "Submission":
        """Store the submission."""
        fields: dict[str, Any] = asdict(self)
        del fields["directory"]
        self.directory.mkdir(parents=True, exist_ok=True)
        write_json(self.directory / FILE, fields)
        return self

    @classmethod
    def create(
        cls,
        store: Store,
        system: str,
        runs: Sequence[Run],
        jobs: int | None,
        settings: ClusterSettings,
        accuracy: AccuracyData | None = None,
    ) -> Self:
        """Split runs into the batches of a new submission and write its script.

        Parameters
        ----------
        store : Store
        system : str
            One of :data:`SYSTEMS`.
        runs : sequence of Run
            At least one.
        jobs : int, optional
            Jobs of the array; default: so many that every run of a job has a core of its own.
        settings : ClusterSettings
        accuracy : AccuracyData, optional
            Images to measure accuracies on as runs end; default: none are measured.
        """
        if not runs:
            raise InputError("no unfinished runs to submit; plan some with: cgplab evolve --plan ...")
        if jobs is not None and not 1 <= jobs <= len(runs):
            raise InputError(f"{counted(len(runs), 'run')} can be split into 1 to {len(runs)} batches, not {jobs}")
        count = jobs or -(-len(runs) // settings.cores)
        batches = tuple(tuple(run.id for run in runs[first::count]) for first in range(count))
        submission = cls(store.root / SUBMISSIONS / str(ULID()), system, settings, batches, accuracy)
        submission.write()
        submission.script(range(count))
        return submission

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Submission that was stored in a directory.

        Raises
        ------
        InputError
            There is none, or it is damaged.
        """
        found = read_as(directory / FILE, _Stored)
        return cls(directory, found["system"], found["settings"], found["batches"], found["accuracy"], found["arrays"])


def find_submission(store: Store, name: str) -> Submission:
    """Submission by its id, the start or end of it, or ``last``.

    Raises
    ------
    InputError
        None or several fit.
    """
    folder = store.root / SUBMISSIONS
    known = sorted(path.name for path in folder.iterdir() if (path / FILE).is_file()) if folder.is_dir() else []
    if not known:
        raise InputError(f"the store {store.root} holds no submissions; make one with: cgplab submit slurm")
    if name == "last":
        return Submission.read(folder / known[-1])
    wanted = name.upper()
    found = [known_name for known_name in known if known_name.startswith(wanted) or known_name.endswith(wanted)]
    if len(found) != 1:
        problem = "no submission" if not found else f"{len(found)} submissions"
        raise InputError(f"{problem} named {name!r} in the store {store.root}; known: {', '.join(known[-5:])}")
    return Submission.read(folder / found[0])
