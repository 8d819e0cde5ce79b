"""Cluster settings are read from TOML, checked, and turned into what batch systems understand."""

import pytest

from cgplab.errors import InputError
from cgplab.running.cluster.settings import ClusterSettings

EXAMPLE = """\
[slurm]
queue = "cpu"
walltime = "1-02:30:00"
mem = "1500mb"
cores = 8
prologue = ["module load python/3.11"]
copy_back = 2

[pbs]
scratch = "$SCRATCHDIR"
"""


def test_file_and_overrides(tmp_path):
    path = tmp_path / "cluster.toml"
    path.write_text(EXAMPLE)
    settings = ClusterSettings.read("slurm", path, cores=2, mem=None)
    assert (settings.queue, settings.cores, settings.mem) == ("cpu", 2, "1500mb")
    assert settings.prologue == ("module load python/3.11",)
    assert settings.seconds == 26.5 * 3600
    assert settings.clock == "26:30:00"
    assert settings.megabytes == 1500
    assert ClusterSettings.read("pbs", path).scratch == "$SCRATCHDIR"


def test_without_a_file_there_are_defaults(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert ClusterSettings.read("pbs", None) == ClusterSettings()


@pytest.mark.parametrize(("mem", "megabytes"), [("4gb", 4096), ("4G", 4096), ("1tb", 1048576), ("1", 1), ("1025k", 2)])
def test_memory(mem, megabytes):
    assert ClusterSettings(mem=mem).megabytes == megabytes


@pytest.mark.parametrize(("walltime", "search"), [("24:00:00", 86100), ("00:08:00", 240), ("0:02", 60)])
def test_jobs_stop_themselves_before_the_walltime(walltime, search):
    assert ClusterSettings(walltime=walltime).search_seconds == search


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[slurm]\ncores = 0", "cores must be at least 1, not 0"),
        ("[slurm]\nwalltime = '24h'", r"\[D-\]HH:MM\[:SS\], not '24h'"),
        ("[slurm]\nmem = 'much'", "a size such as 4gb, not 'much'"),
        ("[slurm]\nmemory = '4gb'", "unknown cluster setting 'memory'"),
        ("[slurm]\ncores = '8'", "`int`, got `str` at `.\\.cores`: found '8'"),
        ("[slurm]\nprologue = 'module load'", "`array`, got `str` at `.\\.prologue`"),
        ("[slurm]\ncopy_back = 0", "copy_back must be above 0"),
        ("[sge]\ncores = 1", r"unknown table \[sge\]"),
        ("slurm = 3", r"slurm must be a table"),
        ("[slurm", "cannot read the cluster settings"),
    ],
)
def test_bad_settings_are_named(tmp_path, text, message):
    path = tmp_path / "cluster.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        ClusterSettings.read("slurm", path)


def test_a_named_file_must_exist(tmp_path):
    with pytest.raises(InputError, match="cannot read the cluster settings"):
        ClusterSettings.read("slurm", tmp_path / "absent.toml")
