"""The original program's search: its recorded runs, bit for bit, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest

from cgplab.cgp import Circuit, CostTable, Evolution, Geometry, Problem, Settings
from cgplab.cgp.as_built import constant_start
from cgplab.cgp.checkpoint import fingerprint
from cgplab.cgp.operators import BY_NAME
from cgplab.errors import InputError
from tests import original

FINAL_ROWS = 4
"""Rows that the program writes at the ends of phases, whether or not anything improved."""


def traces(shared):
    with open(shared / "golden" / "traces.jsonl") as file:
        return [json.loads(line) for line in file]


def problem_of(shared, trace):
    directory = shared / "bench" / trace["config"]
    config = dict(line.strip().split(": ") for line in open(directory / "config.cgp"))
    inputs, targets = (list(map(int, line.split())) for line in open(directory / "data.train"))
    sizes = (int(config[f"{name}"]) for name in ("row_count", "col_count", "look_back_parameter"))
    return Problem([inputs], [targets]), Geometry(len(inputs), len(targets), *sizes)


def costs_of(shared):
    functions = json.loads((shared / "golden" / "gate_table.json").read_text())["functions"]
    measures = ("energy", "area", "delay")
    return CostTable.from_mapping({n: {q: f[q] for q in measures} for n, f in functions.items() if n in BY_NAME})


def settings_of(trace):
    return Settings(
        threshold=trace["mse_threshold"], children=trace["children"], mutation_rate=trace["mutation"],
        generations=trace["generation_count"], patience=trace["patience"],
        as_built="frozen" if trace["functions_locked"] else "free",
    )  # fmt: skip


@pytest.mark.parametrize("index", range(5))
def test_recorded_runs_of_the_program_bit_for_bit(shared, index):
    trace = traces(shared)[index]
    problem, geometry = problem_of(shared, trace)
    evolution = Evolution(problem, geometry, costs_of(shared), settings_of(trace))
    evolution._kernel.generators[:] = trace["rng_seeds_by_population_slot"]
    found = [
        (row.generation, row.error) for progress in evolution.run(slice_seconds=0.01) for row in progress.improvements
    ]
    assert found == [(generation, error) for generation, error, _ in trace["rows"][:-FINAL_ROWS]]
    assert evolution.best == Circuit.from_text(trace["final_chromosome"])


def test_the_traces_tell_frozen_from_free(shared):
    assert {trace["functions_locked"] for trace in traces(shared)} == {True, False}


def test_the_start_is_the_programs(shared):
    rows = [json.loads(line) for line in open(shared / "golden" / "golden_public.jsonl")]
    starts = [row for row in rows if row["kind"] == "init"]
    assert starts
    geometry = Geometry(9, 16, 5, 5, 5)
    circuit = constant_start(geometry)
    genes = circuit.gates.ravel().tolist() + circuit.outputs.tolist()
    assert genes == original.first_chromosome(9, 16, 5, 5, 5)


def short(**changes):
    rng = np.random.default_rng(3)
    problem = Problem([rng.integers(-128, 128, 5)], [rng.integers(-128, 128, 7)])
    settings = Settings(**{"mutation_rate": 0.1, "generations": 600, "patience": 40, "as_built": "free"} | changes)
    return (
        problem,
        Geometry(5, 7, 4, 4, 4),
        CostTable.from_mapping({n: {"energy": 1, "area": 1, "delay": 1} for n in BY_NAME}),
        settings,
    )


def finished(evolution):
    for _ in evolution.run(slice_seconds=0.001):
        pass
    return evolution


@pytest.mark.parametrize("as_built", ["frozen", "free"])
def test_a_run_resumed_anywhere_goes_on_bit_for_bit(as_built):
    work = short(as_built=as_built)
    whole = finished(Evolution(*work, seed=4))
    for generations in (1, 41, 42, 60, 300):
        part = Evolution(*work, seed=4)
        part._advance(generations)
        kept = part.checkpoint()
        again = finished(Evolution.restore(*work, kept))
        assert again.best == whole.best
        assert (again.generation, again.threshold) == (whole.generation, whole.threshold)
    other = Evolution(*work, seed=4).checkpoint()
    with pytest.raises(InputError, match="another search"):
        Evolution.restore(*work[:3], replace(work[3], as_built={"free": "frozen", "frozen": "free"}[as_built]), other)


def test_frozen_operators_stay_those_of_the_start():
    work = short(as_built="frozen", order=("energy",))
    start = constant_start(work[1])
    frozen = finished(Evolution(*work, seed=1)).best
    assert (frozen.gates[:, -1] == start.gates[:, -1]).all()
    assert (frozen.gates[:, 0] != start.gates[:, 0]).any()
    free = finished(Evolution(*short(order=("energy",)), seed=1)).best
    assert (free.gates[:, -1] != start.gates[:, -1]).any()


def test_seeds_differ_though_the_start_is_one():
    work = short(order=("energy",))
    assert finished(Evolution(*work, seed=1)).best != finished(Evolution(*work, seed=2)).best


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"as_built": "broken"}, "unknown as_built 'broken'; allowed: frozen, free"),
        ({"wiring": "nearest"}, "use as_built with wiring evolved, not nearest"),
        ({"as_built": "frozen", "multiplex": True}, "use as_built free"),
    ],
)
def test_refused(changes, words):
    with pytest.raises(InputError, match=words):
        short(**changes)


def test_the_most_mutations_are_of_single_precision():
    # .15 is a hair above in single precision: 15 genes of 100 become 16.
    assert Settings(mutation_rate=0.15, as_built="free").max_mutations(100) == 16
    assert Settings(mutation_rate=0.15).max_mutations(100) == 15
    assert Settings(mutation_rate=0.01, as_built="free", multiplex=True).max_mutations(3950) == 39


def test_checkpoints_from_before_the_choice_stay_good():
    """The fingerprint of a search that is not as built, as it was before the setting was there."""
    found = fingerprint(*short(as_built=None, order=("energy",))).tobytes().hex()
    assert found[:16] == "c3358b033802edb0"
