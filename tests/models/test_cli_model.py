import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from cgplab.cli.model import app
from cgplab.errors import InputError
from cgplab.models import training
from cgplab.models.accuracy import evaluate_accuracy
from cgplab.models.provenance import load_provenance
from cgplab.models.stored import load_model
from tests.processes import started
from tests.waiting import SECONDS


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "120"})


def refused(*arguments):
    """The one-line message with which a command refuses its arguments."""
    result = run(*arguments)
    assert isinstance(result.exception, InputError), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


def test_list():
    assert run("list").stdout.split() == [
        "lenet5-float",
        "lenet5-ptq",
        "lenet5-qat",
        "mobilenetv2-fashion",
        "mobilenetv2-fashion-float",
    ]


def test_layers_table():
    output = run("layers", "lenet5-qat").stdout
    line = next(line for line in output.splitlines() if "conv2" in line)
    for text in ("conv", "16×6×5×5", "2,400"):
        assert text in line


def test_layers_json(qat):
    answer = json.loads(run("layers", "lenet5-qat", "--json").stdout)
    assert answer["model_sha256"] == qat.sha256
    conv1 = answer["layers"][0]
    weights = qat.int8_weights("conv1")
    assert conv1 == {
        "name": "conv1",
        "kind": "conv",
        "shape": [6, 1, 5, 5],
        "weights": 150,
        "distinct_values": len(set(weights.ravel().tolist())),
        "min": int(weights.min()),
        "max": int(weights.max()),
        "scale": float(qat.layer("conv1").scale),
    }


def test_layers_of_a_float_model():
    assert json.loads(run("layers", "lenet5-float", "--json").stdout)["layers"][0]["scale"] is None
    assert "float32" in run("layers", "lenet5-float").stdout


def test_evaluate(few_file, few, qat):
    answer = json.loads(run("evaluate", "lenet5-qat", "--data", few_file, "--json").stdout)
    accuracy = evaluate_accuracy(qat, few)
    assert (answer["top1_percent"], answer["top5_percent"], answer["loss"]) == (
        accuracy.top1,
        accuracy.top5,
        accuracy.loss,
    )
    assert answer["data"]["images"] == 300
    table = run("evaluate", "lenet5-qat", "--data", few_file).stdout
    assert "lenet5-qat on few" in table
    assert f"{accuracy.top1:.2f}" in table


def test_train_quantize_evaluate(tmp_path, few_file, few):
    common = ("--data", few_file, "--out", tmp_path)
    result = run("train", "--epochs", 1, "--seed", 5, "--name", "base", *common)
    assert result.exit_code == 0, result.output
    base = load_model(tmp_path / "base.npz")
    record = load_provenance(tmp_path / "base.npz")
    assert record["settings"] == {"seed": 5, "epochs": 1, "learning_rate": 0.05, "batch_size": 128}
    assert record["training_data"] == {"name": "few", "split": "", "images": 300, "sha256": few.sha256}
    assert record["command"] == (
        "cgplab model train --arch lenet5 --name base --seed 5 --epochs 1 --learning-rate 0.05 "
        f"--data few.npz --out {tmp_path.name}"
    )
    assert str(tmp_path) not in json.dumps(record)

    for method, options in (("ptq", ()), ("qat", ("--epochs", 1))):
        made = run("quantize", "--method", method, "--from", tmp_path / "base.npz", *options, *common)
        assert made.exit_code == 0, made.output
        path = tmp_path / f"lenet5-{method}-seed0.npz"
        assert load_model(path).is_quantized
        assert load_provenance(path)["parent"]["model_sha256"] == base.sha256
        top1 = load_provenance(path)["test"]["top1_percent"]
        assert json.loads(run("evaluate", path, "--json").stdout)["top1_percent"] == top1


def test_a_model_is_never_overwritten(tmp_path, few_file):
    (tmp_path / "old.npz").write_bytes(b"precious")
    message = refused("train", "--name", "old", "--out", tmp_path, "--data", few_file)
    assert "already in" in message
    assert (tmp_path / "old.npz").read_bytes() == b"precious"
    assert "name of a shipped model" in refused("train", "--name", "lenet5-qat", "--data", few_file)


def test_bad_values(tmp_path, few_file):
    data = ("--data", few_file)
    assert "epochs must be in 1..1000, not 0" in refused("train", "--epochs", 0, *data)
    assert "learning rate" in refused("train", "--learning-rate", 0, *data)
    assert "seed must be" in refused("train", "--seed", -1, *data, "--name", "x")
    assert "model name '../x'" in refused("train", "--name", "../x", *data)
    assert "unknown method 'int4'" in refused("quantize", "--method", "int4")
    assert "ptq trains nothing" in refused("quantize", "--method", "ptq", "--epochs", 3)
    assert "quantized already" in refused("quantize", "--method", "ptq", "--from", "lenet5-qat", *data)
    assert "no model named 'vgg'" in refused("layers", "vgg")
    assert "no model named 'vgg'" in refused("evaluate", "vgg")
    assert "cgplab data fetch mnist" in refused("train")
    (tmp_path / "file").touch()
    assert "cannot write to" in refused("train", "--out", tmp_path / "file" / "below", *data)


def test_interrupted_training_writes_nothing(tmp_path, few_file, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "augment", interrupt)
    result = run("train", "--name", "never", "--out", tmp_path, "--data", few_file)
    assert result.exit_code == 130
    assert "nothing was written" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_interrupt_from_the_keyboard(tmp_path, few_file):
    command = (
        "import sys; from cgplab.models import training; augment = training.augment; "
        "training.augment = lambda *a, **o: (print('it trains', file=sys.stderr, flush=True), augment(*a, **o))[1]; "
        "from cgplab.cli.model import app; app()"
    )
    options = ["train", "--name", "never", "--epochs", "1000", "--out", str(tmp_path / "out"), "--data", str(few_file)]
    with started(sys.executable, "-c", command, *options, stderr=subprocess.PIPE, text=True) as process:
        assert any("it trains" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert "nothing was written" in errors
    assert "Traceback" not in errors
    assert list((tmp_path / "out").iterdir()) == []


def test_scale_per_channel_is_shown_as_a_range(qat, tmp_path):
    from dataclasses import replace

    from cgplab.models.stored import save_model

    scale = np.linspace(0.25, 0.5, 6, dtype=np.float32)
    layers = (replace(qat.layers[0], scale=scale), *qat.layers[1:])
    save_model(replace(qat, layers=layers), tmp_path / "channels.npz")
    assert "0.25 … 0.5" in run("layers", tmp_path / "channels.npz").stdout


@pytest.mark.parametrize("command", ["train", "quantize", "evaluate", "layers", "list"])
def test_help(command):
    assert run(command, "--help").exit_code == 0
