"""Sensitivity to errors in the weights: measured, stored, resumed, told."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cgplab.analysis import Frames, sensitivity
from cgplab.cli.model import app
from cgplab.errors import InputError
from cgplab.models.accuracy import CandidateEvaluator, evaluate_accuracy
from cgplab.models.datasets import load_dataset
from cgplab.running.sensitivity import measure_sensitivity, parts, with_error
from cgplab.store import Store

FEW = {"dataset": "mnist", "images": 60, "step": 64}


@pytest.fixture
def store(own_store):
    return Store(own_store)


def command(*arguments):
    return CliRunner().invoke(app, ["sensitivity", *map(str, arguments)])


@given(st.integers(-128, 127), st.sampled_from(["saturate", "wrap"]))
def test_an_error_is_added_to_the_part_and_nothing_else(error, overflow):
    weights = np.random.default_rng(1).integers(-128, 128, (3, 2, 5, 5)).astype(np.int8)
    inside = np.zeros((5, 5), bool)
    inside[1:4, 1:4] = True
    changed = with_error(weights, inside.ravel(), error, overflow)
    for own, new, core in zip(
        weights.ravel().tolist(), changed.ravel().tolist(), np.tile(inside.ravel(), 6), strict=True
    ):
        moved = min(max(own + error, -128), 127) if overflow == "saturate" else (own + error + 128) % 256 - 128
        assert new == (moved if core else own)


def test_parts_of_kernels(model):
    assert [(name, int(where.sum())) for name, where in parts(model, "conv2")] == [
        ("core", 9), ("outside", 16), ("everywhere", 25),
    ]  # fmt: skip
    assert [name for name, _ in parts(model, "fc1")] == ["everywhere"]


def test_table_equals_the_plain_path_and_is_stored(store, model):
    table = measure_sensitivity("lenet5-qat", store, layers=["conv2"], **FEW)
    images = load_dataset("mnist", split="test").first(60)
    assert [(row.part, row.error) for row in table.rows] == [
        (part, error) for part in ("core", "outside", "everywhere") for error in (-128, -64, 0, 64)
    ]
    assert table.reference_top1 == evaluate_accuracy(model, images).top1
    for row in table.rows:
        where = dict(parts(model, "conv2"))[row.part]
        changed = model.with_weights({"conv2": with_error(model.int8_weights("conv2"), where, row.error, "saturate")})
        plain = evaluate_accuracy(changed, images)
        assert (row.top1, row.top5, row.loss) == (plain.top1, plain.top5, plain.loss)
    frame = sensitivity(store)
    assert frame["top1"].tolist() == [row.top1 for row in table.rows]
    assert (frame["accuracy_loss"] == table.reference_top1 - frame["top1"]).all()
    assert (frame.loc[frame["error"] == 0, "accuracy_loss"] == 0).all()


def test_only_what_is_missing_is_measured(store, monkeypatch):
    first = measure_sensitivity("lenet5-qat", store, layers=["fc3"], **FEW)
    seen = []
    more = measure_sensitivity("lenet5-qat", store, layers=["fc3"], progress=lambda *at: seen.append(at),
                               **{**FEW, "step": 32})  # fmt: skip
    assert seen == [(n, 4) for n in range(1, 5)]
    assert more.rows[: len(first.rows)] == first.rows
    monkeypatch.setattr(CandidateEvaluator, "accuracy", None)
    assert measure_sensitivity("lenet5-qat", store, layers=["fc3"], **FEW).rows == more.rows
    assert sensitivity(store)["error"].tolist() == list(range(-128, 128, 32))


def test_an_interruption_keeps_what_is_measured(store):
    def interrupt(done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_sensitivity("lenet5-qat", store, layers=["fc2"], progress=interrupt, **FEW)
    assert len(sensitivity(store)) == 3
    assert len(measure_sensitivity("lenet5-qat", store, layers=["fc2"], **FEW).rows) == 4


def test_each_way_has_a_table_of_its_own(store):
    measure_sensitivity("lenet5-qat", store, layers=["fc3"], **FEW)
    measure_sensitivity("lenet5-qat", store, layers=["fc3"], overflow="wrap", **FEW)
    frame = sensitivity([store, store])
    assert frame["overflow"].tolist() == ["saturate"] * 4 + ["wrap"] * 4
    assert Frames(store)["sensitivity"].equals(frame)


def test_a_damaged_table_is_named(store):
    measure_sensitivity("lenet5-qat", store, layers=["fc3"], **FEW)
    (path,) = (store.root / "sensitivity").rglob("*.json")
    path.write_text(path.read_text().replace("-64", "-63"))
    with pytest.warns(match=path.name):
        assert sensitivity(store).empty


def test_command(store):
    shown = command("lenet5-qat", "--layer", "conv1", "--step", 64, "--images", 50)
    assert shown.exit_code == 0, shown.output
    assert "lenet5-qat on 50 images of mnist" in shown.stdout
    assert [line.split()[:2] for line in shown.stdout.splitlines() if "conv1" in line] == [
        ["conv1", "core"], ["conv1", "outside"], ["conv1", "everywhere"],
    ]  # fmt: skip
    rows = json.loads(command("lenet5-qat", "--layer", "conv1", "--step", 64, "--images", 50, "--json").stdout)
    assert len(rows) == 12
    assert {row["images"] for row in rows} == {50}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["vgg"], "no model named 'vgg'"),
        (["lenet5-float"], "cgplab model quantize --method ptq --from lenet5-float"),
        (["lenet5-qat", "--layer", "conv9"], "conv9"),
        (["lenet5-qat", "--step", "0"], "step must be in 1..128, not 0"),
        (["lenet5-qat", "--images", "-1"], "at least 1, not -1"),
        (["lenet5-qat", "--overflow", "explode"], "saturate or wrap, not 'explode'"),
        (["lenet5-qat", "--data", "emnist", "--split", "letters-test"], "cgplab data fetch emnist"),
        (["lenet5-qat", "--device", "abacus"], "use cpu or cuda"),
    ],
)  # fmt: skip
def test_bad_input(arguments, message, store):
    result = command(*arguments)
    assert isinstance(result.exception, InputError), result.output
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)
    assert not (store.root / "sensitivity").exists()
