"""The incremental kernel: every child against plain evaluation, and the same search as the plain kernel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from cgplab.cgp import Circuit, Evolution, Geometry, Problem, Settings
from cgplab.cgp.kernels.choice import choose_kernel
from cgplab.cgp.kernels.full import FullKernel
from cgplab.cgp.kernels.incremental import IncrementalKernel
from cgplab.cgp.kernels.layout import (
    CHILDREN,
    ERROR,
    GATE_COUNT,
    GENERATION,
    LOGGED,
    NEUTRAL,
    REJECTED_EARLY,
    UNLIMITED,
)
from cgplab.cgp.kernels.random import seed_state
from cgplab.cgp.kernels.task import genes_of, make_task
from tests.cgp.searches import CASES, COSTS, problem_for, wide_problem
from tests.thorough import examples


def kernel_for(kind, problem, geometry, chosen, seed=0, start=None):
    task = make_task(problem, geometry, COSTS, chosen)
    start = start or Circuit.random(geometry, 5)
    kernel = kind(task, genes_of(start), seed_state(np.random.SeedSequence(seed)))
    kernel.start(chosen.threshold)
    return kernel


ONE_VECTOR = [name for name, (vectors, *_) in CASES.items() if vectors == 1]


@pytest.mark.parametrize("name", ONE_VECTOR)
def test_every_child_of_a_small_search(name):
    _, grid, l_back, options = CASES[name]
    problem = problem_for(1, masked="patience" in name or "mask" in name, weighted="weight" in name)
    chosen = Settings(**options)
    geometry = Geometry.from_grid(grid, problem.n_inputs, problem.n_outputs, l_back)
    kernel = kernel_for(IncrementalKernel, problem, geometry, chosen)
    counts = kernel.audit()
    kernel.advance(3000, chosen.threshold, UNLIMITED)
    assert counts[0] > 8 * kernel.counters[GENERATION]
    assert counts[1] == 0


# rows, cols, l-back, metric, order, threshold per weight, rate
WIDE = {
    "error phase": (20, 10, 11, "SE", ("energy", "error", "delay", "gate_count"), 0, 0.01),
    "many mutations, few columns back": (30, 20, 3, "SE", ("energy", "error"), 0, 0.05),
    "energy phase": (20, 10, 11, "SE", ("energy", "error", "delay", "gate_count"), 200, 0.01),
    "crossing": (20, 10, 10, "SE", ("energy", "error", "delay", "gate_count"), 62, 0.01),
    "MSE, energy per op": (20, 10, 11, "MSE", ("energy_per_op", "error", "depth"), 100, 0.03),
    "area": (25, 8, 4, "SE", ("area", "error"), 150, 0.02),
    "gates, then delay": (20, 10, 11, "SE", ("gate_count", "delay", "depth"), 150, 0.02),
    "depth first": (20, 10, 11, "MSE", ("depth", "gate_count"), 150, 0.02),
    "error first": (20, 10, 11, "SE", ("error", "energy"), 150, 0.02),
    "more gates than a set holds": (30, 20, 3, "SE", ("energy", "error"), 0, 0.02),
    "more gates than a set holds, few mutations": (30, 20, 21, "SE", ("energy", "error"), 0, 0.003),
    "more gates than a set holds, crossing": (30, 20, 21, "MSE", ("energy", "error"), 55, 0.02),
    "AE": (20, 10, 11, "AE", ("energy", "error", "delay", "gate_count"), 0, 0.02),
    "AE, energy phase": (20, 10, 11, "AE", ("energy", "error", "delay", "gate_count"), 120, 0.02),
    "AE, crossing": (20, 10, 10, "AE", ("area", "error", "depth"), 48, 0.01),
}


@pytest.mark.parametrize("name", WIDE)
def test_every_child_of_a_wide_search(name):
    rows, cols, l_back, metric, order, per_weight, rate = WIDE[name]
    problem = wide_problem()
    geometry = Geometry(problem.n_inputs, problem.n_outputs, rows, cols, l_back)
    power = 1 if metric == "AE" else 2
    threshold = per_weight**power * (1 if metric == "MSE" else int(problem.effective_weights.sum()))
    chosen = Settings(threshold=threshold, metric=metric, order=order, mutation_rate=rate, stops={})
    kernel = kernel_for(IncrementalKernel, problem, geometry, chosen)
    counts = kernel.audit()
    kernel.advance(600, threshold, UNLIMITED)
    assert kernel.counters[GENERATION] == 600
    assert counts[1] == 0
    assert kernel.counters[NEUTRAL] > 0
    assert kernel.counters[REJECTED_EARLY] > 0 or per_weight >= 100
    if "crossing" in name:
        rows = kernel.log[: kernel.counters[LOGGED]]
        assert (rows[:, 2] < 0).any()
        assert (rows[:, 2] >= 0).any()


@st.composite
def searches(draw):
    """Problem, geometry, settings and generations: about a tenth of a second of plain evaluation."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    n_in, n_out = draw(st.integers(1, 80)), draw(st.sampled_from([1, 5, 30, 300]))
    spread = draw(st.sampled_from([5, 60]))
    inputs, targets = (np.clip(np.rint(random.normal(0, spread, n)), -128, 127).astype(int) for n in (n_in, n_out))
    problem = Problem(inputs, targets, weights=random.integers(1, 4, n_out) if draw(st.booleans()) else None)
    cols = draw(st.integers(1, 30))
    geometry = Geometry(n_in, n_out, draw(st.integers(1, 45)), cols, draw(st.integers(1, cols + 1)))
    metric, per_weight = draw(st.sampled_from(["SE", "MSE", "AE"])), draw(st.sampled_from([0, 0, 20, 60, 120]))
    per_output = per_weight if metric == "AE" else per_weight**2
    chosen = Settings(
        threshold=per_output * (1 if metric == "MSE" else int(problem.effective_weights.sum())),
        metric=metric,
        order=tuple(draw(st.permutations(["energy", "error", "delay", "gate_count", "area", "depth"]))[:3]),
        mutation_rate=draw(st.sampled_from([0.001, 0.005, 0.02, 0.1, 1.0])),
        children=draw(st.integers(1, 7)),
        stops={},
    )
    return problem, geometry, chosen, 20 + 300_000 // (geometry.n_gates * chosen.children)


@settings(max_examples=examples(60))
@given(searches(), st.integers(0, 1000))
def test_every_child_of_any_search(search, seed):
    problem, geometry, chosen, generations = search
    kernel = kernel_for(IncrementalKernel, problem, geometry, chosen, seed, Circuit.random(geometry, seed))
    counts = kernel.audit()
    kernel.advance(generations, chosen.threshold, UNLIMITED)
    assert counts[0] > 0
    assert counts[1] == 0


def spoil_value(parent, gate):
    parent.values[50 + gate] ^= 1


def spoil_energy(parent, gate):
    parent.totals[1] += 1


def spoil_output_sum(parent, gate):
    parent.sums[parent.output_pin, 0] += 5


def spoil_readers(parent, gate):
    parent.first_reader[:] = -1


def spoil_bound(parent, gate):
    parent.sums[:, 2] = -400_000


def spoil_uses(parent, gate):
    parent.uses[50 + np.flatnonzero(parent.uses[50:] == 0)[0]] += 1


@pytest.mark.parametrize(
    ("spoil", "per_weight"),
    [(spoil_value, 200), (spoil_energy, 200), (spoil_output_sum, 200), (spoil_readers, 200), (spoil_uses, 200),
     (spoil_bound, 0)],
)  # fmt: skip
def test_the_check_notices_faults(spoil, per_weight):
    problem = wide_problem()
    geometry = Geometry(problem.n_inputs, problem.n_outputs, 20, 10, 11)
    threshold = per_weight**2 * int(problem.effective_weights.sum())
    kernel = kernel_for(
        IncrementalKernel, problem, geometry, Settings(threshold=threshold, stops={}, mutation_rate=0.01)
    )
    counts = kernel.audit()
    kernel.advance(20, threshold, UNLIMITED)
    assert counts[1] == 0
    for _ in range(300):
        spoil(kernel._parent, int(kernel._parent.active[kernel._parent.totals[GATE_COUNT] // 2]))
        kernel.advance(int(kernel.counters[GENERATION]) + 1, threshold, UNLIMITED)
        if counts[1]:
            return
    raise AssertionError("not noticed")


def samples(kind, problem, geometry, chosen, start, generations, n):
    """Per seed: error, energy, genes changed among outputs, active gates and idle gates."""
    active = np.repeat(start.active_gates(), 3)
    first = genes_of(start)
    rows = []
    task = make_task(problem, geometry, COSTS, chosen)
    for seed in range(n):
        salt = 0 if kind is FullKernel else 10**6
        kernel = kind(task, first.copy(), seed_state(np.random.SeedSequence(seed + salt)))
        kernel.start(chosen.threshold)
        kernel.advance(generations, chosen.threshold, UNLIMITED)
        changed = kernel.circuit_genes() != first
        body = changed[: active.size]
        rows.append((*kernel.measures[:2], changed[active.size :].sum(), body[active].sum(), body[~active].sum()))
    return np.array(rows)


SAME = {
    "one generation, small": ("5x5", 16, 0.15, 0, 1, 1500, None),
    "one generation, wide": ("20x10", 300, 0.02, 0, 1, 700, None),
    "many mutations": ("20x10", 300, 0.2, 0, 1, 400, None),
    "forty generations": ("5x5", 16, 0.15, 0, 40, 1000, None),
    "energy phase": ("5x5", 16, 0.1, 80, 40, 1000, None),
    "crossing": ("8x6", 16, 0.1, 52, 60, 700, 3),
    "wide, two hundred generations": ("10x10", 300, 0.02, 0, 200, 250, None),
    "more gates than a set holds": ("30x20", 300, 0.02, 0, 100, 300, 3),
}


@pytest.mark.parametrize("name", SAME)
def test_same_distribution_as_the_plain_kernel(name):
    grid, n_outputs, rate, per_weight, generations, n, l_back = SAME[name]
    problem = problem_for(1) if n_outputs == 16 else wide_problem()
    geometry = Geometry.from_grid(grid, problem.n_inputs, problem.n_outputs, l_back)
    threshold = per_weight**2 * int(problem.effective_weights.sum())
    chosen = Settings(threshold=threshold, mutation_rate=rate, stops={})
    start = Circuit.random(geometry, 3)
    plain, quick = (
        samples(kind, problem, geometry, chosen, start, generations, n) for kind in (FullKernel, IncrementalKernel)
    )
    # Seeds are fixed, so this either always passes or never; 8 x 5 comparisons.
    smallest = min(ks_2samp(plain[:, i], quick[:, i], method="asymp").pvalue for i in range(plain.shape[1]))
    assert smallest > 0.002


def test_generations_until_an_error_follow_the_same_distribution():
    problem = problem_for(1)
    geometry = Geometry.from_grid("5x5", problem.n_inputs, problem.n_outputs)
    needed = {}
    chosen = Settings(threshold=6_000, mutation_rate=0.15, stops={"error": 6_000})
    task = make_task(problem, geometry, COSTS, chosen)
    for kind in (FullKernel, IncrementalKernel):
        needed[kind] = []
        for seed in range(300):
            start = genes_of(Circuit.random(geometry, seed))
            kernel = kind(task, start, seed_state(np.random.SeedSequence((seed, kind is FullKernel))))
            kernel.start(6_000)
            kernel.advance(50_000, 6_000, UNLIMITED)
            needed[kind].append(kernel.counters[GENERATION])
    assert ks_2samp(*needed.values()).pvalue > 0.01


def test_neutral_drift_only_above_the_threshold():
    problem = problem_for(1)
    geometry = Geometry.from_grid("5x5", problem.n_inputs, problem.n_outputs)
    start = Circuit.random(geometry, 3)
    for kind in (FullKernel, IncrementalKernel):
        kernel = kernel_for(kind, problem, geometry, Settings(mutation_rate=0.1), start=start)
        kernel.advance(500, 0, UNLIMITED)
        assert kernel.counters[3] > kernel.counters[4]  # accepted more often than improved
        kernel = kernel_for(
            kind, problem, geometry, Settings(threshold=10**7, mutation_rate=0.1, stops={}), start=start
        )
        kernel.advance(500, 10**7, UNLIMITED)
        assert kernel.counters[3] == kernel.counters[4] > 0


def test_largest_weights_and_threshold_do_not_overflow():
    geometry = Geometry.from_grid("6x8", 2, 16)
    largest = 2**62 // (255**2 * 16 * 2 * geometry.n_genes) - 1
    targets = np.tile([-128, 127], 8)
    problem = Problem([-128, 127], targets, weights=np.full(16, largest))
    assert choose_kernel(problem, geometry, Settings()) == "incremental"
    assert (
        choose_kernel(Problem([-128, 127], targets, weights=np.full(16, 2 * largest)), geometry, Settings()) == "full"
    )
    for metric in ("SE", "MSE", "AE"):
        for threshold in (0, UNLIMITED):
            chosen = Settings(threshold=threshold, metric=metric, mutation_rate=0.1, stops={})
            kernel = kernel_for(IncrementalKernel, problem, geometry, chosen)
            counts = kernel.audit()
            kernel.advance(500, threshold, UNLIMITED)
            assert kernel.measures[ERROR] >= 0
            assert counts[1] == 0


def test_choice_of_the_kernel():
    one, two, wide = problem_for(1), problem_for(2), wide_problem()
    of = lambda problem, grid, **kw: choose_kernel(
        problem,
        Geometry.from_grid(grid, problem.n_inputs, problem.n_outputs).with_(arity=max(2, problem.n_vectors)),
        Settings(**kw),
    )
    assert of(one, "2x2") == "full"
    assert of(wide, "50x10") == "incremental"
    assert of(wide, "50x10", metric="MSE") == "incremental"
    assert of(wide, "50x10", metric="AE") == "incremental"
    assert of(two, "50x10") == "full"
    assert of(wide, "50x10", wiring="nearest") == "nearest"


def test_telemetry():
    problem = wide_problem()
    geometry = Geometry.from_grid("20x10", problem.n_inputs, problem.n_outputs)
    evolution = Evolution(problem, geometry, COSTS, Settings(generations=2000), seed=1)
    *_, last = evolution.run()
    assert last.kernel == evolution.kernel_name == "incremental"
    assert last.children == 4 * last.generation == 8000
    assert last.neutral > 0
    assert 0 < last.rejected_early < last.children
    assert last.active_gates == evolution.best.active_gates().sum()
    assert evolution._kernel.counters[CHILDREN] == last.children
