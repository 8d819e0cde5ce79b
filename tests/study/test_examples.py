"""The studies that ship with cgplab: one per experiment, complete, sound, and as their recipes say."""

from dataclasses import replace
from threading import Event

import pytest
from ulid import ULID

from cgplab.paths import shipped_data
from cgplab.running.execute import execute
from cgplab.selections import SELECTIONS
from cgplab.store import Store
from cgplab.study.completeness import Completeness
from cgplab.study.design import Design
from cgplab.study.document import read_document
from cgplab.study.sealed_studies import example_studies, opened, sealed_document

EXAMPLES = example_studies()
WITHOUT_WEIGHTS = {"worst_case"}
"""Selections whose circuits infer no weights of a model, so that there is no accuracy."""

WITHOUT_ACCURACY = {"published_kernel"}
"""Of a part of a network."""

WITHOUT_COMPARISON = {"sensitivity", "all_layers"}
"""Two layers, each searched once; and searches of which none is within budget: nothing to test."""


def test_there_is_one_for_every_selection_and_a_recipe_for_each():
    assert {sealed_document(opened(path)).selection for path in EXAMPLES.values()} == SELECTIONS.keys()
    assert {path.stem for path in (shipped_data() / "examples").glob("*.toml")} == EXAMPLES.keys()
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_is_complete_and_measured_on_all_images(name):
    store = opened(EXAMPLES[name])
    document = sealed_document(store)
    assert document == read_document(shipped_data() / "examples" / f"{name}.toml")
    assert document.name == name
    assert document.question.endswith("?")
    assert document.comparison is not None or name in WITHOUT_COMPARISON
    found = Completeness.of(Design.of(document), store, document.accuracy_data)
    tally = found.tally()
    assert (tally.done, tally.left, tally.failed, found.repeated) == (tally.n, 0, 0, 0)
    assert len(list(store.runs())) == tally.n
    assert document.accuracy.measured == (name not in WITHOUT_ACCURACY)
    if document.selection not in WITHOUT_WEIGHTS and document.accuracy.measured:
        assert tally.unmeasured == 0
        assert {row["dataset"] for row in store.table().rows} <= {"mnist/test", "fashion-mnist/test"}


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_each_is_as_it_was_written(name):
    assert opened(EXAMPLES[name]).verify() == []


def test_what_no_other_example_shows_is_there():
    assert opened(EXAMPLES["sensitivity"]).content.tables[0]
    assert all(run.synthesis() for run in opened(EXAMPLES["synthesis"]).runs())
    assert all(run.history() for run in opened(EXAMPLES["slider"]).runs())
    seeds = {row["layer"]: 0 for row in opened(EXAMPLES["mobilenet_evolved"]).table().rows}
    for row in opened(EXAMPLES["mobilenet_evolved"]).table().rows:
        seeds[row["layer"]] = max(seeds[row["layer"]], row["seed"])
    assert sum(most >= 5 for most in seeds.values()) >= 6


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_search_still_finds_what_is_shipped(name, own_store):
    table = opened(EXAMPLES[name]).table()
    quickest = {}
    for run, row in sorted(zip(table.runs, table.rows, strict=True), key=lambda found: found[1]["seconds"]):
        if row["gate_count"]:
            quickest.setdefault(row["search"], run)
    assert quickest
    for run in quickest.values():
        again = Store(own_store).create(replace(run.manifest, id=str(ULID())))
        status = execute(again, Event(), lambda *_: None)
        assert again.best().to_text() == run.best().to_text(), run.manifest.search
        for measure in ("generation", "error", "energy", "area", "delay", "gate_count"):
            assert getattr(status, measure) == getattr(run.status, measure), measure
        found, shipped = again.weights(), run.weights()
        assert found.keys() == shipped.keys()
        assert all((found[layer] == shipped[layer]).all() for layer in found)
