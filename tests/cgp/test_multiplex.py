"""Multiplex mode: what the original computed, and our search in both kernels."""

import numpy as np
import pytest

from cgplab.cgp import Circuit, Evolution, Geometry, Problem, Settings, evaluate
from cgplab.cgp.kernels.full import FullKernel
from cgplab.cgp.kernels.incremental import IncrementalKernel
from cgplab.cgp.kernels.layout import UNLIMITED
from cgplab.cgp.kernels.random import seed_state
from cgplab.cgp.kernels.task import genes_of, make_task
from cgplab.cgp.multiplex import (
    multiplexed_circuit,
    multiplexed_geometry,
    multiplexed_problem,
    remove_multiplexing,
)
from cgplab.errors import InputError
from tests import naive
from tests.cgp.searches import COSTS, naive_case, quanta_of, wide_problem
from tests.cgp.test_golden import CSV_FILES, real_costs, records, table_for

WIDE = wide_problem()
GRID = Geometry.from_grid("40x10", WIDE.n_inputs, WIDE.n_outputs)


def rows_of(shared, kind):
    return [(file, row) for file in CSV_FILES for row in records(shared, file, kind)]


def circuit_of(row, outputs):
    gates = np.array(row["gates"]).reshape(-1, 3)
    return Circuit(row["n_in"], len(outputs), row["rows"], row["cols"], row["lback"], gates, np.array(outputs))


def test_golden_multiplexed_circuits(shared):
    rows = rows_of(shared, "multiplex")
    assert len(rows) == 8
    for file, row in rows:
        circuit = circuit_of(row, row["outs"])
        problem = multiplexed_problem(Problem(row["inputs"], row["expected"]))
        found = evaluate(circuit, problem, table_for(real_costs(shared, file), 1))
        assert found.error == row["ref"]["weighted_error_se"]
        if row["ref"]["gate_count"] is not None:
            assert found.gate_count == row["ref"]["gate_count"]
        assert multiplexed_geometry(circuit.geometry.with_(n_outputs=row["n_out"])) == circuit.geometry
        # The value gates of a trained circuit stand where ours do.
        again = multiplexed_circuit(circuit, Problem(row["inputs"], row["expected"]))
        assert np.array_equal(again.outputs, circuit.outputs)
        assert np.array_equal(again.gates[:, -1], circuit.gates[:, -1])


def test_golden_removal(shared):
    rows = rows_of(shared, "multiplex_remove")
    assert len(rows) == 2
    for file, row in rows:
        problem = Problem(row["inputs"], row["expected"])
        circuit = remove_multiplexing(circuit_of(row, row["outs_before"]), problem)
        assert circuit.outputs.tolist() == row["outs_after"]
        found = evaluate(circuit, problem, table_for(real_costs(shared, file), 1))
        assert found.outputs.tolist() == row["ref"]["weights"]
        assert found.error == row["ref"]["error_se"]
        assert found.gate_count == row["ref"]["gate_count"]
        assert found.energy == pytest.approx(row["ref"]["energy"], abs=5.1e-7)
        assert found.area == pytest.approx(row["ref"]["area"], abs=5.1e-7)


def test_removal_keeps_the_error():
    asked = multiplexed_problem(WIDE)
    assert asked.weights.sum() == WIDE.effective_weights.sum()
    for seed in range(20):
        for l_back in (7, 8, 10, 11):
            geometry = GRID.with_(l_back=l_back)
            circuit = multiplexed_circuit(Circuit.random(geometry, seed), WIDE)
            plain = remove_multiplexing(circuit, WIDE)
            assert evaluate(circuit, asked, COSTS).error == evaluate(plain, WIDE, COSTS).error
            assert plain.geometry == geometry


def test_values_among_the_inputs_are_wired_to_the_first_of_them():
    problem = Problem([5, -7, 5], np.arange(300) % 256 - 128)
    circuit = multiplexed_circuit(Circuit.random(Geometry.from_grid("64x6", 3, 300), 0), problem)
    first = circuit.geometry.n_gates - 256
    assert circuit.gates[first + 128 + 5, 0] == 0
    assert circuit.gates[first + 128 - 7, 0] == 1
    assert (circuit.gates[first:, -1] == 100).all()
    assert circuit.outputs.tolist() == list(range(3 + first, 3 + first + 256))


def start_and_task(chosen):
    start = multiplexed_circuit(Circuit.random(GRID, 3), WIDE)
    return start, make_task(multiplexed_problem(WIDE), start.geometry, COSTS, chosen)


@pytest.mark.parametrize("threshold", [0, 80**2 * int(WIDE.effective_weights.sum())])
def test_locks_in_both_kernels(threshold):
    chosen = Settings(multiplex=True, mutation_rate=0.02, threshold=threshold, stops={})
    start, task = start_and_task(chosen)
    for kind in (FullKernel, IncrementalKernel):
        kernel = kind(task, genes_of(start), seed_state(np.random.SeedSequence(1)))
        if kind is IncrementalKernel:
            counts = kernel.audit()
        kernel.start(threshold)
        kernel.advance(400, threshold, UNLIMITED)
        genes, body = kernel.circuit_genes(), 3 * start.geometry.n_gates
        assert np.array_equal(genes[body:], start.outputs)
        functions = genes[:body].reshape(-1, 3)[:, 2]
        assert np.array_equal(functions[-256:], genes_of(start)[:body].reshape(-1, 3)[-256:, 2])
        assert (functions[:-256] != genes_of(start)[:body].reshape(-1, 3)[:-256, 2]).any()
        assert (genes[:body].reshape(-1, 3)[-256:, 0] != genes_of(start)[:body].reshape(-1, 3)[-256:, 0]).any()
    assert counts[0] > 1000
    assert counts[1] == 0


def test_plain_kernel_equals_the_naive_search():
    chosen = Settings(multiplex=True, mutation_rate=0.02, generations=15, children=2)
    start, task = start_and_task(chosen)
    kernel = FullKernel(task, genes_of(start), seed_state(np.random.SeedSequence(1)))
    twin = naive.Search(
        naive_case(multiplexed_problem(WIDE), start.geometry, chosen),
        start.gates.tolist(), start.outputs.tolist(), kernel.state[0], quanta_of(1),
    )  # fmt: skip
    twin.run()
    kernel.start(0)
    kernel.advance(15, 0, UNLIMITED)
    assert int(kernel.state[0]) == twin.draw.state
    assert twin.accepted > 0
    expected = Circuit.from_genes(start.geometry, *twin.parent)
    assert np.array_equal(kernel.circuit_genes(), genes_of(expected))


def test_evolution_yields_a_circuit_for_the_original_problem():
    evolution = Evolution(WIDE, GRID, COSTS, Settings(multiplex=True, mutation_rate=0.02, generations=500), seed=3)
    *_, last = evolution.run()
    assert evolution.kernel_name == "incremental"
    assert evolution.best.geometry == GRID
    assert evolution.evaluation().error == last.error
    assert last.active_gates >= 256


def test_refusals_name_the_way_out():
    with pytest.raises(InputError, match="one vector"):
        multiplexed_problem(Problem([[1], [2]], np.zeros((2, 300), dtype=int)))
    with pytest.raises(InputError, match="at least 256 outputs"):
        multiplexed_problem(Problem([1], np.zeros(255, dtype=int)))
    with pytest.raises(InputError, match="grid of at least 256"):
        multiplexed_geometry(Geometry.from_grid("15x17", 1, 300))
    with pytest.raises(InputError, match="l-back of at least 13"):
        multiplexed_geometry(Geometry.from_grid("20x30", 1, 300, 12))
    assert multiplexed_geometry(Geometry.from_grid("20x30", 1, 300, 13)).n_outputs == 256
