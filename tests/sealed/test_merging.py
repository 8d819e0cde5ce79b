"""A sealed study becomes live runs again, bit for bit."""

import shutil

import pytest

from cgplab.cgp import evaluate
from cgplab.errors import InputError
from cgplab.sealed import open_store
from cgplab.sealed.merging import merge_sealed
from cgplab.sealed.writing import seal_runs
from cgplab.store import Store
from cgplab.store.names import BEST, CHECKSUMS, HISTORY, PROGRESS, WEIGHTS
from cgplab.work import load_work
from tests.sealed.every_kind import STUDY, alike, finished
from tests.sealed.test_reading import READ


@pytest.fixture
def target(tmp_path):
    return Store(tmp_path / "target")


def test_runs_come_back_as_they_were(live, sealed, path, target):
    ids = [run.id for run in sealed.runs()]
    merged = merge_sealed(path, target)
    assert (merged.added, merged.refused) == (ids, {})
    assert target.verify() == []
    assert target.table().rows == sealed.table().rows
    for run, back in zip(finished(live), target.runs(), strict=True):
        for name, read in READ.items():
            assert alike(read(run), read(back)), name
        for name in (BEST, WEIGHTS, PROGRESS, CHECKSUMS, HISTORY):
            assert (back.directory / name).is_file() == (run.directory / name).is_file()
    assert list(target.sensitivity_tables()) == list(sealed.sensitivity_tables())
    assert list(target.all_baselines()) == list(sealed.all_baselines())


def test_circuits_are_evaluated_again(path, target):
    merge_sealed(path, target)
    for run in list(target.runs())[1:]:
        work = load_work(run.manifest)
        again = evaluate(run.best(), work.problem, work.costs, run.manifest.metric)
        assert (again.error, again.energy, again.area) == (run.status.error, run.status.energy, run.status.area)
        assert alike(run.weights(), work.selected.put_back(work.model, again.outputs))


def test_merging_again_changes_nothing_and_sealing_again_gives_the_same_bytes(path, target, tmp_path):
    ids = merge_sealed(path, target).added
    before = {file: file.stat().st_mtime_ns for file in target.root.rglob("*.npz")}
    again = merge_sealed(path, target)
    assert (again.added, again.updated, again.unchanged) == ([], [], ids)
    assert {file: file.stat().st_mtime_ns for file in target.root.rglob("*.npz")} == before
    for store in (target, open_store(path)):
        seal_runs(list(store.runs()), store, tmp_path / "again.cgplab", STUDY)
        assert (tmp_path / "again.cgplab").read_bytes() == path.read_bytes()


def test_words_and_measurements_of_both_sides_stay(path, target):
    merge_sealed(path, target)
    _, first, second = target.runs()
    first.annotate(add=("ours",), note="our note")
    shutil.rmtree(target.root / "sensitivity")
    second.annotate(remove=("good",))
    merged = merge_sealed(path, target)
    assert merged.updated == [second.id]
    assert set(second.tags) == {"good", "été"}
    assert (first.tags, first.note) == (["ours"], "our note")
    assert len(list(target.sensitivity_tables())) == 2


def test_a_damaged_run_is_healed(path, target):
    merge_sealed(path, target)
    run = list(target.runs())[1]
    (run.directory / BEST).write_bytes(b"broken")
    assert merge_sealed(path, target).healed == [run.id]
    assert target.verify() == []


def test_a_run_whose_model_is_gone_is_refused_and_the_others_are_taken(path, target, monkeypatch):
    def gone(name):
        raise InputError(f"unknown model {name!r}")

    monkeypatch.setattr("cgplab.work.load_model", gone)
    merged = merge_sealed(path, target)
    assert len(merged.added) == 1  # it carries its problem, and its weights are in the file
    assert list(merged.refused.values()) == ["unknown model 'lenet5-qat'"] * 2


def test_nothing_is_merged_of_a_damaged_file(path, target):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"is damaged: its checksum does not match.*; nothing was merged"):
        merge_sealed(path, target)
    assert not list(target.runs())
