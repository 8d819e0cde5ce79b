"""The batch system's own commands: submit, look at the queue, cancel."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cgplab.errors import InputError

_SUBMIT = {"slurm": "sbatch", "pbs": "qsub"}
_CANCEL = {"slurm": "scancel", "pbs": "qdel"}
_PBS_STATES = {
    "B": "running", "E": "exiting", "H": "held", "Q": "queued", "R": "running", "S": "suspended",
    "T": "moving", "W": "waiting",
}  # fmt: skip


def submit_command(system: str) -> str:
    """Command that submits a job script."""
    return _SUBMIT[system]


def submit(system: str, directory: Path, script: str) -> str:
    """Submit a script from its directory; the id of the job or array.

    Raises
    ------
    InputError
        The batch system is not there or refuses.
    """
    options = ["--parsable"] if system == "slurm" else []
    answer = _call([_SUBMIT[system], *options, script], directory)
    return answer.strip().split(";")[0]


@dataclass(frozen=True)
class Queued:
    """A job that has not ended.

    Attributes
    ----------
    array : str
        Id of its array.
    index : int or None
        Which job of the array; None where the batch system speaks of the array as a whole.
    state : str
        In the batch system's words.
    """

    array: str
    index: int | None
    state: str


def queued(system: str, arrays: Sequence[str]) -> list[Queued]:
    """Jobs of some arrays that have not ended.

    Raises
    ------
    InputError
        The batch system is not there.
    """
    if not arrays:
        return []
    found = _slurm_queue() if system == "slurm" else _pbs_queue()
    numbers = {_number(array): array for array in arrays}
    return [replace(job, array=numbers[job.array]) for job in found if job.array in numbers]


def cancel(system: str, jobs: Sequence[str]) -> None:
    """End jobs; their processes are asked to stop first.

    Raises
    ------
    InputError
        The batch system is not there or refuses.
    """
    if jobs:
        _call([_CANCEL[system], *jobs])


def _number(job: str) -> str:
    """Number of a job or array: 12 of ``12[].server``."""
    return re.split(r"[\[.]", job, maxsplit=1)[0]


def _slurm_queue() -> list[Queued]:
    lines = _call(["squeue", "--array", "--noheader", "--me", "--format=%F %K %T"]).splitlines()
    return [
        Queued(array, int(index), state.lower()) for array, index, state in map(str.split, lines) if index.isdigit()
    ]


def _pbs_queue() -> list[Queued]:
    jobs = []
    for line in _call(["qstat"]).splitlines():
        columns = line.split()
        # Id, name, user, time, state, queue; ended jobs (C, F, X) are no longer waited for.
        if len(columns) == 6 and columns[4] in _PBS_STATES:
            jobs.append(Queued(_number(columns[0]), None, _PBS_STATES[columns[4]]))
    return jobs


def _call(command: list[str], directory: Path | None = None) -> str:
    if shutil.which(command[0]) is None:
        raise InputError(
            f"{command[0]} is not on this machine; go on where the batch system is, for example a login node"
        )
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise InputError(f"{command[0]} refused: {said[-1] if said else f'exit status {done.returncode}'}")
    return done.stdout
