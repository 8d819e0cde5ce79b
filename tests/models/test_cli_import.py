"""``cgplab model import``: what users and other programs bring; nothing is stored by halves."""

import json

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from cgplab.cli.model import app
from cgplab.errors import InputError
from cgplab.models.accuracy import evaluate_accuracy
from cgplab.models.datasets import load_dataset_file
from cgplab.models.provenance import load_provenance
from cgplab.models.stored import load_model, save_model
from tests.models.mobilenetv2.test_convert import PLAN, float_state, quantized_state
from tests.models.networks import Branching, shake, small_mobilenet

SOURCE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=2):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(1, width, 5, 2), nn.BatchNorm2d(width), nn.ReLU())
        self.out = nn.Linear(width * 144, 10)

    def forward(self, x):
        return self.out(torch.flatten(self.features(x), 1))

def number():
    return 5

def broken():
    raise ZeroDivisionError("no luck")

class Wide(Net):
    def forward(self, x):
        return self.features(x)

class Random(Net):
    def forward(self, x):
        return super().forward(x + torch.rand(()))
"""


def run(*arguments):
    return CliRunner().invoke(app, ["import", *map(str, arguments)], env={"COLUMNS": "120"})


@pytest.fixture
def net(tmp_path):
    """A user's source file and state dict: (path of the source, path of the weights)."""
    source = tmp_path / "net.py"
    source.write_text(SOURCE)
    scope: dict = {}
    exec(SOURCE, scope)
    torch.save({"state_dict": shake(scope["Net"](3)).state_dict(), "epoch": 7}, tmp_path / "mine.pt")
    return source, tmp_path / "mine.pt"


@pytest.fixture
def imported(tmp_path, net, few_file):
    source, weights = net
    result = run(
        weights, "--arch", f"{source}:Net", "--arguments", '{"width": 3}', "--data", few_file, "--out", tmp_path / "out"
    )
    assert result.exit_code == 0, result.output or result.exception
    return tmp_path / "out" / "mine.npz"


def test_a_network_of_the_users_own(imported, few_file, net):
    model = load_model(imported)
    assert model.is_quantized
    assert [layer.weights.shape for layer in model.layers] == [(3, 1, 5, 5), (10, 432)]
    record = load_provenance(imported)
    accuracy = evaluate_accuracy(model, load_dataset_file(few_file))
    assert record["test"]["top1_percent"] == accuracy.top1
    assert record["settings"]["granularity"] == "channel"
    assert record["file"]["name"] == "mine.pt"
    assert str(imported.parent.parent) not in json.dumps(record)
    again = CliRunner().invoke(app, ["evaluate", str(imported), "--data", str(few_file), "--json"])
    assert json.loads(again.stdout)["top1_percent"] == accuracy.top1


def test_a_stored_model_is_taken_as_it_is(tmp_path, few_file):
    save_model(small_mobilenet(), tmp_path / "theirs.npz")
    result = run(tmp_path / "theirs.npz", "--name", "mine", "--data", few_file, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output or result.exception
    assert (
        load_model(tmp_path / "out" / "mine.npz").layers[5].weights.tolist()
        == small_mobilenet().layers[5].weights.tolist()
    )


def test_torchvisions_state_dicts_are_told_apart(tmp_path, few_file):
    from cgplab.models.mobilenetv2.module import MobileNetV2

    torch.save(float_state(shake(MobileNetV2(PLAN))), tmp_path / "float.pth")
    state, numbers = quantized_state()
    torch.save(state, tmp_path / "int8.pth")
    for name in ("float", "int8"):
        result = run(tmp_path / f"{name}.pth", "--data", few_file, "--image", "3x32x32", "--no-test", "--out", tmp_path)
        assert result.exit_code == 0, result.output or result.exception
        model = load_model(tmp_path / f"{name}.npz")
        assert (model.is_quantized, len(model.layers), model.image) == (True, 53, (3, 32, 32))
    np.testing.assert_array_equal(load_model(tmp_path / "int8.npz").int8_weights("head"), numbers["head"])


def refused(tmp_path, *arguments):
    """The one line with which an import is refused; nothing was stored."""
    result = run(*arguments, "--out", tmp_path / "out")
    assert isinstance(result.exception, InputError), result.output or result.exception
    assert "\n" not in str(result.exception)
    assert not list((tmp_path / "out").glob("*"))
    return str(result.exception)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--arch", "{source}:Other"], "cannot make"),
        (["--arch", "nowhere.py:Net"], "no file nowhere.py"),
        (["--arch", "no.such.module:Net"], "No module named 'no"),
        (["--arch", "resnet"], "unknown --arch 'resnet'"),
        (["--arch", ":Net"], "must be module:Class"),
        (["--arch", "{source}:number"], "is no torch.nn.Module, but int"),
        (["--arch", "{source}:broken"], "ZeroDivisionError: no luck"),
        (["--arch", "{source}:Net", "--arguments", "width"], "must be a JSON object"),
        (["--arch", "{source}:Net", "--arguments", "[3]"], "must be a JSON object"),
        (["--arch", "{source}:Net", "--arguments", '{{"depth": 3}}'], "unexpected keyword argument 'depth'"),
        (["--arch", "{source}:Net"], "the state dict does not fit"),
        (["--arch", "{source}:Wide", "--arguments", '{{"width": 3}}'], "must give (n, classes) scores"),
        (["--arch", "{source}:Random", "--arguments", '{{"width": 3}}'], "uses a tensor of its own"),
        (["--arch", "{source}:Net", "--arguments", '{{"width": 3}}', "--image", "1x9x9"], "does not take images of"),
        (["--arch", "{source}:Net", "--arguments", '{{"width": 3}}', "--image", "1x9"], "CHANNELSxHEIGHTxWIDTH"),
        (["--arch", "{source}:Net", "--arguments", '{{"width": 3}}', "--mean", ".5"], "give both --mean and"),
        (["--arch", "{source}:Net", "--arguments", '{{"width": 3}}', "--mean", "x", "--deviation", "1"], "numbers"),
        (["--arch", "{source}:Net", "--arguments", '{{"width": 3}}', "--mean", "0", "--deviation", "0"], "above 0"),
        (["--arch", "{source}:Net", "--arguments", '{{"width": 3}}', "--granularity", "row"], "unknown granularity"),
        (["--arch", "mobilenetv2"], "lacks the key 'features.0.0.weight'"),
        (["--sha256", "0" * 64], "get the file again"),
        (["--name", "../up"], "model name"),
        (["--data", "emnist", "--split", "balanced-test"], "is not on this machine"),
        (["--data", "cifar"], "cifar"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(tmp_path, net, few_file, options, message):
    source, weights = net
    filled = [option.format(source=source) for option in options]
    data = () if "--data" in options else ("--data", few_file)
    assert message in refused(tmp_path, weights, *data, *filled)


def test_files_that_are_none(tmp_path, few_file):
    state = shake(Branching()).state_dict()
    torch.save(state, tmp_path / "whole.pt")
    content = (tmp_path / "whole.pt").read_bytes()
    (tmp_path / "half.pt").write_bytes(content[: len(content) // 2])
    (tmp_path / "text.pt").write_text("hello")
    torch.save(Branching(), tmp_path / "code.pt")
    torch.save([1, 2], tmp_path / "list.pt")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    (tmp_path / "cut.npz").write_bytes((tmp_path / "other.npz").read_bytes()[:60])
    arch = ("--arch", "tests.models.networks:Branching", "--data", few_file)
    for name, message in (
        ("half.pt", "not a state dict that torch can load safely"),
        ("text.pt", "not a state dict that torch can load safely"),
        ("code.pt", "save model.state_dict()"),
        ("list.pt", "holds no state dict"),
        ("none.pt", "cannot read"),
        ("other.npz", "lacks the array 'w0'"),
        ("cut.npz", "cut.npz"),
    ):
        assert message in refused(tmp_path, tmp_path / name, *arch)


def test_classes_must_be_those_of_the_data(tmp_path, few):
    torch.save(shake(Branching(7)).state_dict(), tmp_path / "seven.pt")
    np.savez(tmp_path / "few.npz", x=few.x, y=few.y)
    arch = ("--arch", "tests.models.networks:Branching", "--arguments", '{"classes": 7}')
    assert "knows labels 0..6, but few has label 9" in refused(
        tmp_path, tmp_path / "seven.pt", *arch, "--data", tmp_path / "few.npz"
    )
    assert "knows 7 classes, but mnist test has 10" in refused(tmp_path, tmp_path / "seven.pt", *arch)


def test_quantized_weights_of_other_networks_are_refused(tmp_path, few_file):
    state = shake(Branching()).state_dict()
    state["first.weight"] = torch.quantize_per_tensor(state["first.weight"], 0.1, 0, torch.qint8)
    torch.save(state, tmp_path / "q.pt")
    arch = ("--arch", "tests.models.networks:Branching", "--data", few_file)
    assert "first.weight is torch.qint8; import a float state dict" in refused(tmp_path, tmp_path / "q.pt", *arch)


def test_a_model_and_its_record_must_agree(tmp_path, few_file):
    save_model(small_mobilenet(), tmp_path / "theirs.npz")
    (tmp_path / "theirs.json").write_text(json.dumps({"npz_sha256": "0" * 64}))
    assert "has changed since" in refused(tmp_path, tmp_path / "theirs.npz", "--name", "x", "--data", few_file)


def test_an_interruption_writes_nothing(tmp_path, net, few_file, monkeypatch):
    from cgplab.models import quantizing

    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(quantizing, "quantize_after_training", interrupt)
    source, weights = net
    result = run(
        weights, "--arch", f"{source}:Net", "--arguments", '{"width": 3}', "--data", few_file, "--out", tmp_path / "out"
    )
    assert (result.exit_code, list((tmp_path / "out").iterdir())) == (130, [])
