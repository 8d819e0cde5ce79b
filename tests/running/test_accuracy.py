"""Which images the accuracy of runs is measured on."""

from dataclasses import replace

import numpy as np
import pytest

from cgplab.errors import InputError
from cgplab.models.datasets import load_dataset
from cgplab.running import AccuracyData, measure_accuracy, plan, run_all
from cgplab.store import Store


@pytest.fixture
def runs(quick, own_store):
    """One run of a layer of each model, in one store."""
    store = Store(own_store)
    requests = (
        replace(quick, strategies=[0.0], grids=["5x5"], method="construct"),
        replace(
            quick, model="mobilenetv2-fashion", selection="mobilenet", parameters={"layer": "head"}, strategies=[11.0],
            grids=[], method="construct",
        ),
    )  # fmt: skip
    made = [store.create(manifest) for request in requests for manifest in plan(request)]
    run_all(made, lambda *_: None)
    return made


def test_each_model_is_judged_by_its_own_data(runs):
    measure_accuracy(runs, AccuracyData(images=100))
    digits, clothes = (run.metrics() for run in runs)
    assert list(digits) == ["mnist/test[:100]"]
    assert list(clothes) == ["fashion-mnist/test[:100]"]
    assert digits["mnist/test[:100]"]["accuracy_loss"] == 0
    (found,) = clothes.values()
    assert (found["n"], found["dataset_sha256"]) == (100, load_dataset("fashion-mnist", split="test").first(100).sha256)
    assert found["reference_top1"] >= 85
    assert runs[1].row()["dataset"] == "fashion-mnist/test[:100]"


def test_a_file_of_images_is_called_by_its_name(runs, tmp_path):
    images = load_dataset("mnist", split="test").first(30)
    np.savez(tmp_path / "few.npz", x=images.x, y=images.y)
    measure_accuracy(runs[:1], AccuracyData(str(tmp_path / "few.npz")))
    assert list(runs[0].metrics()) == ["few/all"]


def test_nothing_is_stored_unless_all_images_fit(runs, tmp_path):
    images = load_dataset("mnist", split="test").first(30)
    np.savez(tmp_path / "many.npz", x=images.x, y=images.y + np.uint8(5))
    for on, message in (
        (AccuracyData(str(tmp_path / "many.npz")), r"knows labels 0\.\.9, but many has label 1"),
        (AccuracyData("emnist", "letters-test"), "cgplab data fetch emnist --split letters-test"),
        (AccuracyData("cifar"), "cifar"),
    ):
        with pytest.raises(InputError, match=message):
            measure_accuracy(runs, on)
    with pytest.raises(InputError, match="at least 1, not 0"):
        AccuracyData(images=0)
    assert [run.metrics() for run in runs] == [{}, {}]
