"""Bad input is refused in one line before anything is compiled."""

import subprocess
import sys

import numpy as np
import pytest

from cgplab.cgp import CostTable, Geometry, Problem
from cgplab.cgp.construct import construct
from cgplab.errors import InputError

PROBLEM, GEOMETRY = Problem([1, 2], [3, 4, 5]), Geometry(2, 3, 4, 4, 5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"budget": -1}, "budget must be at least 0, not -1"),
        ({"budget": 0.5}, "whole number"),
        ({"budget": True}, "whole number"),
        ({"budget": [1, 2]}, "2 budgets were given for 1 vectors"),
        ({"objective": "delay"}, "unknown objective 'delay'; allowed: energy"),
        ({"metric": "RMS"}, "unknown error metric"),
        ({"geometry": Geometry(3, 3, 4, 4, 5)}, "3 inputs but the problem has 2"),
        ({"geometry": Geometry(2, 4, 4, 4, 5)}, "4 outputs but the problem has 3"),
        ({"seed": -1}, "seed must be"),
        ({"time_limit": 0}, "time limit must be more than 0"),
        ({"problem": Problem(np.ones((5, 2), int), np.ones((5, 3), int))}, "at most 4 vectors, not 5"),
        ({"problem": Problem(np.ones((2, 2), int), np.ones((2, 3), int)), "metric": "MSE", "budget": 3}, "per vector"),
    ],
)
def test_refusals(costs, changes, message):
    request = {"problem": PROBLEM, "geometry": GEOMETRY, "costs": costs, **changes}
    with pytest.raises(InputError, match=message) as error:
        construct(**request)
    assert "\n" not in str(error.value)


def test_costs_that_would_overflow(costs):
    cheap = {"energy": 1e-6, "area": 1.0, "delay": 0.1}
    entries = dict.fromkeys(costs.quanta, cheap)
    table = CostTable.from_mapping({**entries, "mul": {**cheap, "energy": 80.0}}, "huge")
    with pytest.raises(InputError, match="sums would overflow"):
        construct(PROBLEM, GEOMETRY, table)


def test_refusals_do_not_compile():
    code = (
        "import sys\n"
        "from cgplab.cgp.construct import construct\n"
        "assert 'numba' not in sys.modules and 'scipy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
