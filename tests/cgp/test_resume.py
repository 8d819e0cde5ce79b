"""A run that is killed and restored anywhere goes on bit for bit."""

import io
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.cgp import Evolution, Geometry, Settings
from cgplab.cgp.checkpoint import fingerprint, seal
from cgplab.cgp.kernels.layout import GATE_COUNT
from cgplab.errors import InputError
from tests.cgp.searches import COSTS, problem_for, wide_problem
from tests.thorough import examples

NARROW, TWO, WIDE = problem_for(1), problem_for(2), wide_problem()

# problem, grid, settings, kernel
RUNS = {
    "plain": (NARROW, "5x5", {"mutation_rate": 0.1, "generations": 400}, "full"),
    "plain, phases": (NARROW, "3x3", {"mutation_rate": 0.1, "patience": 30}, "full"),
    "plain, AE": (NARROW, "5x5", {"metric": "AE", "mutation_rate": 0.1, "generations": 300}, "full"),
    "two vectors": (TWO, "6x8", {"mutation_rate": 0.05, "generations": 300}, "full"),
    "incremental": (WIDE, "10x10", {"mutation_rate": 0.02, "generations": 400}, "incremental"),
    "incremental, many mutations": (WIDE, "10x10", {"mutation_rate": 0.3, "generations": 200}, "incremental"),
    "incremental, phases": (NARROW, "6x8", {"mutation_rate": 0.1, "patience": 40}, "incremental"),
    "incremental, energy, MSE": (
        WIDE, "10x10", {"metric": "MSE", "threshold": 9_000, "mutation_rate": 0.02, "generations": 400}, "incremental",
    ),
    "incremental, AE": (WIDE, "10x10", {"metric": "AE", "mutation_rate": 0.02, "generations": 400}, "incremental"),
    "multiplex": (WIDE, "40x10", {"multiplex": True, "mutation_rate": 0.02, "generations": 200}, "incremental"),
    "multiplex, value gates are the last column": (
        WIDE, "256x3", {"multiplex": True, "mutation_rate": 0.02, "generations": 200}, "incremental",
    ),
    "nearest": (WIDE, "10x10", {"wiring": "nearest", "mutation_rate": 0.05, "generations": 200}, "nearest"),
}  # fmt: skip


def slices(evolution, lengths):
    """Advance by slices of these lengths, repeating the last; yields after each."""
    lengths = list(lengths)
    while evolution.finished is None:
        evolution._advance(lengths.pop(0) if len(lengths) > 1 else lengths[0])
        yield evolution._progress()


def stored(arrays):
    """Through a file, as the store does it."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    with np.load(file, allow_pickle=False) as found:
        return dict(found)


def outcome(evolution, improvements):
    kernel = evolution._kernel
    return (
        evolution.best.to_text(),
        kernel.measures.tolist(),
        kernel.state.tolist(),
        np.delete(kernel.counters, 7).tolist(),
        evolution.threshold,
        evolution.finished,
        improvements,
    )


def begin(name, seed):
    problem, grid, options, kernel = RUNS[name]
    geometry = Geometry.from_grid(grid, problem.n_inputs, problem.n_outputs).with_(arity=max(2, problem.n_vectors))
    with mock.patch("cgplab.cgp.kernels.choice.choose_kernel", return_value=kernel):
        return Evolution(problem, geometry, COSTS, Settings(**options), seed=seed)


_undisturbed = {}


def undisturbed(name, seed):
    if (name, seed) not in _undisturbed:
        evolution = begin(name, seed)
        log = [row for progress in slices(evolution, [10**6]) for row in progress.improvements]
        _undisturbed[name, seed] = outcome(evolution, log)
    return _undisturbed[name, seed]


@pytest.mark.parametrize("name", RUNS)
@settings(max_examples=examples(12), derandomize=True)
@given(seed=st.integers(0, 3), lengths=st.lists(st.integers(1, 150), min_size=1, max_size=5))
def test_killed_and_restored(name, seed, lengths):
    expected = undisturbed(name, seed)
    lengths = [*lengths, 120]  # or a run in single generations would be restored hundreds of times
    evolution = begin(name, seed)
    problem, geometry, options = evolution.problem, evolution.geometry, evolution.settings
    log = []
    while evolution.finished is None:
        for _, progress in zip(range(2), slices(evolution, lengths), strict=False):
            log += progress.improvements
        arrays = stored(evolution.checkpoint())
        evolution = Evolution.restore(problem, geometry, COSTS, options, arrays)
        lengths = [*lengths[1:], lengths[0]]
    assert outcome(evolution, log) == expected


def small_run():
    geometry = Geometry.from_grid("5x5", NARROW.n_inputs, NARROW.n_outputs)
    evolution = Evolution(NARROW, geometry, COSTS, Settings(mutation_rate=0.1, generations=50))
    next(slices(evolution, [20]))
    return evolution


def test_seconds_and_time_limit_survive():
    evolution = small_run()
    evolution.seconds, evolution.finished = 12.5, "time limit"
    resumed = Evolution.restore(NARROW, evolution.geometry, COSTS, evolution.settings, stored(evolution.checkpoint()))
    assert resumed.seconds == 12.5
    assert resumed.finished is None
    evolution.finished = "patience"
    arrays = evolution.checkpoint()
    assert Evolution.restore(NARROW, evolution.geometry, COSTS, evolution.settings, arrays).finished == "patience"


def test_damaged_checkpoints_are_refused():
    evolution = small_run()
    arrays = evolution.checkpoint()
    for name, array in arrays.items():
        for broken in (
            {**arrays, name: np.zeros((2, 2))},
            {key: value for key, value in arrays.items() if key != name},
            {**arrays, name: np.frombuffer(bytes([array.tobytes()[0] ^ 1]) + array.tobytes()[1:], dtype=np.uint8)},
        ):
            with pytest.raises(InputError, match="damaged"):
                Evolution.restore(NARROW, evolution.geometry, COSTS, evolution.settings, broken)
    with pytest.raises(InputError, match="damaged"):
        Evolution.restore(NARROW, evolution.geometry, COSTS, evolution.settings, {})


def test_foreign_checkpoints_are_refused():
    evolution = small_run()
    arrays, geometry, chosen = evolution.checkpoint(), evolution.geometry, evolution.settings
    from cgplab.cgp import Problem
    from cgplab.hardware import load_costs

    other = Problem(NARROW.inputs, NARROW.targets[:, ::-1])
    for problem, shape, costs, options in (
        (other, geometry, COSTS, chosen),
        (NARROW, geometry.with_(l_back=3), COSTS, chosen),
        (NARROW, geometry, load_costs("thesis45"), chosen),
        (NARROW, geometry, COSTS, Settings(mutation_rate=0.1, generations=51)),
        (NARROW, geometry, COSTS, Settings(mutation_rate=0.1, generations=50, stops={})),
    ):
        with pytest.raises(InputError, match="another search"):
            Evolution.restore(problem, shape, costs, options, arrays)
    same = Settings(mutation_rate=0.1, generations=50, stops={"error": 0.0, "energy": 0.0})
    assert Evolution.restore(NARROW, geometry, COSTS, same, arrays).generation == evolution.generation


def forged(evolution, name, instead=None):
    """A checkpoint with another array, or none, in place of one, whose seal fits."""
    arrays = {key: value for key, value in evolution.checkpoint().items() if key not in ("checksum", "fingerprint")}
    del arrays[name]
    owner = fingerprint(evolution.problem, evolution.geometry, evolution.costs, evolution.settings)
    if instead is not None:
        arrays[name] = instead
    return seal(arrays, owner)


@pytest.mark.parametrize("name", ["plain", "two vectors", "incremental", "multiplex", "nearest"])
def test_a_forged_checkpoint_reaches_no_kernel(name):
    evolution = begin(name, 0)
    next(slices(evolution, [20]))
    chosen = evolution.problem, evolution.geometry, COSTS, evolution.settings
    for kind, array in evolution._kernel.arrays().items():
        place = f"kernel.{kind}"
        for wrong in (array[:-1], np.concatenate([array, array]), array.astype(np.float64), array[None]):
            with pytest.raises(InputError, match=f"no {kind} of "):
                Evolution.restore(*chosen, forged(evolution, place, wrong))
        with pytest.raises(InputError, match=f"no {kind} of "):
            Evolution.restore(*chosen, forged(evolution, place))
    for kind in ("genes", "counters", "active", "served"):
        array = evolution._kernel.arrays().get(kind, np.empty(0, np.int32))
        most = np.iinfo(array.dtype).max if array.dtype.kind == "i" else 0
        # Spare pins of multiplexed gates are legal whatever they are, and so is a count.
        far = () if kind == "counters" else range(array.size) if kind != "genes" else [array.size - 1]
        for index, value in [(0, -7)] * bool(array.size) + [(index, most) for index in far]:
            wrong = array.copy()
            wrong[index] = value
            if kind == "active" and index >= evolution._kernel.measures[GATE_COUNT]:
                continue  # not read
            with pytest.raises((InputError, IndexError)):
                Evolution.restore(*chosen, forged(evolution, f"kernel.{kind}", wrong))
