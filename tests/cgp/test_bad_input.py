"""Everything a run can be asked for wrongly is refused in one line, and before numba is even imported."""

import json
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from cgplab.cgp import CostTable, Evolution, Geometry, Problem, Settings
from cgplab.cgp.construct import construct
from cgplab.errors import InputError
from cgplab.hardware import load_costs

PROBLEM, GRID = Problem([1, 2], [3, 4, 5]), Geometry(2, 3, 4, 4, 5)
MANY = Problem([1, 2], list(range(10, 40)))


def costs():
    return load_costs("freepdk45")


def dear(energy: float) -> CostTable:
    entry = {"energy": energy, "area": 1.0, "delay": 0.1}
    return CostTable.from_mapping(dict.fromkeys(costs().quanta, entry), "dear")


def evolve(problem=PROBLEM, geometry=GRID, table=None, **settings):
    return Evolution(problem, geometry, table or costs(), Settings(**settings))


CASES: dict[str, tuple[Callable[[], object], str]] = {
    "no children": (lambda: evolve(children=0), "children must lie between 1 and 10000, not 0"),
    "mutation rate 0": (lambda: evolve(mutation_rate=0), r"mutation rate must lie in \(0, 1\], not 0"),
    "mutation rate above 1": (lambda: evolve(mutation_rate=1.01), r"mutation rate must lie in \(0, 1\], not 1.01"),
    "mutation rate nan": (lambda: evolve(mutation_rate=float("nan")), r"mutation rate must lie in \(0, 1\], not nan"),
    "threshold below 0": (lambda: evolve(threshold=-1), "threshold must lie between 0 and .*, not -1"),
    "no grid": (lambda: Geometry(2, 3, 0, 4, 5), "rows must be at least 1, not 0"),
    "l-back 0": (lambda: Geometry(2, 3, 4, 4, 0), "l_back must be at least 1, not 0"),
    "another problem's grid": (lambda: evolve(geometry=Geometry(3, 3, 4, 4, 5)), "3 inputs but the problem has 2"),
    "grid too small for value gates": (lambda: evolve(multiplex=True), "at least 256"),
    "weights below 0": (lambda: Problem([1, 2], [3, 4], weights=[1, -2]), "weights must be at least 0, found -2"),
    "nothing counts": (lambda: Problem([1, 2], [3, 4], mask=[False, False]), "no target counts"),
    "weights that overflow": (lambda: Problem([1, 2], [3, 4], weights=[2**50, 1]), "error would overflow"),
    "cost of a gate too large": (lambda: dear(1e12), "sums would overflow above"),
    "costs of a grid overflow": (lambda: evolve(geometry=Geometry(2, 3, 500, 1000, 1001), table=dear(9e1)), "overflow"),
    "constructed costs overflow": (lambda: construct(PROBLEM, GRID, dear(9e1)), "sums would overflow above"),
    "budget below 0": (lambda: construct(PROBLEM, GRID, costs(), budget=-1), "budget must be at least 0, not -1"),
    "grid too small": (
        lambda: construct(MANY, Geometry(2, 30, 4, 4, 5), costs()),
        "30 distinct targets, so a grid of at least 8x4, not 4x4",
    ),
    "l-back too short": (
        lambda: construct(MANY, Geometry(2, 30, 10, 4, 2), costs()),
        r"at least 15x4, not 10x4 \(outputs read the last 2 columns only\)",
    ),
    "two vectors in too small a grid": (
        lambda: construct(Problem(np.array([[1], [2]]), np.array([[3, 4], [5, 6]])), Geometry(1, 2, 1, 1, 2), costs()),
        "2 distinct targets, so a grid of at least 2x1, not 1x1",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_clear_line(case):
    ask, message = CASES[case]
    with pytest.raises(InputError, match=message) as caught:
        ask()
    assert "\n" not in str(caught.value)


def test_refused_before_anything_is_compiled():
    code = (
        "import json, sys\n"
        "from tests.cgp.test_bad_input import CASES\n"
        "for case, (ask, _) in CASES.items():\n"
        "    try:\n"
        "        ask()\n"
        "    except Exception:\n"
        "        pass\n"
        "    else:\n"
        "        raise SystemExit(f'{case} is accepted')\n"
        "    assert 'numba' not in sys.modules, case\n"
        "print(json.dumps(list(CASES)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == list(CASES)


def test_a_grid_that_is_just_large_enough_is_not_refused():
    made = construct(Problem([1, 2], [3, 4, 2]), Geometry(2, 3, 1, 2, 3), costs())
    assert made.evaluation.error == 0
