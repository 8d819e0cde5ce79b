"""Kept frames are the same objects as long as nothing has changed, and never older than the store."""

from itertools import product

from cgplab.analysis import Frames
from cgplab.store import Store
from cgplab.study.kept_scopes import KeptScopes
from tests.ui.conftest import stored


def test_frames_are_made_anew_when_something_changes(tmp_path):
    store = Store(tmp_path)
    stored(store, 8)
    kept = KeptScopes.of(store)
    first = kept.frames("all", ["strategy=0,5"])
    assert kept.frames("all", ["strategy=0,5"]) is first
    assert first["runs"].equals(Frames(store, conditions=["strategy=0,5"])["runs"])
    assert kept.frames("all") is not first
    assert kept.frames("all", ["strategy=0,5"]) is first

    run = next(store.runs())
    run.write_metrics({"mnist/test": {"top1": 99.0, "accuracy_loss": 0.1, "measured": "2026-01-01", "n": 10}})
    second = kept.frames("all", ["strategy=0,5"])
    assert second is not first
    assert len(second["accuracies"]) == 1
    run.write_synthesis({})
    assert kept.frames("all", ["strategy=0,5"]) is not second

    third = kept.frames("all")
    table = store.root / "sensitivity" / "lenet5-qat" / "key.json"
    table.parent.mkdir(parents=True)
    table.write_text("{}")
    assert kept.frames("all") is not third


def test_only_a_few_conditions_are_kept(tmp_path):
    store = Store(tmp_path)
    stored(store, 8)
    kept = KeptScopes.of(store)
    first = kept.frames("all", ["seed=1"])
    for seed, strategy in product((1, 2), (0, 1, 5, 11)):
        kept.frames("all", [f"seed={seed}", f"strategy={strategy}"])
    assert kept.frames("all", ["seed=1"]) is not first
