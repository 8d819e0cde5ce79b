"""Published workloads: figures that the constructive solver has to reach."""

import json
import re
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from cgplab.cgp import Geometry, Problem
from cgplab.cgp.construct import construct


@pytest.mark.parametrize(
    ("name", "limit_fj", "proved"), [("A", 0.00265, True), ("C", 0.02335, True), ("E", 0.0296, True)]
)
def test_exact_energy(workload, costs, name, limit_fj, proved):
    problem, geometry, _ = workload(name)
    result = construct(problem, geometry, costs)
    assert result.evaluation.error == 0
    assert result.cost * 1e3 <= limit_fj
    assert result.proved is proved
    assert result.bound <= result.cost


@pytest.mark.parametrize("seed", [2, 3])
def test_the_optimum_of_the_program_becomes_a_circuit(workload, costs, seed):
    """With these seeds the search alone does not get there."""
    problem, geometry, _ = workload("E")
    assert construct(problem, geometry, costs, seed=seed).proved


# Energies in fJ: what dropping gates from the exact circuit reached; the solver has to be well below on E.
@pytest.mark.parametrize(
    ("name", "t", "limit_fj"),
    [
        ("A", 0.5, 0.00104),
        ("C", 0.25, 0.00156),
        ("C", 0.5, 0),
        ("E", 0.25, 0.0145),
        ("E", 1, 0.0032),
        ("E", 5, 0.00052),
    ],
)
def test_energy_within_a_budget(workload, costs, name, t, limit_fj):
    problem, geometry, n_targets = workload(name)
    budget = int(t * t * n_targets)
    result = construct(problem, geometry, costs, budget, bound=False)
    assert result.evaluation.error <= budget
    assert result.cost * 1e3 <= limit_fj


def test_one_paid_gate_is_proved_where_free_values_do_not_suffice(workload, costs):
    problem, geometry, n_targets = workload("E")
    result = construct(problem, geometry, costs, 25 * n_targets)
    assert result.proved
    assert result.cost_quanta == min(cost for cost in costs.column("energy").tolist() if cost > 0)


@pytest.mark.parametrize("objective", ["energy_per_op", "area", "gate_count"])
def test_other_objectives_are_proved_on_c(workload, costs, objective):
    problem, geometry, _ = workload("C")
    result = construct(problem, geometry, costs, objective=objective)
    assert result.evaluation.error == 0
    assert result.proved


def test_all_layers_of_lenet_in_one_grid(shared, costs, monkeypatch):
    # The limit counts processor time here, or a busy machine would get less far.
    for name in ("clock", "solver"):
        module = sys.modules[f"cgplab.cgp.construct.{name}"]  # hidden by the function of that name
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=time.process_time))
    text = (shared / "data" / "README.md").read_text()
    conv1 = np.array([json.loads(rows) for rows in re.findall(r"^f\d (\[\[.*\]\])", text, re.MULTILINE)])
    conv2 = np.clip(np.rint(np.random.default_rng(2024).normal(0, 35, (96, 5, 5))), -127, 127).astype(int)
    core = np.zeros((5, 5), dtype=bool)
    core[1:4, 1:4] = True
    inputs, targets = np.zeros((2, 864), dtype=int), np.zeros((2, 1536), dtype=int)
    inputs[0, :54], targets[0, :96] = conv1[:, core].ravel(), conv1[:, ~core].ravel()
    inputs[1], targets[1] = conv2[:, core].ravel(), conv2[:, ~core].ravel()
    mask = np.ones((2, 1536), dtype=bool)
    mask[0, 96:] = False
    result = construct(Problem(inputs, targets, mask), Geometry(864, 1536, 256, 31, 32), costs, time_limit=12)
    assert result.evaluation.error == 0
    assert result.cost <= 0.0045
