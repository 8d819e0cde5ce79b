"""Small searches that several tests run, and their form for the naive twin."""

import numpy as np

from cgplab.cgp import Problem
from cgplab.cgp.kernels.layout import MEASURES, UNLIMITED
from cgplab.cgp.operators import CODE_OF_ID
from cgplab.hardware import load_costs

COSTS = load_costs("freepdk45")
INPUTS = [-42, -36, 64, 19, 67, 127, 60, 54, 16]
TARGETS = [26, -61, -64, -60, 22, -25, 102, -5, 32, 32, -62, -9, -12, -32, -96, -76]

# name: vectors, grid, l-back, settings
CASES = {
    "error phase": (1, "5x5", 5, {"mutation_rate": 0.15, "generations": 200}),
    "MSE, weights": (1, "4x5", None, {"metric": "MSE", "mutation_rate": 0.2, "generations": 200}),
    "AE, mask": (1, "4x4", 2, {"metric": "AE", "mutation_rate": 0.1, "generations": 200}),
    "energy phase": (1, "5x5", None, {"threshold": 40_000, "mutation_rate": 0.1, "generations": 200}),
    "energy phase, MSE": (1, "4x4", 3, {"metric": "MSE", "threshold": 3_000, "mutation_rate": 0.1, "generations": 200}),
    "crossing the threshold": (1, "3x4", None, {"threshold": 60_000, "mutation_rate": 0.3, "generations": 200}),
    "order error first": (
        1, "4x4", None,
        {"threshold": 90_000, "order": ("error", "area", "depth"), "mutation_rate": 0.2, "generations": 200},
    ),
    "order delay first": (
        1, "4x4", None,
        {"threshold": 90_000, "order": ("delay", "depth", "energy_per_op"), "mutation_rate": 0.2, "generations": 200},
    ),
    "one child": (
        1, "6x3", 4,
        {"threshold": 90_000, "order": ("gate_count", "error"), "mutation_rate": 0.2, "generations": 500,
         "children": 1},
    ),
    "patience": (1, "3x3", None, {"mutation_rate": 0.1, "patience": 25, "generations": 2_000}),
    "patience, MSE": (1, "3x3", None, {"metric": "MSE", "mutation_rate": 0.1, "patience": 20, "generations": 2_000}),
    "early stop": (
        1, "5x5", None,
        {"threshold": 90_000, "mutation_rate": 0.2, "generations": 3_000, "stops": {"gate_count": 6, "error": 90_000}},
    ),
    "no stop": (1, "2x2", None, {"threshold": 200_000, "mutation_rate": 0.5, "generations": 200, "stops": {}}),
    "two vectors": (2, "5x4", None, {"mutation_rate": 0.1, "generations": 200}),
    "three vectors, MSE, mask, weight": (
        3, "4x4", 3, {"metric": "MSE", "threshold": 4_000, "mutation_rate": 0.1, "generations": 200}
    ),
}  # fmt: skip


def problem_for(vectors, masked=False, weighted=False):
    """Weights of one 5x5 kernel; further vectors are permutations of it."""
    random = np.random.default_rng(vectors)
    inputs = np.array([INPUTS] + [random.permutation(INPUTS) for _ in range(vectors - 1)])
    targets = np.array([TARGETS] + [random.permutation(TARGETS) for _ in range(vectors - 1)])
    return Problem(
        inputs,
        targets,
        mask=np.arange(targets.shape[1]) < 13 + np.arange(vectors)[:, None] if masked else None,
        weights=random.integers(0, 6, targets.shape) if weighted else None,
    )


def quanta_of(vectors):
    """cost(function) -> {quantity: quanta} for the naive twin."""
    columns = {q: COSTS.column(q, vectors).tolist() for q in ("energy", "energy_per_op", "area", "delay")}
    table = {function: {q: columns[q][code] for q in columns} for function, code in CODE_OF_ID.items()}
    return table.__getitem__


def naive_case(problem, geometry, settings):
    """A search as :class:`tests.naive.Search` takes it."""
    stops = settings.stop_quanta.tolist()
    outputs_fixed = settings.multiplex
    n_genes = geometry.n_genes - (geometry.n_outputs if outputs_fixed else 0)
    return {
        "n_inputs": geometry.n_inputs,
        "rows": geometry.rows,
        "cols": geometry.cols,
        "l_back": geometry.l_back,
        "arity": geometry.arity,
        "inputs": problem.inputs.tolist(),
        "targets": problem.targets.tolist(),
        "weights": problem.weights.tolist(),
        "counted": problem.mask.tolist(),
        "metric": settings.metric,
        "threshold": settings.threshold,
        "children": settings.children,
        "max_mutations": settings.max_mutations(n_genes),
        "order": settings.order,
        "stops": {name: limit for name, limit in zip(MEASURES, stops, strict=True) if limit < UNLIMITED},
        "patience": settings.patience,
        "generations": settings.generations,
        "locked": geometry.n_gates - 256 if settings.multiplex else geometry.n_gates,
        "outputs_fixed": outputs_fixed,
    }


def wide_problem():
    """50 inputs and 300 targets, weights and don't-cares among them."""
    random = np.random.default_rng(8)
    inputs = np.clip(np.rint(random.normal(0, 45, 50)), -128, 127).astype(int)
    targets = np.clip(np.rint(random.normal(0, 45, 300)), -128, 127).astype(int)
    return Problem(inputs, targets, mask=random.random(300) < 0.9, weights=random.integers(0, 4, 300))
