"""Text of the job array that carries out a submission."""

import shlex

from cgplab.running.cluster.settings import ClusterSettings

WORK_DIRECTORY = {"slurm": "SLURM_SUBMIT_DIR", "pbs": "PBS_O_WORKDIR"}
"""Environment variable with the directory that the array was submitted from."""
INDEXES = {
    "slurm": ("SLURM_ARRAY_TASK_ID",),
    # PBS Professional and OpenPBS, Torque, and Debian's qsub for Slurm.
    "pbs": ("PBS_ARRAY_INDEX", "PBS_ARRAYID", "SLURM_ARRAY_TASK_ID"),
}
"""Environment variables with the number of a job within its array, by batch system."""


def job_script(system: str, name: str, batches: list[int], settings: ClusterSettings) -> str:
    """Shell script to be submitted from the submission's directory.

    Parameters
    ----------
    system : {"slurm", "pbs"}
    name : str
        Of the jobs in the queue.
    batches : list of int
        Numbers of the batches to carry out, one per job of the array.
    settings : ClusterSettings
    """
    head = (_slurm_head if system == "slurm" else _pbs_head)(name, len(batches), settings)
    lines = [
        "#!/usr/bin/env bash",
        *head,
        "",
        f'cd "${{{WORK_DIRECTORY[system]}:-.}}"',
        *(_own_log() if system == "pbs" else ()),
        # The kernels run in threads of their own; a numerical library's threads would only compete with them.
        "export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1",
        *settings.prologue,
        # PBS knows plain ranges only, so a job looks up its batch.
        f"exec {shlex.quote(settings.python)} -m cgplab.running.cluster.job . {' '.join(map(str, batches))}",
    ]
    return "\n".join(lines) + "\n"


def resource_spec(settings: ClusterSettings) -> str:
    """PBS Professional and OpenPBS ``select`` text."""
    if settings.resource_spec is not None:
        return settings.resource_spec
    scratch = f":scratch_local={settings.scratch_size}" if settings.scratch_size else ""
    return f"select=1:ncpus={settings.cores}:mem={settings.mem}{scratch}"


def _slurm_head(name: str, jobs: int, settings: ClusterSettings) -> list[str]:
    options = [
        f"--job-name={name}",
        f"--array=0-{jobs - 1}",
        f"--time={settings.clock}",
        f"--mem={settings.megabytes}M",
        "--nodes=1",
        "--ntasks=1",
        f"--cpus-per-task={settings.cores}",
        "--output=logs/%a.%A.out",
        # A warning, not only the kill at the end: the job stores what it has and copies it back.
        f"--signal=B:TERM@{min(60, settings.seconds // 2)}",
        "--no-requeue",
    ]
    if settings.queue:
        options.append(f"--partition={settings.queue}")
    if settings.account:
        options.append(f"--account={settings.account}")
    return [f"#SBATCH {option}" for option in (*options, *settings.directives)]


def _own_log() -> list[str]:
    """Shell line that sends the job's output to a file of its own.

    PBS accepts a log directory, but Debian's qsub for Slurm loses output that goes to a directory.
    """
    number = "0"
    for name in reversed(INDEXES["pbs"]):
        number = f"${{{name}:-{number}}}"
    return [f'exec >>"logs/{number}.${{PBS_JOBID:-${{SLURM_JOB_ID:-$$}}}}.out" 2>&1']


def _pbs_head(name: str, jobs: int, settings: ClusterSettings) -> list[str]:
    options = [
        f"-N {name}",
        f"-l {resource_spec(settings)}",
        f"-l walltime={settings.clock}",
        "-j oe",
        "-o logs/",
        "-r n",
    ]
    if jobs > 1:  # PBS refuses an array of one job
        options.append(f"-J 0-{jobs - 1}")
    if settings.queue:
        options.append(f"-q {settings.queue}")
    if settings.account:
        options.append(f"-A {settings.account}")
    return [f"#PBS {option}" for option in (*options, *settings.directives)]
