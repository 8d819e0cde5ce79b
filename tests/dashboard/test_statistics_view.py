"""Sessions that compare the same runs share the result; a result older than the store is never shown."""

import pytest

from cgplab.dashboard import StatisticsView
from cgplab.dashboard.address import Address
from cgplab.statistics import compare
from cgplab.store import Store
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
    assert second._found.report() == compare(second._filter.runs(), "energy", "strategy", best="lowest").report()
