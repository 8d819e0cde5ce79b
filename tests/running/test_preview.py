"""A preview says what a request amounts to, and refuses what planning would refuse."""

from dataclasses import replace

import numpy as np
import pytest

from cgplab.cgp import Geometry, Problem
from cgplab.errors import InputError
from cgplab.running import Request, plan
from cgplab.running.preview import gates_needed, preview


def test_sizes(quick):
    found = preview(quick)
    manifests = plan(quick)
    assert found.n_runs == len(manifests)
    assert (found.work.problem.n_inputs, found.missing_weights) == (9, manifests[0].missing_weights)
    assert found.seconds is None
    assert not preview(replace(quick, grids=["2x2"])).fits


def test_time_is_for_all_runs_on_all_cores(quick, monkeypatch):
    monkeypatch.setattr("cgplab.running.preview.usable_cores", lambda: 2)
    assert preview(replace(quick, runs=5, generations=None, time_limit=6.0)).seconds == 30
    assert preview(replace(quick, method="construct", time_limit=6.0, grids=["5x5"])).seconds is None


def test_every_layer_is_counted():
    request = Request("lenet5-qat", "single_channel", [0.0, 5.0], parameters={"layer": ["conv1", "conv2"]}, runs=3)
    found = preview(request)
    assert (found.n_circuits, found.n_runs) == (2, 12)


@pytest.mark.parametrize("runs", [0, 10**6])
def test_a_wrong_number_of_runs_is_refused(quick, runs):
    with pytest.raises(InputError, match="number of runs"):
        preview(replace(quick, runs=runs))


def test_gates_needed():
    problem = Problem([[1, 2, 3]], [[1, 1, 9, 9, 7]])
    assert gates_needed(problem, Geometry(3, 5, 2, 2, 3)) == 2  # 9 and 7; the 1 is an input
    assert gates_needed(problem, Geometry(3, 5, 2, 2, 2)) == 3  # no output reaches an input
    masked = Problem([[1, 2, 3]], [[1, 1, 9, 9, 7]], mask=np.array([[True, True, False, False, True]]))
    assert gates_needed(masked, Geometry(3, 5, 2, 2, 3)) == 1
