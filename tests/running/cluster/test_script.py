"""Job scripts, compared with golden texts."""

import subprocess

import pytest

from cgplab.running.cluster.script import job_script
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
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
module load python/3.11
batches=({batches})
exec '/opt/my python/bin/python' -m cgplab.running.cluster.job . "${{batches[${{{index}:-0}}]}}"
"""
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
    tail = TAIL.format(work="PBS_O_WORKDIR", index="PBS_ARRAY_INDEX", batches="0 3 7")
    assert job_script("pbs", "cgplab-abc", [0, 3, 7], SETTINGS) == PBS + tail


def test_slurm():
    tail = TAIL.format(work="SLURM_SUBMIT_DIR", index="SLURM_ARRAY_TASK_ID", batches="0 3 7")
    assert job_script("slurm", "cgplab-abc", [0, 3, 7], SETTINGS) == SLURM + tail


def test_pbs_has_no_array_of_one_job():
    script = job_script("pbs", "x", [4], ClusterSettings(resource_spec="nodes=1:ppn=1", directives=("-m n",)))
    assert "-J" not in script
    assert "#PBS -l nodes=1:ppn=1\n" in script
    assert "#PBS -m n\n" in script
    assert "batches=(4)" in script


@pytest.mark.parametrize(("index", "batch"), [({}, "5"), ({"PBS_ARRAY_INDEX": "2"}, "9")])
def test_the_shell_finds_the_batch(tmp_path, index, batch):
    script = job_script("pbs", "x", [5, 6, 9], ClusterSettings(python="/bin/echo"))
    (tmp_path / "job.sh").write_text(script)
    environment = {"PATH": "/usr/bin:/bin", "PBS_O_WORKDIR": str(tmp_path), **index}
    said = subprocess.run(
        ["bash", "job.sh"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert said.split() == ["-m", "cgplab.running.cluster.job", ".", batch]
