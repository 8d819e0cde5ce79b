"""Designs: cells x seeds are the runs that the same requests plan; too large or impossible ones are refused early."""

from dataclasses import replace

import pytest

from cgplab.errors import InputError
from cgplab.running import Request, plan_runs
from cgplab.selections import SELECTIONS
from cgplab.study.design import Design
from tests.study.studies import design_of, study_of

LARGE = {"strategies": [n / 50 for n in range(5_000)]}


@pytest.fixture
def no_planning(monkeypatch):
    """Planning is an error: what is too large has to be known before."""
    monkeypatch.setattr("cgplab.study.design.plan_runs", lambda _: pytest.fail("planned"))


def refusal(most=100_000, **changes):
    with pytest.raises(InputError) as caught:
        Design.of(study_of(**changes), most)
    line = str(caught.value)
    assert line.isprintable()
    assert line.startswith("study kernels cannot be carried out: ")
    return line.partition(": ")[2]


@pytest.mark.parametrize("selection", SELECTIONS)
def test_cells_and_seeds_are_the_runs_that_evolve_would_make(selection):
    changes = {"selection": selection, "strategies": [2.5, 5], "grids": None, "seeds": "3-5"}
    design = design_of(**changes)
    planned = plan_runs(
        Request(
            model="lenet5-qat", selection=selection, strategies=[2.5, 5], runs=3, seed=3, generations=300
        )
    )  # fmt: skip
    places = [(manifest.cell, manifest.seed) for manifest in planned.manifests]
    assert sorted(places) == sorted((cell.key, seed) for cell in design.cells for seed in cell.seeds)
    assert design.n_runs == len(places) == len(set(places))
    made = list(design.manifests(places[::2]))
    assert [(manifest.cell, manifest.seed) for manifest in made] == [
        (cell.key, seed) for cell in design.cells for seed in cell.seeds if (cell.key, seed) in set(places[::2])
    ]
    assert len({manifest.batch for manifest in made}) == 1
    assert len({manifest.id for manifest in made}) == len(made)


def test_layers_that_all_leaves_out_are_named():
    design = design_of(selection="mobilenet", layers=["all"], parameters={"kept": 151}, grids=None)
    assert design.left_out == {
        "conv1": "layer conv1 has 150 weights; cannot keep 151 of them, choose fewer with --kept"
    }
    assert {cell.template.layer for cell in design.cells} == {"conv2"}


def test_searches_that_overlap_share_their_cells():
    design = design_of(searches=[{}, {"wiring": "nearest", "seeds": "2-4"}, {"strategies": [5, 11], "seeds": [9]}])
    assert [(cell.template.strategy, cell.seeds) for cell in design.cells] == [
        (0.0, (1, 2, 3, 4)), (5.0, (1, 2, 3, 4, 9)), (11.0, (9,)),
    ]  # fmt: skip
    again = design_of(models=["lenet5-qat", "lenet5-qat"])
    assert [cell.seeds for cell in again.cells] == [(1, 2), (1, 2)]
    # Each as large as may be, and the same.
    assert design_of(seeds="1-50000", searches=[{}, {}]).n_runs == 100_000
    key = design.cells[2].key
    assert (key, 9) in design
    assert (key, 1) not in design
    assert ("0" * 16, 9) not in design


@pytest.mark.usefixtures("no_planning")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seeds": "1-50001"}, "100,002 runs or more, above the limit of 100,000"),
        ({"seeds": "1-1000000"}, "2,000,000 runs or more"),
        ({**LARGE, "seeds": "1-21"}, "105,000 runs or more"),
        ({**LARGE, "selection": "grid_size", "layers": ["all"], "grids": None, "parameters": {"kernels": 6},
          "seeds": "1-2"}, "120,000 runs or more"),
    ],
)  # fmt: skip
def test_too_many_runs_are_refused_before_they_are_planned(changes, words):
    line = refusal(**changes)
    assert words in line
    assert line.endswith("name fewer seeds, strategies, grids or layers, or allow it with --yes")


@pytest.mark.usefixtures("no_planning")
def test_too_many_cells_are_refused_whatever_is_said():
    line = refusal(None, **LARGE, grids=[f"{n}x3" for n in range(3, 30)])
    assert line.startswith("it has 135,000 cells or more, above the limit of 100,000; ")


def test_seeds_take_no_memory_for_each_cell():
    design = Design.of(study_of(seeds="1-1000000", strategies=[0, 1, 5]), None)
    assert design.n_runs == 3_000_000
    assert len({id(cell.seeds) for cell in design.cells}) == 1
    assert (design.cells[0].key, 10**6) in design


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"models": ["lenet6"]}, ["no model named 'lenet6'", "lenet5-qat"]),
        ({"models": ["../../x.npz"]}, ["../../x.npz"]),
        ({"models": ["x" * 300]}, ["no model named 'xxx"]),
        ({"models": ["~nobody/x.npz"]}, ["no model file ~nobody/x.npz"]),
        ({"models": ["lenet5-float"]}, ["float weights"]),
        ({"costs": "gold"}, ["gold"]),
        ({"layers": ["conv9"]}, ["no layer 'conv9'", "conv1, conv2"]),
        ({"layers": ["fc1"]}, ["layer fc1", "not a convolution"]),
        ({"parameters": {"filter": 99}}, ["layer conv1 has no filter 99; allowed: 0 to 5"]),
        ({"selection": "mobilenet", "layers": ["conv1"], "parameters": {"kept": 151}}, ["layer conv1 has 150 weights"]),
        ({"selection": "mobilenet", "layers": ["conv2", "conv1"], "method": "construct", "strategies": [0]},
         ["layer conv2: ", "needs a gate for each of", "a grid of at least", "not 3x4"]),
        ({"grids": ["9999x9999"]}, ["layer conv1: ", "genes"]),
        ({"l_back": 0}, ["layer conv1: ", "l_back"]),
        ({"strategies": [256]}, ["strategy 256 allows any error"]),
        ({"selection": "all_layers", "wiring": "nearest"}, ["layer conv1+conv2: ", "wiring"]),
    ],
)  # fmt: skip
def test_impossible_cells_are_one_line(changes, words):
    line = refusal(**changes)
    for word in words:
        assert word in line


def test_a_design_of_manifests_has_their_cells_and_seeds():
    design = design_of()
    places = [(cell.key, seed) for cell in design.cells for seed in (4, 2)]
    wanted = [replace(cell.template, seed=seed) for cell in design.cells for seed in (4, 2)]
    found = Design.of_manifests([*wanted, wanted[0]])
    assert [(cell.key, seed) for cell in found.cells for seed in cell.seeds] == places
    assert [manifest.seed for manifest in found.manifests(places[1:])] == [2, 4, 2]
