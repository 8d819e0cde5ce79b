"""Evolve writes and extends studies: only what is missing is started, and what is refused leaves the file as it was."""

from dataclasses import replace

import pytest

from cgplab.dashboard import EvolveView
from cgplab.dashboard.address import Address
from cgplab.dashboard.theme import load
from cgplab.errors import InputError
from cgplab.store import Store
from cgplab.study import asking
from cgplab.study.asking import ask
from cgplab.study.completeness import Completeness
from cgplab.study.design import Design
from cgplab.study.library import Library


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Of a store whose runs are made, but started by nobody."""

    def start(work, store, jobs, accuracy):
        return [run.id for run in store.create_all([item for item in work if not hasattr(item, "directory")])]

    monkeypatch.setattr(asking, "start_runs", start)
    return Library(Store(tmp_path / "store"))


def places(library, name):
    document = library.find(name)
    found = Completeness.of(Design.of(document), library.store, document.accuracy_data)
    return len(found.members), found.design.n_runs


def test_a_study_is_made_extended_and_found_complete(library, quick):
    first = ask(library, "mine", "What?", quick)
    assert (len(first.started), first.there) == (2, 0)
    assert library.find("mine").question == "What?"
    library.path("mine").write_text("# my own words\n" + library.path("mine").read_text())

    more = ask(library, "mine", "Another question?", replace(quick, strategies=[0.0, 11.0]))
    assert (len(more.started), places(library, "mine")) == (1, (3, 3))
    text = library.text("mine")
    assert text.startswith("# my own words\n")
    assert library.find("mine").question == "What?"
    assert library.latest()[0] == "mine"

    # What it holds already changes nothing, however it was put together.
    ask(library, "mine", "", replace(quick, strategies=[5.0, 11.0]))
    assert library.text("mine") == text
    assert places(library, "mine") == (3, 3)


def test_a_study_of_several_layers_is_planned_in_blocks(library, quick):
    ask(library, "mine", "What?", replace(quick, parameters={"layer": "all"}, grids=["10x10"]))
    plan = library.find("mine").comparison
    assert (plan.response, plan.factor, plan.block) == ("accuracy_loss", "strategy", "layer")


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("two words", {}, "is not a valid study name"),
        ("latest", {}, "is not a valid study name"),
        ("mine", {"selection": "single_channel"}, "name another study"),
        ("mine", {"costs": "thesis45", "metric": "AE"}, "has error metric SE, not AE"),
        ("mine", {"model": "lenet5-float-nothing"}, "lenet5-float-nothing"),
        ("mine", {"runs": 2_000_000}, "must lie between 1 and 100000"),
        ("mine", {"grids": ["1x1"], "method": "construct"}, "cannot be carried out"),
        ("new", {"grids": ["1x1"], "method": "construct"}, "cannot be carried out"),
    ],
)
def test_what_is_refused_leaves_everything_as_it_was(library, quick, name, change, words):
    ask(library, "mine", "What?", quick)
    before = {path: path.read_bytes() for path in library.directory.rglob("*.*")}
    with pytest.raises(InputError, match=words):
        ask(library, name, "What?", replace(quick, **change))
    assert {path: path.read_bytes() for path in library.directory.rglob("*.*")} == before
    assert len(list(library.store.runs())) == 2


def test_a_study_that_is_being_carried_out_is_not_extended(library, quick):
    ask(library, "mine", "What?", quick)
    text = library.text("mine")
    with library.held("mine"), pytest.raises(InputError, match="being carried out"):
        ask(library, "mine", "What?", replace(quick, strategies=[11.0]))
    assert library.text("mine") == text


def test_the_view_tells_what_became_of_it(library):
    load()
    address = Address(study="gone", where="layer=fc1")
    view = EvolveView(library.store, address)
    view.form.selection.value = "single_filter"
    view.form.generations.value = 300
    view._start(None)
    assert (address.study, view.study.value, address.where) == ("single_filter-1", "single_filter-1", "")
    (run,) = library.store.runs()
    assert address.batch == run.manifest.batch
    assert "Study single_filter-1: 1 run started" in view._message.object
    view.form.selection.value = "single_channel"
    view._start(None)
    assert "role=&#39;alert&#39;" in view._message.object or "role='alert'" in view._message.object
    assert "name another study" in view._message.object
    view.study.value = "no name"
    view._start(None)
    assert "is not a valid study name" in view._message.object
    assert address.study == "single_filter-1"
    assert len(list(library.store.runs())) == 1
