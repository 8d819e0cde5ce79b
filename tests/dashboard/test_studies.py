"""Views over a study in view, without a browser: chips beside text, the planned comparison, ways out of mixtures."""

import pytest

from cgplab.dashboard import EvolveView, LiveView, ResultsView, RunsView, StatisticsView
from cgplab.dashboard.address import Address
from cgplab.dashboard.study_chip import StudyChip
from cgplab.dashboard.theme import load
from cgplab.store import State, Store
from cgplab.study.library import Library
from tests.study.studies import design_of, fill, stand, text_of

MIXED = {"name": "mixed", "models": ["lenet5-qat"], "grids": ["3x4", "5x5"]}


@pytest.fixture
def store(tmp_path):
    """Three studies: four runs of one, all of another that mixes grids, and none of one without a plan."""
    load()
    store = Store(tmp_path / "store")
    library = Library(store)
    library.add(text_of(), "kernels")
    fill(store, design_of())
    library.add(text_of(**MIXED), "mixed")
    fill(store, design_of(**{**MIXED, "grids": ["5x5"]}))
    library.add(text_of(name="other", strategies=[11], comparison=None), "other")
    return store


def said(store, study=""):
    chip = StudyChip(store, Address(study=study))
    return chip._said.object


def test_the_chip_tells_how_far_a_study_has_come(store):
    assert "✓ 4 runs" in said(store, "kernels")
    assert "other: 1 of 1 cell incomplete" in said(store)  # the latest
    runs = fill(store, design_of(name="other", strategies=[11]), State.RUNNING)
    stand(runs[0], State.FAILED)
    assert "1 of 1 cell incomplete, 1 running, 1 failed" in said(store, "other")
    assert "10 runs" in said(store, "all")
    chip = StudyChip(store, Address(study="gone"))
    assert chip.problem.startswith("no study gone in")
    chip._address.look_at("kernels")
    assert chip.problem == ""


def test_runs_and_live_are_about_the_study_in_view(store):
    address = Address(study="kernels")
    runs, live = RunsView(store, address), LiveView(store, address)
    first = set(runs.shown()["id"])
    assert set(live._watches) == first
    assert len(first) == 4
    address.look_at("mixed")
    assert len(runs.shown()) == 8
    assert len(live._watches) == 4  # the newest batch alone
    assert not first & set(live._watches)
    address.look_at("all")
    assert len(runs.shown()) == 8


def test_chips_and_text_stay_in_step_in_both_views(store):
    address = Address(study="mixed", where="seed=1")
    results, statistics = ResultsView(store, address), StatisticsView(store, address)
    chips, others = results._filter._chips, statistics._filter._chips
    assert set(chips) == {"strategy"}
    chips["strategy"].value = ["5"]
    assert address.where == results._filter._field.value == "seed=1 strategy=5"
    assert others["strategy"].value == ["5"]
    assert set(statistics._filter.runs()["strategy"]) == {5.0}
    statistics._filter._field.value = "strategy=0,5"
    assert chips["strategy"].value == ["0", "5"]
    others["strategy"].value = []
    assert address.where == ""
    address.where = "strategy='0"
    assert "unclosed quotation mark" in results._filter._message.object
    assert chips["strategy"].value == []
    address.look_at("kernels")
    assert address.where == ""


def test_statistics_begins_with_the_plan_and_compares_once(store, monkeypatch):
    from cgplab.dashboard import statistics_view

    asked = []
    real = statistics_view.compare_runs
    monkeypatch.setattr(
        statistics_view, "compare_runs", lambda *given, **options: (asked.append(given[1:]), real(*given, **options))[1]
    )
    address = Address(study="kernels")
    view = StatisticsView(store, address)
    assert (view.response, view.factor) == ("error", "strategy")
    assert (address.response, address.factor) == ("", "")  # a link shows the plan as it will be
    address.look_at("other")
    assert view.response == "accuracy_loss"
    address.param.update(study="kernels", response="energy")
    assert view.response == "energy"
    assert [given[0] for given in asked] == ["error", "accuracy_loss", "energy"]


def test_a_mixture_is_refused_with_a_click_for_every_way_on(store):
    address = Address(study="mixed")
    view = StatisticsView(store, address)
    labels = [button.label for button in view._ways]
    assert labels == ["Only grid=3x4", "Only grid=5x5"]
    view._ways[1].clicks += 1
    assert address.where == "grid=5x5"
    assert list(view._ways) == []


def test_evolve_offers_the_study_in_view_and_keeps_what_is_filled_in(store):
    address = Address(study="kernels")
    view = EvolveView(store, address)
    view.form.further.value = "2"
    assert (view.study.value, view.question.value, view.question.disabled) == ("kernels", "Which strategy?", True)
    address.look_at("all")
    assert (view.study.value, view.question.value, view.question.disabled) == ("", "", False)
    assert view.study.placeholder == "new: layer_bypass-1"
    assert view.form.further.value == "2"
