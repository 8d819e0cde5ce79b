"""The driver: reproducible, independent runs, and errors before anything is compiled."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cgplab.cgp import Circuit, CostTable, Evolution, Geometry, Problem, Settings
from cgplab.cgp.operators import BY_NAME
from cgplab.errors import InputError
from tests.cgp.searches import COSTS, problem_for, wide_problem

NARROW, WIDE = problem_for(1), wide_problem()


def geometry_for(problem, grid="6x8", **changes):
    return Geometry.from_grid(grid, problem.n_inputs, problem.n_outputs).with_(
        arity=max(2, problem.n_vectors), **changes
    )


def result(evolution, **how):
    log = [row for progress in evolution.run(**how) for row in progress.improvements]
    return evolution.best.to_text(), evolution.generation, evolution.threshold, evolution.finished, log


def small(seed, **options):
    options = {"mutation_rate": 0.1, "generations": 3000, **options}
    return Evolution(NARROW, geometry_for(NARROW), COSTS, Settings(**options), seed=seed)


@pytest.mark.parametrize("options", [{}, {"metric": "AE"}, {"patience": 60}, {"threshold": 20_000}])
def test_slices_do_not_matter(options):
    whole = result(small(4, **options), slice_seconds=10)
    assert result(small(4, **options), slice_seconds=1e-5) == whole
    assert result(small(5, **options), slice_seconds=1e-5) != whole


def test_threads_do_not_matter():
    seeds = range(12)
    one_by_one = [result(small(seed)) for seed in seeds]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda seed: result(small(seed), slice_seconds=0.001), seeds)) == one_by_one


def test_seeds_are_independent_of_earlier_use():
    sequence = np.random.SeedSequence(7)
    first = result(small(sequence))
    sequence.spawn(3)
    assert result(small(sequence)) == first == result(small(7))


def test_a_raised_threshold_stays_with_its_run():
    chosen = Settings(mutation_rate=0.1, patience=20)
    geometry = geometry_for(NARROW)
    runs = [Evolution(NARROW, geometry, COSTS, chosen, seed=1) for _ in range(2)]
    first = result(runs[0])
    assert first[2] > chosen.threshold == 0
    assert first[3] == "patience"
    assert runs[1].threshold == 0
    assert result(runs[1]) == first
    assert result(Evolution(NARROW, geometry, COSTS, chosen, seed=1)) == first


def test_start_circuit():
    start = Circuit.random(geometry_for(NARROW), 99)
    evolution = Evolution(NARROW, start.geometry, COSTS, Settings(generations=1), start=start)
    assert evolution.best == start
    with pytest.raises(InputError, match="start circuit"):
        Evolution(NARROW, geometry_for(NARROW, "5x5"), COSTS, start=start)


def test_time_limit_and_generations():
    evolution = small(0, generations=None, stops={})
    *_, last = evolution.run(time_limit=0.05, slice_seconds=0.01)
    assert last.finished == "time limit"
    assert last.seconds >= 0.05
    *_, last = small(0, generations=123).run()
    assert (last.finished, last.generation) == ("generations", 123)


def test_early_stop():
    evolution = small(0, threshold=10**6, order=("gate_count",), stops={"gate_count": 5})
    assert result(evolution)[3] == "early stop"
    assert evolution.evaluation().gate_count <= 5


def test_nearest_wiring():
    chosen = Settings(wiring="nearest", mutation_rate=0.1, generations=300, stops={})
    evolution = Evolution(WIDE, geometry_for(WIDE, "10x10"), COSTS, chosen, seed=2)
    *_, last = evolution.run()
    assert last.kernel == "nearest"
    assert evolution.evaluation().error == last.error


def test_every_geometry_lets_outputs_depend_on_inputs():
    for rows, cols in ((1, 1), (3, 4)):
        for l_back in range(1, cols + 3):
            geometry = Geometry(2, 3, rows, cols, l_back)
            # The first column always reads the inputs, and every later one the column before it.
            assert geometry.pin_low[0] == 0
            assert (geometry.pin_high[1:] - geometry.pin_low[1:] >= rows).all()


def costs_with(**changes):
    free = {"energy": 0, "area": 0, "delay": 0}
    return CostTable.from_mapping(dict.fromkeys(BY_NAME, free) | {"add": {**free, **changes}})


BAD = {
    "no children": lambda: Settings(children=0),
    "half a child": lambda: Settings(children=1.5),
    "rate 0": lambda: Settings(mutation_rate=0),
    "rate above 1": lambda: Settings(mutation_rate=1.1),
    "rate not a number": lambda: Settings(mutation_rate=float("nan")),
    "rate a text": lambda: Settings(mutation_rate="high"),
    "negative threshold": lambda: Settings(threshold=-1),
    "huge threshold": lambda: Settings(threshold=2**63),
    "no generations": lambda: Settings(generations=0),
    "no patience": lambda: Settings(patience=0),
    "metric": lambda: Settings(metric="RMSE"),
    "empty order": lambda: Settings(order=()),
    "order twice": lambda: Settings(order=("energy", "energy")),
    "order unknown": lambda: Settings(order=("power",)),
    "stop unknown": lambda: Settings(stops={"power": 1}),
    "stop negative": lambda: Settings(stops={"energy": -1}),
    "stop infinite": lambda: Settings(stops={"energy": float("inf")}),
    "wiring": lambda: Settings(wiring="random"),
    "multiplex and nearest": lambda: Settings(wiring="nearest", multiplex=True),
    "multiplex text": lambda: Settings(multiplex="yes"),
    "negative weight": lambda: Problem([1], [2, 3], weights=[1, -1]),
    "no target counts": lambda: Problem([1], [2, 3], mask=[False, False]),
    "all weights 0": lambda: Problem([1], [2, 3], weights=[0, 0]),
    "no l-back": lambda: Geometry(9, 16, 5, 5, 0),
    "inputs differ": lambda: Evolution(NARROW, Geometry(8, 16, 5, 5, 5), COSTS),
    "outputs differ": lambda: Evolution(NARROW, Geometry(9, 17, 5, 5, 5), COSTS),
    "too few pins": lambda: Evolution(problem_for(3), Geometry(9, 16, 5, 5, 5), COSTS),
    "no mux cost": lambda: Evolution(
        problem_for(2),
        geometry_for(problem_for(2)),
        CostTable.from_mapping({n: {"energy": 0, "area": 0, "delay": 0} for n in BY_NAME if "mux" not in n}),
    ),
    "overflow": lambda: Evolution(NARROW, geometry_for(NARROW, "1000x200"), costs_with(area=4e7)),
    "energy per op unknown": lambda: Evolution(
        NARROW, geometry_for(NARROW), costs_with(), Settings(order=("energy_per_op",))
    ),
    "stop on unknown energy per op": lambda: Evolution(
        NARROW, geometry_for(NARROW), costs_with(), Settings(stops={"energy_per_op": 1})
    ),
    "multiplex, few outputs": lambda: Evolution(NARROW, geometry_for(NARROW, "50x10"), COSTS, Settings(multiplex=True)),
    "multiplex, small grid": lambda: Evolution(WIDE, geometry_for(WIDE, "15x17"), COSTS, Settings(multiplex=True)),
    "multiplex, l-back": lambda: Evolution(
        WIDE, geometry_for(WIDE, "20x30", l_back=12), COSTS, Settings(multiplex=True)
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line(name):
    with pytest.raises(InputError) as caught:
        BAD[name]()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_bad_input_is_found_before_anything_is_compiled():
    code = """
import sys
from tests.cgp.test_evolution import BAD
from cgplab.errors import InputError
for make in BAD.values():
    try:
        make()
    except InputError:
        continue
    raise SystemExit("accepted")
print("numba" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
