"""The nearest-value kernel, held against plain evaluation of the circuits it reports."""

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.cgp import Circuit, CostTable, Geometry, Problem, Settings, evaluate
from cgplab.cgp.kernels.layout import (
    ACCEPTED,
    CHILDREN,
    ERROR,
    GENERATION,
    IMPROVED,
    LOGGED,
    MEASURES,
    STALLED,
    STOPPED,
    UNLIMITED,
)
from cgplab.cgp.kernels.nearest import NearestKernel
from cgplab.cgp.kernels.random import seed_state
from cgplab.cgp.kernels.task import circuit_of, genes_of, make_task
from cgplab.cgp.operators import BY_NAME, CODED
from cgplab.errors import InputError
from tests.thorough import examples

FREE = {"half", "quarter", "double", "id", "zero_const", "one_const", "l_shift_2", "r_shift_3"}
COSTS = CostTable.from_mapping(
    {
        name: {
            "energy": 0.0 if name in FREE else 0.001 * (i % 7 + 1),
            "energy_per_op": 0.0 if name in FREE else 0.002 * (i % 5 + 1),
            "area": 0.0 if name in FREE else 3.25 * (i % 11 + 1),
            "delay": 0.0 if name in FREE else 0.01 * (i % 3 + 1),
        }
        for i, name in enumerate(BY_NAME)
    }
)
ORDERS = [
    ("energy", "error", "delay", "gate_count"),
    ("energy_per_op", "error"),
    ("area", "depth", "error"),
    ("gate_count", "delay"),
    ("error", "energy", "gate_count"),
    ("delay", "depth", "energy"),
    ("depth",),
]


def kernel_for(problem, geometry, chosen, seed=0, start=None, costs=COSTS):
    start = start or Circuit.random(geometry, seed)
    return NearestKernel(
        make_task(problem, geometry, costs, chosen), genes_of(start), seed_state(np.random.SeedSequence(seed))
    )


def measures_of(kernel):
    return dict(zip(MEASURES, kernel.measures.tolist(), strict=True))


def circuit_from(kernel, geometry):
    return circuit_of(geometry, kernel.circuit_genes(), 1)


def assert_honest(kernel, problem, geometry, chosen, threshold):
    """The measures are those of the circuit that is reported."""
    found = measures_of(kernel)
    truth = evaluate(circuit_from(kernel, geometry), problem, COSTS, chosen.metric)
    assert truth.error == found["error"]
    assert (found["energy"] >= 0) == (found["error"] <= threshold)
    if found["energy"] >= 0:
        names = ("energy", "area", "delay", "depth", "gate_count")
        expected = (truth.energy_quanta, truth.area_quanta, truth.delay_quanta, truth.depth, truth.gate_count)
        assert tuple(found[name] for name in names) == expected
        assert found["energy_per_op"] == energy_per_op_of(truth)


def energy_per_op_of(evaluation):
    column = COSTS.column("energy_per_op", 1)
    codes = {operator.name: code for code, operator in enumerate(CODED)}
    return sum(count * column[codes[name]] for name, count in evaluation.gate_usage.items())


def small_problem(seed=3, n_in=12, n_out=40, **changes):
    random = np.random.default_rng(seed)
    return Problem(random.integers(-60, 60, n_in), random.integers(-90, 90, n_out), **changes)


def geometry_for(problem, rows=8, cols=6, l_back=7):
    return Geometry(problem.n_inputs, problem.n_outputs, rows, cols, l_back)


@st.composite
def searches(draw):
    n_in, n_out = draw(st.integers(1, 9)), draw(st.integers(1, 20))
    value = st.integers(-128, 127)
    inputs = draw(st.lists(value, min_size=n_in, max_size=n_in))
    targets = draw(st.lists(value, min_size=n_out, max_size=n_out))
    weights = draw(st.lists(st.sampled_from([0, 1, 1, 2, 1_000_000]), min_size=n_out, max_size=n_out))
    mask = draw(st.lists(st.booleans(), min_size=n_out, max_size=n_out))
    if not any(w and m for w, m in zip(weights, mask, strict=True)):
        weights[0], mask[0] = 1, True
    problem = Problem(np.array(inputs), np.array(targets), np.array(mask), np.array(weights))
    cols = draw(st.integers(1, 9))
    geometry = Geometry(n_in, n_out, draw(st.integers(1, 12)), cols, draw(st.integers(1, cols + 1)))
    metric = draw(st.sampled_from(["SE", "MSE", "AE"]))
    chosen = Settings(
        metric=metric,
        children=draw(st.integers(1, 5)),
        mutation_rate=draw(st.sampled_from([0.01, 0.1, 0.5, 1.0])),
        order=draw(st.sampled_from(ORDERS)),
        wiring="nearest",
        stops={},
    )
    threshold = draw(st.sampled_from([0, 3, 100, 10_000, 1_000_000_000, UNLIMITED]))
    return problem, geometry, chosen, threshold, draw(st.integers(0, 2**32))


@settings(max_examples=examples(100))
@given(searches())
def test_measures_are_those_of_the_reported_circuit(search):
    problem, geometry, chosen, threshold, seed = search
    kernel = kernel_for(problem, geometry, chosen, seed)
    kernel.start(threshold)
    assert_honest(kernel, problem, geometry, chosen, threshold)
    for generation in (1, 2, 3, 5, 10, 30, 60, 100, 1990, 2010):
        kernel.advance(generation, threshold, UNLIMITED)
        assert_honest(kernel, problem, geometry, chosen, threshold)
    # As the driver does when the error phase runs out of patience.
    threshold = max(threshold, measures_of(kernel)["error"])
    kernel.start(threshold)
    assert_honest(kernel, problem, geometry, chosen, threshold)
    kernel.advance(2100, threshold, UNLIMITED)
    assert_honest(kernel, problem, geometry, chosen, threshold)


@settings(max_examples=examples(60))
@given(searches())
def test_error_above_the_threshold_is_that_of_the_closest_legal_pins(search):
    problem, geometry, chosen, _, seed = search
    kernel = kernel_for(problem, geometry, chosen, seed)
    kernel.start(-1)
    kernel.advance(5, -1, UNLIMITED)
    low, end = int(geometry.pin_low[-1]), int(geometry.pin_high[-1])
    probe = circuit_from(kernel, geometry)
    legal = np.arange(low, end, dtype=np.int32)
    wide = Circuit.from_genes(geometry.with_(n_outputs=end - low), probe.gates, legal)
    carried = evaluate(wide, Problem(problem.inputs, np.zeros((1, end - low), dtype=np.int8)), COSTS).outputs[0]
    closest = np.array([min(carried.tolist(), key=lambda v: (abs(v - t), v)) for t in problem.targets[0].tolist()])
    reported = evaluate(probe, problem, COSTS, chosen.metric)
    assert np.array_equal(reported.outputs[0], closest)
    assert reported.error == measures_of(kernel)["error"]


@settings(max_examples=examples(60))
@given(searches())
def test_a_start_within_the_threshold_is_never_worse_later(search):
    problem, geometry, chosen, _, seed = search
    start = Circuit.random(geometry, seed)
    before = evaluate(start, problem, COSTS, chosen.metric)
    kernel = kernel_for(problem, geometry, chosen, seed, start)
    kernel.start(before.error)
    then = {
        "error": before.error,
        "energy": before.energy_quanta,
        "energy_per_op": energy_per_op_of(before),
        "area": before.area_quanta,
        "delay": before.delay_quanta,
        "depth": before.depth,
        "gate_count": before.gate_count,
    }
    best = tuple(then[name] for name in chosen.order)
    for generation in (0, 1, 10, 100, 2000):
        kernel.advance(generation, before.error, UNLIMITED)
        now = tuple(measures_of(kernel)[name] for name in chosen.order)
        assert now <= best
        best = now


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("metric", ["SE", "MSE", "AE"])
def test_improvements_are_logged_and_descend(order, metric):
    problem = small_problem()
    geometry = geometry_for(problem)
    chosen = Settings(metric=metric, order=order, mutation_rate=0.1, wiring="nearest", stops={})
    threshold = {"SE": 60, "MSE": 1, "AE": 30}[metric]
    kernel = kernel_for(problem, geometry, chosen, 5)
    kernel.start(threshold)
    kernel.advance(2500, threshold, UNLIMITED)
    rows = kernel.log[: kernel.counters[LOGGED]]
    assert len(rows) == kernel.counters[IMPROVED] <= kernel.counters[ACCEPTED]
    assert (np.diff(rows[:, 0]) > 0).all()
    keys = []
    for row in rows.tolist():
        named = dict(zip(MEASURES, row[1:], strict=True))
        within = named["error"] <= threshold
        keys.append((0, *(named[name] for name in order)) if within else (1, named["error"]))
    assert all(after < before for before, after in pairwise(keys))
    # Since then the parent may have drifted to one that is equal in all that the order compares.
    assert (0, *(measures_of(kernel)[name] for name in order)) == keys[-1]
    assert_honest(kernel, problem, geometry, chosen, threshold)


def snapshot(kernel):
    return {name: array.tobytes() for name, array in kernel.arrays().items()}


@pytest.mark.parametrize("threshold", [0, 200])
def test_slices_and_checkpoints_do_not_matter(threshold):
    problem = small_problem(4, 10, 60)
    geometry = geometry_for(problem, 10, 6, 7)
    chosen = Settings(mutation_rate=0.08, wiring="nearest", stops={})
    whole = kernel_for(problem, geometry, chosen, 1)
    whole.start(threshold)
    whole.advance(6000, threshold, UNLIMITED)
    sliced = kernel_for(problem, geometry, chosen, 1)
    sliced.start(threshold)
    for generation in (1, 2, 40, 41, 700, 1999, 2000, 2001, 4000, 4001, 6000):
        sliced.advance(generation, threshold, UNLIMITED)
        resumed = kernel_for(problem, geometry, chosen, 9)
        resumed.load(sliced.arrays())
        assert snapshot(resumed) == snapshot(sliced)
        assert_honest(resumed, problem, geometry, chosen, threshold)
        sliced = resumed
    assert snapshot(sliced) == snapshot(whole)
    other = kernel_for(problem, geometry, chosen, 2)
    other.start(threshold)
    other.advance(6000, threshold, UNLIMITED)
    assert snapshot(other) != snapshot(whole)


@pytest.mark.parametrize(("rows", "cols", "l_back"), [(1, 200, 200), (1, 200, 7), (3, 130, 131), (200, 1, 1)])
def test_grids_of_one_row_or_one_column(rows, cols, l_back):
    problem = small_problem()
    geometry = geometry_for(problem, rows, cols, l_back)
    for threshold in (-1, 500):
        chosen = Settings(mutation_rate=0.05, wiring="nearest", stops={})
        kernel = kernel_for(problem, geometry, chosen, 2)
        kernel.start(threshold)
        for generation in (1, 10, 100, 1000, 2100):
            kernel.advance(generation, threshold, UNLIMITED)
            assert_honest(kernel, problem, geometry, chosen, threshold)


@pytest.mark.parametrize("seed", [0, 3])
def test_a_resumed_run_does_not_know_in_which_order_wires_were_laid(seed):
    """Many gates of a column change together, and lists of readers are in another order after a resume."""
    problem = small_problem(4 + seed, 6, 30)
    geometry = geometry_for(problem, 100, 2, 3)
    chosen = Settings(mutation_rate=0.3, wiring="nearest", stops={})
    threshold = 3000
    whole = kernel_for(problem, geometry, chosen, seed)
    whole.start(threshold)
    resumed = kernel_for(problem, geometry, chosen, seed)
    resumed.start(threshold)
    for generation in range(20, 1800, 20):
        whole.advance(generation, threshold, UNLIMITED)
        arrays = resumed.arrays()
        resumed = kernel_for(problem, geometry, chosen, 9)
        resumed.load(arrays)
        resumed.advance(generation, threshold, UNLIMITED)
        assert snapshot(resumed) == snapshot(whole)


def test_large_layers_search_like_their_distinct_values():
    random = np.random.default_rng(0)
    large = Problem(random.integers(-40, 40, 96), random.normal(0, 30, 400_000).clip(-128, 127).astype(np.int8))
    values, weights = np.unique(large.targets[0], return_counts=True)
    distinct = Problem(large.inputs, values, weights=weights)
    chosen = Settings(wiring="nearest", stops={})
    kernels, spent = [], []
    for problem in (large, distinct):
        geometry = Geometry(96, problem.n_outputs, 50, 10, 11)
        gates = Circuit.random(Geometry(96, 1, 50, 10, 11), 7).gates
        outputs = np.full(problem.n_outputs, 96, dtype=np.int32)
        start = Circuit.from_genes(geometry, gates, outputs)
        kernel = kernel_for(problem, geometry, chosen, 3, start)
        kernel.start(0)
        begun = time.thread_time()
        kernel.advance(3000, 0, UNLIMITED)
        spent.append(time.thread_time() - begun)
        kernels.append(snapshot(kernel))
    assert kernels[0] == kernels[1]
    assert spent[0] < 2 * spent[1] + 0.1


def test_early_stops_and_patience():
    problem = small_problem()
    geometry = geometry_for(problem)
    chosen = Settings(mutation_rate=0.1, wiring="nearest", stops={"error": 10**9, "gate_count": 40})
    kernel = kernel_for(problem, geometry, chosen)
    kernel.start(10**9)
    kernel.advance(50_000, 10**9, UNLIMITED)
    assert kernel.counters[STOPPED] == 1
    assert measures_of(kernel)["gate_count"] <= 40
    kernel = kernel_for(problem, geometry, Settings(mutation_rate=0.1, wiring="nearest", stops={}))
    kernel.start(0)
    kernel.advance(10**9, 0, 30)
    assert kernel.counters[STALLED] == 31
    assert kernel.counters[STOPPED] == 0
    assert kernel.counters[CHILDREN] == 4 * kernel.counters[GENERATION]


def test_huge_weights_do_not_overflow():
    values = np.arange(-128, 128)
    problem = Problem(np.array([0]), values, weights=np.full(256, 10**6))
    geometry = Geometry(1, 256, 4, 3, 4)
    kernel = kernel_for(problem, geometry, Settings(wiring="nearest", mutation_rate=0.3))
    kernel.start(0)
    kernel.advance(300, 0, UNLIMITED)
    assert evaluate(circuit_from(kernel, geometry), problem, COSTS).error == kernel.measures[ERROR] > 0


def test_something_is_always_served():
    # The divisor of MSE counts targets of weight 0 too; no threshold may allow the empty set.
    problem = Problem(np.arange(5), np.arange(2000) % 256 - 128, weights=(np.arange(2000) == 77).astype(int))
    geometry = Geometry(5, 2000, 4, 3, 2)
    chosen = Settings(metric="MSE", mutation_rate=0.3, wiring="nearest", stops={})
    kernel = kernel_for(problem, geometry, chosen)
    kernel.start(UNLIMITED)
    kernel.advance(2500, UNLIMITED, UNLIMITED)
    assert_honest(kernel, problem, geometry, chosen, UNLIMITED)


def test_several_vectors_are_refused():
    problem = Problem(np.zeros((2, 3), dtype=int), np.ones((2, 4), dtype=int))
    geometry = Geometry(3, 4, 3, 3, 4)
    costs = COSTS
    task = make_task(
        Problem(problem.inputs[:1], problem.targets[:1]), geometry, costs, Settings(wiring="nearest")
    )._replace(inputs=problem.inputs)
    with pytest.raises(InputError, match="one vector, not 2"):
        NearestKernel(task, np.zeros(geometry.n_genes, dtype=np.int32), np.zeros(1, dtype=np.uint64))


@pytest.mark.parametrize(("name", "limit"), [("A", 100_000), ("C", 50_000), ("E", 100_000), ("F", 20_000)])
def test_benchmark_layers_become_exact(shared, name, limit):
    directory = shared / "bench" / name
    lines = (directory / "config.cgp").read_text().splitlines()
    config = dict(line.split(": ", 1) for line in lines if ": " in line)
    rows = (directory / "data.train").read_text().splitlines()
    inputs, targets = (np.array(rows[i].split(), dtype=int) for i in range(2))
    problem = Problem(inputs, targets)
    grid = (int(config[key]) for key in ("row_count", "col_count", "look_back_parameter"))
    geometry = Geometry(problem.n_inputs, problem.n_outputs, *grid)
    chosen = Settings(mutation_rate=float(config["mutation_max"]), wiring="nearest", stops={"error": 0})
    kernel = kernel_for(problem, geometry, chosen, 1)
    kernel.start(0)
    kernel.advance(limit, 0, UNLIMITED)
    assert kernel.counters[STOPPED] == 1
    assert_honest(kernel, problem, geometry, chosen, 0)
