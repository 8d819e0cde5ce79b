"""The plain kernel against the naive twin: the same draws, parents, measures, counters and log."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.cgp import Circuit, Evolution, Geometry, Problem, Settings, evaluate
from cgplab.cgp.kernels.full import FullKernel
from cgplab.cgp.kernels.layout import (
    ACCEPTED,
    CHILDREN,
    GENERATION,
    IMPROVED,
    MEASURES,
    STALLED,
    UNLIMITED,
)
from cgplab.cgp.kernels.random import seed_state
from cgplab.cgp.kernels.task import circuit_of, genes_of, make_task
from cgplab.cgp.operators import BY_ID
from tests import naive
from tests.cgp.searches import CASES, COSTS, naive_case, problem_for, quanta_of
from tests.thorough import examples


def full_evolution(monkeypatch, *args, **kwargs):
    monkeypatch.setattr("cgplab.cgp.kernels.choice.choose_kernel", lambda *_: "full")
    return Evolution(*args, **kwargs)


@pytest.mark.parametrize("name", CASES)
def test_trajectory_equals_the_naive_search(name, monkeypatch):
    vectors, grid, l_back, options = CASES[name]
    problem = problem_for(vectors, masked="mask" in name, weighted="weight" in name)
    geometry = Geometry.from_grid(grid, problem.n_inputs, problem.n_outputs, l_back).with_(arity=max(2, vectors))
    chosen = Settings(**options)
    evolution = full_evolution(monkeypatch, problem, geometry, COSTS, chosen, seed=11)
    assert evolution.kernel_name == "full"
    twin = naive.Search(
        naive_case(problem, geometry, chosen),
        evolution.best.gates.tolist(),
        evolution.best.outputs.tolist(),
        evolution._kernel.state[0],
        quanta_of(problem.n_vectors),
    )
    log = []
    for progress in evolution.run(slice_seconds=0.002):
        log += [(i.generation, i.error, i.energy, i.gate_count) for i in progress.improvements]
        while twin.finished is None and twin.generation < progress.generation:
            twin.step()
        if progress.finished:
            twin.run()
        elif twin.threshold != progress.threshold:
            twin.step()  # the driver raised the threshold before it yielded
        gates, outputs = twin.parent
        assert evolution.best.gates.tolist() == gates
        assert evolution.best.outputs.tolist() == outputs
        kernel = evolution._kernel
        assert dict(zip(MEASURES, kernel.measures.tolist(), strict=True)) == twin.measures
        assert kernel.counters[[GENERATION, STALLED, ACCEPTED, IMPROVED]].tolist() == [
            twin.generation, twin.stalled, twin.accepted, twin.improved
        ]  # fmt: skip
        assert kernel.counters[CHILDREN] == twin.generation * chosen.children
        assert int(kernel.state[0]) == twin.draw.state
    assert evolution.finished == twin.finished
    assert progress.threshold == twin.threshold
    assert [row[:2] for row in log] == [(row[0], row[1]) for row in twin.log]
    assert [row[3] for row in log] == [None if row[-1] < 0 else row[-1] for row in twin.log]
    if name.startswith("patience"):
        assert twin.threshold > chosen.threshold


def test_every_reason_to_finish_and_both_phases_are_covered():
    assert {options.get("metric", "SE") for *_, options in CASES.values()} == {"SE", "MSE", "AE"}
    assert {vectors for vectors, *_ in CASES.values()} == {1, 2, 3}


@st.composite
def circuits(draw):
    """A random circuit with a random problem of its size."""
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    d = draw(st.sampled_from([1, 1, 2, 3]))
    geometry = Geometry(
        draw(st.integers(1, 6)), draw(st.integers(1, 9)), draw(st.integers(1, 6)), draw(st.integers(1, 6)),
        draw(st.integers(1, 7)), arity=max(2, d),
    )  # fmt: skip
    mask = random.random((d, geometry.n_outputs)) < 0.8
    mask[0, 0] = True
    problem = Problem(
        random.integers(-128, 128, (d, geometry.n_inputs)),
        random.integers(-128, 128, (d, geometry.n_outputs)),
        mask=mask,
        weights=random.integers(0, 5, (d, geometry.n_outputs)) + (np.arange(geometry.n_outputs) == 0),
    )
    return geometry, problem, [Circuit.random(geometry, random, d) for _ in range(20)]


@settings(max_examples=examples(60), derandomize=True)
@given(circuits(), st.sampled_from(["SE", "MSE", "AE"]))
def test_measure_equals_evaluate_equals_naive(case, metric):
    geometry, problem, batch = case
    task = make_task(problem, geometry, COSTS, Settings(metric=metric))
    cost = quanta_of(problem.n_vectors)
    of = lambda function: tuple(cost(function)[name] for name in ("energy", "area", "delay"))
    for circuit in batch:
        kernel = FullKernel(task, genes_of(circuit), np.zeros(1, dtype=np.uint64))
        kernel.start(UNLIMITED)
        measured = dict(zip(MEASURES, kernel.measures.tolist(), strict=True))
        plain = evaluate(circuit, problem, COSTS, metric)
        twin = naive.evaluate(
            geometry.n_inputs, circuit.gates.tolist(), circuit.outputs.tolist(), problem.inputs.tolist(),
            problem.targets.tolist(), of, problem.weights.tolist(), problem.mask.tolist(), metric,
        )  # fmt: skip
        assert measured["error"] == plain.error == twin.error
        assert measured["energy"] == plain.energy_quanta == twin.energy
        assert measured["area"] == plain.area_quanta == twin.area
        assert measured["delay"] == plain.delay_quanta == twin.delay
        assert measured["depth"] == plain.depth == twin.depth
        assert measured["gate_count"] == plain.gate_count == twin.gate_count
        assert plain.outputs.tolist() == twin.outputs
        assert plain.gate_usage == {BY_ID[i].name: n for i, n in sorted(twin.gate_usage.items())}
        assert circuit_of(geometry, kernel.circuit_genes(), problem.n_vectors) == circuit


def test_costs_stay_unknown_above_the_threshold():
    problem = problem_for(1)
    geometry = Geometry.from_grid("4x4", problem.n_inputs, problem.n_outputs)
    circuit = Circuit.random(geometry, 3)
    kernel = FullKernel(
        make_task(problem, geometry, COSTS, Settings()), genes_of(circuit), seed_state(np.random.SeedSequence(0))
    )
    error = evaluate(circuit, problem, COSTS).error
    kernel.start(error - 1)
    assert kernel.measures.tolist() == [error, -1, -1, -1, -1, -1, -1]
    kernel.start(error)
    assert (kernel.measures >= 0).all()
