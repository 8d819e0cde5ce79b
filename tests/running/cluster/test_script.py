"""Job scripts, compared with golden texts."""

import subprocess

import pytest

from cgplab.errors import InputError
from cgplab.running.cluster.job import batch_of_job
from cgplab.running.cluster.script import INDEXES, job_script
from cgplab.running.cluster.settings import ClusterSettings

SETTINGS = ClusterSettings(
    walltime="48:00:00",
    mem="500mb",
    cores=2,
    queue="long",
    account="thesis",
    scratch="$SCRATCHDIR",
    scratch_size="20gb",
    prologue=("module load python/3.11",),
    python="/opt/my python/bin/python",
)
TAIL = """
cd "${{{work}:-.}}"
{log}export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
module load python/3.11
exec '/opt/my python/bin/python' -m cgplab.running.cluster.job . {batches}
"""
NUMBER = "${PBS_ARRAY_INDEX:-${PBS_ARRAYID:-${SLURM_ARRAY_TASK_ID:-0}}}"
LOG = f'exec >>"logs/{NUMBER}.${{PBS_JOBID:-${{SLURM_JOB_ID:-$$}}}}.out" 2>&1\n'
PBS = """\
#!/usr/bin/env bash
#PBS -N cgplab-abc
#PBS -l select=1:ncpus=2:mem=500mb:scratch_local=20gb
#PBS -l walltime=48:00:00
#PBS -j oe
#PBS -o logs/
#PBS -r n
#PBS -J 0-2
#PBS -q long
#PBS -A thesis
"""
SLURM = """\
#!/usr/bin/env bash
#SBATCH --job-name=cgplab-abc
#SBATCH --array=0-2
#SBATCH --time=48:00:00
#SBATCH --mem=500M
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --output=logs/%a.%A.out
#SBATCH --signal=B:TERM@60
#SBATCH --no-requeue
#SBATCH --partition=long
#SBATCH --account=thesis
"""


def test_pbs():
    tail = TAIL.format(work="PBS_O_WORKDIR", log=LOG, batches="0 3 7")
    assert job_script("pbs", "cgplab-abc", [0, 3, 7], SETTINGS) == PBS + tail


def test_slurm():
    tail = TAIL.format(work="SLURM_SUBMIT_DIR", log="", batches="0 3 7")
    assert job_script("slurm", "cgplab-abc", [0, 3, 7], SETTINGS) == SLURM + tail


def test_pbs_has_no_array_of_one_job():
    script = job_script("pbs", "x", [4], ClusterSettings(resource_spec="nodes=1:ppn=1", directives=("-m n",)))
    assert "-J" not in script
    assert "#PBS -l nodes=1:ppn=1\n" in script
    assert "#PBS -m n\n" in script
    assert script.endswith("cgplab.running.cluster.job . 4\n")


def test_the_shell_goes_to_the_submission_whatever_its_path(tmp_path):
    place = tmp_path / "-a b'c\"d\n@$e*%A"
    (place / "logs").mkdir(parents=True)
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\necho "$(pwd): $*"\n')
    program.chmod(0o755)
    (place / "job.sh").write_text(job_script("pbs", "x", [5, 6, 9], ClusterSettings(python=str(program))))
    environment = {"PATH": "/usr/bin:/bin", "PBS_O_WORKDIR": str(place)}
    command = ["bash", place / "job.sh"]
    numbers = {"SLURM_ARRAY_TASK_ID": "2", "PBS_JOBID": "71"}
    subprocess.run(command, env={**environment, **numbers}, check=True)
    assert (place / "logs" / "2.71.out").read_text() == f"{place}: -m cgplab.running.cluster.job . 5 6 9\n"


NAMES = [(system, name) for system, names in INDEXES.items() for name in names]


@pytest.mark.parametrize(("system", "name"), NAMES)
def test_a_job_finds_its_batch_by_any_name_of_its_number(system, name):
    batches = [5, 6, 9]
    assert [batch_of_job(system, batches, {name: str(index)}) for index in range(3)] == batches
    assert batch_of_job(system, [4], {}) == 4  # an array of one may be no array
    for wrong in ("3", "-1", "undefined", "1.0"):
        with pytest.raises(InputError, match=f"{name}={wrong} is not a job number from 0 to 2"):
            batch_of_job(system, batches, {name: wrong})


@pytest.mark.parametrize("system", INDEXES)
def test_a_job_that_does_not_know_its_number_takes_no_batch(system):
    for environment in ({}, dict.fromkeys(INDEXES[system], "")):
        with pytest.raises(InputError, match=f"none of {', '.join(INDEXES[system])} is set"):
            batch_of_job(system, [0, 1], environment)


def test_a_job_that_is_told_two_numbers_takes_no_batch():
    told = {"PBS_ARRAY_INDEX": "0", "SLURM_ARRAY_TASK_ID": "1"}
    with pytest.raises(InputError, match="PBS_ARRAY_INDEX=0 and SLURM_ARRAY_TASK_ID=1"):
        batch_of_job("pbs", [0, 1], told)
    assert batch_of_job("pbs", [0, 1], dict.fromkeys(told, "1")) == 1
