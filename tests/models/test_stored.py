import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from cgplab.errors import InputError
from cgplab.models.stored import (
    Layer,
    StoredModel,
    from_arrays,
    load_model,
    model_names,
    save_model,
    shipped_models,
    to_arrays,
)


def test_weights_are_read_without_torch():
    code = (
        "import sys; from cgplab.models import load_model, model_names, load_dataset; import cgplab.cli.model\n"
        "load_model('lenet5-qat').int8_weights('conv1'); model_names(); load_dataset('mnist', split='test')\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_shipped_names():
    assert {"lenet5-float", "lenet5-ptq", "lenet5-qat"} <= set(model_names())


def test_lenet5_has_the_layers_of_the_thesis(qat):
    assert [(layer.name, layer.kind, layer.weights.shape) for layer in qat.layers] == [
        ("conv1", "conv", (6, 1, 5, 5)),
        ("conv2", "conv", (16, 6, 5, 5)),
        ("fc1", "linear", (120, 256)),
        ("fc2", "linear", (84, 120)),
        ("fc3", "linear", (10, 84)),
    ]
    assert qat.int8_weights("conv1").size == 150
    assert qat.int8_weights("conv2").size == 2400


@pytest.mark.parametrize("name", ["lenet5-ptq", "lenet5-qat"])
def test_weights_are_symmetric_int8(name):
    for layer in load_model(name).layers:
        assert layer.weights.dtype == np.int8
        assert layer.zero_point == 0
        assert layer.scale.shape == ()
        assert np.abs(layer.weights.astype(int)).max() == 127


def test_arrays_are_read_only(qat):
    with pytest.raises(ValueError, match="read-only"):
        qat.int8_weights("conv1")[0] = 1
    changed = qat.with_weights({"conv1": np.zeros((6, 1, 5, 5), np.int8)})
    with pytest.raises(ValueError, match="read-only"):
        changed.int8_weights("conv1")[0] = 1


def test_with_weights_changes_only_the_named_layer(qat):
    new = np.ones((16, 6, 5, 5), np.int8)
    changed = qat.with_weights({"conv2": new})
    new[:] = 0
    assert (changed.int8_weights("conv2") == 1).all()
    assert changed.layer("conv1") is qat.layer("conv1")
    assert changed.sha256 != qat.sha256
    assert changed.with_weights({"conv2": qat.int8_weights("conv2")}).sha256 == qat.sha256


@pytest.mark.parametrize(
    "array", [np.zeros((16, 6, 5, 5), np.int16), np.zeros((16, 6, 5, 5)), np.zeros((16, 150), np.int8)]
)
def test_with_weights_checks_dtype_and_shape(qat, array):
    with pytest.raises(InputError, match=r"conv2 must be int8 \(16, 6, 5, 5\)"):
        qat.with_weights({"conv2": array})


def test_unknown_layer_lists_the_layers(qat):
    with pytest.raises(InputError, match=r"'conv3'.*conv1, conv2, fc1, fc2, fc3"):
        qat.layer("conv3")
    with pytest.raises(InputError, match="conv3"):
        qat.with_weights({"conv3": np.zeros(1, np.int8)})


def test_unknown_model_lists_the_models():
    with pytest.raises(InputError, match=r"'resnet'.*lenet5-float, lenet5-ptq, lenet5-qat"):
        load_model("resnet")
    with pytest.raises(InputError, match=r"no model file .*gone\.npz"):
        load_model("gone.npz")


def test_float_model_has_no_int8_weights():
    model = load_model("lenet5-float")
    assert model.layer("conv1").weights.dtype == np.float32
    with pytest.raises(InputError, match="float weights"):
        model.int8_weights("conv1")


def test_hash_covers_every_field(qat):
    hashes = {qat.sha256}
    for change in (
        {"scale": np.float32(2) * qat.layers[1].scale},
        {"zero_point": 1},
        {"bias": qat.layers[1].bias + np.float32(1)},
        {"input": dataclasses.replace(qat.layers[1].input, zero_point=1)},
        {"input": dataclasses.replace(qat.layers[1].input, scale=1.0)},
    ):
        layers = list(qat.layers)
        layers[1] = dataclasses.replace(layers[1], **change)
        hashes.add(dataclasses.replace(qat, layers=tuple(layers)).sha256)
    assert len(hashes) == 6
    assert dataclasses.replace(qat, name="other").sha256 == qat.sha256


def test_round_trip_by_user_name_and_by_path(qat, user_directory):
    path = user_directory / "models" / "mine.npz"
    save_model(qat, path)
    assert "mine" in model_names()
    assert load_model("mine").sha256 == load_model(path).sha256 == load_model(str(path)).sha256 == qat.sha256


def test_a_user_model_never_hides_a_shipped_one(qat, user_directory):
    save_model(qat.with_weights({"fc3": np.zeros((10, 84), np.int8)}), user_directory / "models" / "lenet5-qat.npz")
    assert load_model("lenet5-qat").sha256 == qat.sha256


def test_scales_per_channel_survive(qat, tmp_path):
    scale = np.linspace(0.1, 1, 16, dtype=np.float32)
    layers = tuple(dataclasses.replace(layer, scale=scale) if layer.name == "conv2" else layer for layer in qat.layers)
    save_model(dataclasses.replace(qat, layers=layers), tmp_path / "channels.npz")
    np.testing.assert_array_equal(load_model(tmp_path / "channels.npz").layer("conv2").scale, scale)


@pytest.mark.parametrize("keep", [0, 100, 20_000])
def test_truncated_archive(tmp_path, keep):
    path = tmp_path / "cut.npz"
    path.write_bytes((shipped_models() / "lenet5-qat.npz").read_bytes()[:keep])
    with pytest.raises(InputError, match=r"cut\.npz"):
        load_model(path)


def test_damaged_bytes(tmp_path):
    data = bytearray((shipped_models() / "lenet5-qat.npz").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "bad.npz").write_bytes(data)
    with pytest.raises(InputError, match=r"bad\.npz"):
        load_model(tmp_path / "bad.npz")


ONE = np.float32(1)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("architecture", None, "'architecture' is missing"),
        ("architecture", np.array("vgg"), "unknown architecture 'vgg'"),
        ("architecture", np.array(5), "'architecture' is int64"),
        ("conv2.weights", None, r"'conv2\.weights' is missing"),
        ("conv2.weights", np.zeros((16, 6, 5, 5), np.int16), "must be int8 or float32"),
        ("conv2.weights", np.zeros((16, 6, 3, 3), np.int8), r"\(16, 6, 3, 3\), but must be"),
        ("conv2.weights", np.zeros((16, 6, 5, 5), np.float32), "mixes int8 and float"),
        ("conv2.bias", np.zeros(16), r"'conv2\.bias' is float64"),
        ("conv2.bias", np.full(16, np.nan, np.float32), "not finite"),
        ("conv2.scale", None, r"'conv2\.scale' is missing"),
        ("conv2.scale", np.ones(6, np.float32), r"\(\) or \(16,\)"),
        ("conv2.scale", np.array(-ONE), "scales above 0"),
        ("conv2.zero_point", np.array(200, np.int32), "-128..127"),
        ("conv2.input", None, r"'conv2\.input' is missing"),
        ("conv2.input", np.array([1, 0.5], np.float32), "whole zero point"),
        ("conv2.input", np.array([0, 0], np.float32), "scale above 0"),
    ],
)
def test_arrays_that_do_not_fit_the_format(qat, name, array, message):
    arrays = to_arrays(qat)
    if array is None:
        del arrays[name]
    else:
        arrays[name] = array
    with pytest.raises(InputError, match=message):
        from_arrays("m", arrays, origin="m.npz")


def test_float_model_must_say_how_to_read_a_pixel():
    arrays = to_arrays(load_model("lenet5-float"))
    del arrays["conv1.input"]
    with pytest.raises(InputError, match=r"conv1\.input"):
        from_arrays("m", arrays, origin="m.npz")


def test_a_model_may_be_built_by_hand():
    layer = Layer("conv1", np.zeros((6, 1, 5, 5), np.int8), np.zeros(6, np.float32), np.array(ONE), 0, None)
    assert StoredModel("m", "lenet5", (layer,)).is_quantized
