"""The shipped models keep what their records promise."""

import hashlib

import pytest

from cgplab.errors import InputError
from cgplab.models.accuracy import evaluate_accuracy
from cgplab.models.provenance import load_provenance
from cgplab.models.stored import load_model, save_model, shipped_models
from cgplab.paths import shipped_data

NAMES = ["lenet5-float", "lenet5-ptq", "lenet5-qat"]


@pytest.mark.parametrize("name", NAMES)
def test_accuracy_is_as_recorded(name, mnist_test):
    record = load_provenance(name)["test"]
    accuracy = evaluate_accuracy(load_model(name), mnist_test)
    assert accuracy.n == record["data"]["images"] == 10_000
    assert record["data"]["sha256"] == mnist_test.sha256
    assert accuracy.top1 == pytest.approx(record["top1_percent"], abs=0.01)
    assert accuracy.top5 == pytest.approx(record["top5_percent"], abs=0.01)
    assert accuracy.loss == pytest.approx(record["loss"], rel=1e-4)
    assert accuracy.top1 >= 99.0


@pytest.mark.parametrize("name", NAMES)
def test_record_belongs_to_the_archive(name):
    record = load_provenance(name)
    assert record["npz_sha256"] == hashlib.sha256((shipped_models() / f"{name}.npz").read_bytes()).hexdigest()
    assert record["model_sha256"] == load_model(name).sha256
    assert record["name"] == name
    assert f"--name {name}" in record["command"]
    assert record["training_data"]["images"] == 60_000


def test_quantized_models_come_from_the_shipped_float_model():
    for name in ("lenet5-ptq", "lenet5-qat"):
        assert load_provenance(name)["parent"]["model_sha256"] == load_model("lenet5-float").sha256


def test_records_hold_no_absolute_path():
    for path in shipped_data().joinpath("models").glob("*.json"):
        assert " /" not in path.read_text()
        assert '"/' not in path.read_text()


def test_readme_names_every_file_and_its_accuracy():
    text = (shipped_data() / "README.md").read_text()
    for name in NAMES:
        assert f"`{name}`" in text
        assert f"{load_provenance(name)['test']['top1_percent']:.2f}" in text
    for path in (*(shipped_data() / "models").iterdir(), *(shipped_data() / "datasets").iterdir()):
        assert path.name in text


def test_record_of_another_archive_is_refused(tmp_path):
    model = load_model("lenet5-qat")
    save_model(model, tmp_path / "lenet5-ptq.npz")
    (tmp_path / "lenet5-ptq.json").write_bytes((shipped_models() / "lenet5-ptq.json").read_bytes())
    with pytest.raises(InputError, match="does not describe"):
        load_provenance(tmp_path / "lenet5-ptq.npz")
