"""The shipped models keep what their records promise."""

import hashlib

import pytest

from cgplab.errors import InputError
from cgplab.models.accuracy import evaluate_accuracy
from cgplab.models.datasets import load_dataset
from cgplab.models.provenance import load_provenance
from cgplab.models.stored import load_model, save_model, shipped_models
from cgplab.paths import shipped_data

LEAST_TOP1 = {
    "lenet5-float": 99.0,
    "lenet5-ptq": 99.0,
    "lenet5-qat": 99.0,
    "mobilenetv2-fashion-float": 91.0,
    "mobilenetv2-fashion": 91.0,
}
NAMES = list(LEAST_TOP1)


@pytest.mark.parametrize("name", NAMES)
def test_accuracy_is_as_recorded(name):
    record = load_provenance(name)["test"]
    test_data = load_dataset(record["data"]["name"], split="test")
    accuracy = evaluate_accuracy(load_model(name), test_data)
    assert accuracy.n == record["data"]["images"] == 10_000
    assert record["data"]["sha256"] == test_data.sha256
    assert accuracy.top1 == pytest.approx(record["top1_percent"], abs=0.01)
    assert accuracy.top5 == pytest.approx(record["top5_percent"], abs=0.01)
    assert accuracy.loss == pytest.approx(record["loss"], rel=1e-4)
    assert accuracy.top1 >= LEAST_TOP1[name]


@pytest.mark.parametrize("name", NAMES)
def test_record_belongs_to_the_archive(name):
    record = load_provenance(name)
    assert record["npz_sha256"] == hashlib.sha256((shipped_models() / f"{name}.npz").read_bytes()).hexdigest()
    assert record["model_sha256"] == load_model(name).sha256
    assert record["name"] == name
    assert f"--name {name}" in record["command"]
    assert record["training_data"]["images"] == 60_000


def test_quantized_models_come_from_the_shipped_float_model():
    for name, parent in (
        ("lenet5-ptq", "lenet5-float"),
        ("lenet5-qat", "lenet5-float"),
        ("mobilenetv2-fashion", "mobilenetv2-fashion-float"),
    ):
        assert load_provenance(name)["parent"]["model_sha256"] == load_model(parent).sha256


def test_the_small_mobilenet_has_52_int8_convolutions_large_enough_to_select_from():
    model = load_model("mobilenetv2-fashion")
    convolutions = [layer for layer in model.layers if layer.kind == "conv"]
    assert len(convolutions) == 52
    assert min(layer.weights.size for layer in convolutions) >= 144
    assert all(layer.is_quantized and layer.scale.shape == layer.weights.shape[:1] for layer in model.layers)
    assert (shipped_models() / "mobilenetv2-fashion.npz").stat().st_size < 3_000_000


def test_records_hold_no_absolute_path():
    for path in shipped_data().joinpath("models").glob("*.json"):
        assert " /" not in path.read_text()
        assert '"/' not in path.read_text()


def test_readme_names_every_file_and_its_accuracy():
    text = (shipped_data() / "README.md").read_text()
    told = (shipped_data().parent / "docs" / "models.md").read_text()
    for name in NAMES:
        (line,) = (line for line in told.splitlines() if line.startswith(f"| `{name}`"))
        assert f"| {load_provenance(name)['test']['top1_percent']:.2f} |" in line
    for path in (*(shipped_data() / "models").iterdir(), *(shipped_data() / "datasets").iterdir()):
        assert path.name in text


def test_record_of_another_archive_is_refused(tmp_path):
    model = load_model("lenet5-qat")
    save_model(model, tmp_path / "lenet5-ptq.npz")
    (tmp_path / "lenet5-ptq.json").write_bytes((shipped_models() / "lenet5-ptq.json").read_bytes())
    with pytest.raises(InputError, match="does not describe"):
        load_provenance(tmp_path / "lenet5-ptq.npz")
