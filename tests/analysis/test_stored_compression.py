"""The frame ``compression`` takes what was measured of the baselines from the store."""

import pytest

from cgplab.analysis import Frames
from cgplab.analysis.stored_compression import keep_accuracies, stored_accuracies
from cgplab.running import Request, plan, run_all
from cgplab.running.baseline_accuracy import baseline_accuracies
from cgplab.store import Store
from cgplab.store.verify import verify_tables

ON = {"lenet5-qat": "mnist/test"}


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "store")
    request = Request(model="lenet5-qat", selection="single_filter", strategies=[5.0], generations=100)
    runs = made.create_all(plan(request))
    run_all(runs, lambda *_: None, jobs=1)
    runs[0].write_metrics({"mnist/test": {"top1": 99.5, "accuracy_loss": 0.02, "measured": "2026-01-01T00:00:00Z"}})
    return made


def test_measured_once_known_ever_after(store):
    runs = list(store.runs())
    before = Frames(store)["compression"].set_index("scheme")
    assert before["accuracy_loss"].dropna().to_dict() == {"circuit wired": 0.02, "circuit configured": 0.02}
    measured = baseline_accuracies(runs)
    keep_accuracies(store, runs, measured, ON)
    assert stored_accuracies(runs, [store], ON) == measured
    assert stored_accuracies(runs, [store], {"lenet5-qat": "mnist/train"}) == {}
    after = Frames(store)["compression"].set_index("scheme")
    assert after["accuracy_loss"].notna().all()
    assert after.loc["int8", "accuracy_loss"] == 0


def test_damage_is_found_and_named(store):
    runs = list(store.runs())
    keep_accuracies(store, runs, dict.fromkeys(baseline_accuracies(runs), (1.0, 2.0)), ON)
    (path,) = (store.root / "baselines").glob("*/*.json")
    assert verify_tables(store.root) == []
    path.write_text(path.read_text().replace("2.0", "3.0"))
    with pytest.warns(UserWarning, match=f"{path.name} is damaged"):
        assert stored_accuracies(runs, [store], ON) == {}
    assert [damage.path for damage in verify_tables(store.root)] == [path]
