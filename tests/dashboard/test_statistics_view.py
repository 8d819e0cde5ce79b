"""Sessions that compare the same runs share the result; a result older than the store is never shown."""

from dataclasses import replace

import pytest

from cgplab.dashboard import StatisticsView
from cgplab.dashboard.address import Address
from cgplab.store import Store
from cgplab.study.comparing import compare_runs
from tests.ui.conftest import stored


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    stored(store, 24)
    return store


def view(store, where="layer=conv1"):
    return StatisticsView(store, Address(response="energy", where=where))


def test_one_comparison_for_all_sessions(store):
    first, second, other = view(store), view(store), view(store, where="layer=conv1 strategy=0,5")
    assert second._found is first._found
    assert other._found is not first._found
    assert len(other._found.levels) == 2
    second.response = "seconds"
    assert second._found is not first._found
    second.response = "energy"
    assert second._found is first._found


def test_it_is_made_anew_when_a_run_has_changed(store):
    first = view(store)
    store.delete(next(store.runs()))
    second = view(store)
    assert second._found is not first._found
    assert second._found.levels["n"].sum() == first._found.levels["n"].sum() - 1
    assert second._found.report() == compare_runs(second._filter.frames(), "energy", "strategy", None).report()


def test_posthoc_test_and_level_can_be_chosen(store):
    shown = view(store, where="")
    assert list(shown._posthocs.options) == ["conover", "dunn"]
    shown.param.update(factor="strategy", block="layer")
    assert list(shown._posthocs.options) == ["nemenyi", "wilcoxon"]
    assert shown.posthoc == "nemenyi"
    assert shown._found.posthoc.name == "Nemenyi"
    shown._posthocs.value = "wilcoxon"
    assert shown._found.posthoc.name == "Wilcoxon signed-rank with Holm"
    assert shown._address.posthoc == "wilcoxon"
    shown.alpha = "0.001"
    assert (shown._found.alpha, shown._address.alpha) == (0.001, "0.001")
    again = StatisticsView(
        store, Address(response="energy", block="layer", factor="strategy", posthoc="wilcoxon", alpha="0.001")
    )
    assert again._found is shown._found


def test_success_rates_stand_beside_costs_and_in_the_place_of_costs_that_cannot_be_compared(store):
    shown = view(store)
    assert "Runs within budget" in str(shown._success.object)
    for run in store.runs():
        run.write_status(replace(run.status, error=10**9))
    above = view(store)
    assert above._found is None
    assert "no run is within its budget, so energy cannot be compared" in str(above._refused.object)
    assert "Runs within budget" in str(above._rates.object)
