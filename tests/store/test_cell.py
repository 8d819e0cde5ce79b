"""The key of a cell: equal for equal searches, whoever planned them and wherever, and for no others."""

from contextlib import suppress
from dataclasses import fields, replace

import pytest

from cgplab.errors import InputError
from cgplab.models.stored import model_path
from cgplab.running import METHODS, Request, plan
from cgplab.selections import SELECTIONS
from cgplab.store import Manifest
from cgplab.store.manifest import SearchSettings

CHANGED = {
    "model_sha256": "1" * 64,
    "selection": "chain",
    "layer": "conv2",  # where the parameters leave it to the selection
    "parameters": {"layer": "conv1", "filter": 1},
    "strategy": 4.0,
    "metric": "AE",
    "grid": "4x3",
    "l_back": 1,
    "method": "construct",
    "costs_sha256": "1" * 64,
}
"""Of what determines a cell, another value each; ``settings`` below."""
SETTINGS = {
    "children": 5,
    "mutation_rate": 0.2,
    "generations": 301,
    "patience": 9,
    "time_limit": 1.5,
    "order": ["area", "energy", "error", "delay", "gate_count"],
    "wiring": "evolved",
    "multiplex": True,
    "stops": {"error": 1.0},
    "start": "01ABC",
    "as_built": "frozen",
    "experiment": "another",
}
ASIDE = {
    "id": "01B",
    "batch": "01C",
    "created": "2030-01-01T00:00:00.000+00:00",
    "seed": 99,
    "versions": {"cgplab": "9"},
    "git": None,
    "host": "elsewhere",
    "schema": 2,
    # Names of what the checksums identify.
    "model": "/tmp/copy.npz",
    "costs": "/tmp/copy.csv",
    # What follows from the rest.
    "threshold": 1,
    "n_inputs": 1,
    "n_outputs": 1,
    "missing_weights": 1,
}


def plans(selection, method):
    """Manifests of a selection and method; none where they do not go together."""
    found = []
    for options in ({}, {"objective": "area", "time_limit": 2.0}, {"generations": 10, "patience": 3, "stops": {}}):
        request = Request(
            model="lenet5-qat", selection=selection, strategies=[2.5, 5.0], runs=2, method=method, **options
        )
        with suppress(InputError):  # too many vectors for the constructive solver
            found += plan(request)
    assert found or method != "evolve"
    return found


@pytest.mark.parametrize("selection", SELECTIONS)
def test_a_run_read_back_is_of_the_cell_that_was_planned(selection, tmp_path):
    seen = {}
    for method in METHODS:
        for manifest in plans(selection, method):
            manifest.write(tmp_path / "manifest.json")
            assert Manifest.read(tmp_path / "manifest.json").cell == manifest.cell
            seen.setdefault(manifest.cell, []).append(manifest)
    # Two seeds each; of the constructive solver's requests two differ in what it does not look at.
    assert {len(same) for same in seen.values()} <= {2, 4}
    assert all({manifest.seed for manifest in same} == {1, 2} for same in seen.values())
    assert {same[0].method for same in seen.values() if len(same) == 4} <= {"construct"}


@pytest.fixture
def manifest(quick):
    return plan(quick)[0]


def test_every_field_of_a_manifest_determines_the_cell_or_does_not(manifest):
    assert {field.name for field in fields(Manifest)} == {*CHANGED, "settings", *ASIDE}
    assert set(SearchSettings.__annotations__) == set(SETTINGS)
    for name, value in ASIDE.items():
        assert replace(manifest, **{name: value}).cell == manifest.cell, name
    cells = {name: replace(manifest, **{name: value}).cell for name, value in CHANGED.items()}
    for name, value in SETTINGS.items():
        cells[f"settings.{name}"] = replace(manifest, settings={**manifest.settings, name: value}).cell
    assert len({*cells.values(), manifest.cell}) == len(cells) + 1


def test_the_constructive_solver_looks_at_nothing_but_the_objective(quick):
    made = plan(replace(quick, method="construct", strategies=[5.0]))[0]
    for name, value in SETTINGS.items():
        changed = replace(made, settings={**made.settings, name: value})
        assert (changed.cell == made.cell) is (name != "order"), name


def test_layers_by_their_names_or_by_default_are_the_same(quick):
    def cell(**parameters):
        return plan(replace(quick, parameters=parameters))[0].cell

    assert cell() == cell(layer="conv1") == cell(layer=["conv1"]) != cell(layer="conv2")
    together = replace(quick, selection="all_layers", grids=["9x9"])
    keys = [
        plan(replace(together, parameters=parameters))[0].cell
        for parameters in (
            {}, {"layers": ["all"]}, {"layers": ["conv1", "conv2"]}, {"layers": ["conv2", "conv1", "conv2"]},
            {"layers": ["conv2"]},
        )
    ]  # fmt: skip
    assert keys[0] == keys[1]
    assert keys[2] == keys[3]
    assert len(set(keys)) == 3


def test_a_model_under_another_path_is_of_the_same_cell(manifest, quick, tmp_path):
    copy = tmp_path / "copy.npz"
    copy.write_bytes(model_path("lenet5-qat").read_bytes())
    assert plan(replace(quick, model=str(copy)))[0].cell == manifest.cell
