"""Measurements have the structure they claim; how fast anything is depends on the machine and is not tested."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from cgplab.benchmarks import WORKLOADS, measuring
from cgplab.benchmarks.quality import evolved_quality
from cgplab.benchmarks.throughput import Bench
from cgplab.cgp import Evolution
from cgplab.cgp.kernels.layout import ERROR
from cgplab.cli import app
from cgplab.errors import InputError
from cgplab.hardware import load_costs


@pytest.fixture(scope="module")
def bench_a():
    return Bench(WORKLOADS["A"], load_costs("freepdk45"))


@pytest.mark.parametrize("phase", ["error", "energy"])
def test_every_kernel_starts_at_the_same_circuit(bench_a, phase):
    plain, chosen = (bench_a._start(kernel, phase, 3) for kernel in ("full", bench_a.chosen))
    assert plain.name != chosen.name
    assert (plain.measures == chosen.measures).all()
    assert (plain.circuit_genes() == chosen.circuit_genes()).all()
    assert (plain.measures[ERROR] <= bench_a.tolerance) == (phase == "energy")


@pytest.mark.parametrize("name", ["A", "C"])
def test_quality_at_the_moments_asked_for(name):
    quality = evolved_quality(WORKLOADS[name], load_costs("freepdk45"), "nearest", (0.05, 0.1))
    assert list(quality.energy) == [0.05, 0.1]
    assert (quality.exact_seconds is None) == (quality.error > 0)


def test_the_second_run_is_exact_when_the_first_one_was():
    costs = load_costs("freepdk45")
    for name in ("A", "F"):
        workload, seen = WORKLOADS[name], []
        problem, geometry = workload.problem(), workload.geometry()
        evolution = Evolution(problem, geometry, costs, workload.settings("nearest"))
        for progress in evolution.run(slice_seconds=0.02):
            seen += [step.generation for step in progress.improvements if step.error == 0]
            if seen:
                break
        for generation, is_exact in ((seen[0] - 1, False), (seen[0], True)):
            settings = replace(workload.settings("nearest"), generations=generation)
            *_, last = Evolution(problem, geometry, costs, settings).run(slice_seconds=3600)
            assert (last.generation, last.error == 0) == (generation, is_exact)


def test_json_rows(monkeypatch):
    monkeypatch.setattr(measuring, "SHORT", (0.05,))
    result = CliRunner().invoke(app, ["bench", "--workload", "a", "--seconds", "0.01", "--json"])
    assert result.exit_code == 0
    (row,) = json.loads(result.stdout)
    assert (row["workload"], row["kernel"], row["wiring"]) == ("A", "incremental", "evolved")
    rates = ("naive", "chosen", "naive_energy_phase", "chosen_energy_phase")
    assert all(row[name] > 0 for name in (*rates, "ratio", "ratio_energy_phase", "aa_ratio"))
    assert row["construct"]["error"] == 0


@pytest.mark.parametrize("form", [[], ["--markdown"]])
def test_tables(monkeypatch, form):
    monkeypatch.setattr(measuring, "SHORT", (0.05,))
    result = CliRunner().invoke(app, ["bench", "--workload", "A", "--seconds", "0.01", *form])
    assert result.exit_code == 0
    for word in ("naive", "ratio", "construct", "fJ"):
        assert word in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workload", "G"], "unknown workload 'G'; allowed: A, B"),
        (["--seconds", "0"], "--seconds must be more than 0"),
        (["--json", "--markdown"], "exclude each other"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(app, ["bench", *arguments], catch_exceptions=False)
