"""Files of others: torchvision's float and quantized state dicts, TensorFlow's int8 weights."""

import numpy as np
import pytest
import torch
from matplotlib.cbook import get_sample_data
from PIL import Image

from cgplab.errors import InputError
from cgplab.models.datasets import load_dataset
from cgplab.models.importing import load_state
from cgplab.models.inference import logits, real_images
from cgplab.models.mobilenetv2 import convert
from cgplab.models.mobilenetv2.module import MobileNetV2
from cgplab.models.quantizing import calibrate_int8
from cgplab.models.resized import Resized
from cgplab.schema import read_arrays
from tests.models.mobilenetv2.states import PLAN, float_state, quantized_state
from tests.models.networks import shake


def test_float_state_dict_computes_the_same(tmp_path):
    network = shake(MobileNetV2(PLAN))
    torch.save(float_state(network), tmp_path / "net.pt")
    model = convert.from_float("net", load_state(tmp_path / "net.pt"), origin="net.pt", side=32)
    pixels = torch.randint(0, 256, (3, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected = network(real_images(model, pixels))
    torch.testing.assert_close(logits(model, pixels), expected, rtol=1e-3, atol=1e-5)
    assert real_images(model, torch.zeros(1, 3, 1, 1, dtype=torch.uint8))[0, 0].item() == pytest.approx(-0.485 / 0.229)


def test_quantized_state_dict_is_taken_over_as_it_is(tmp_path):
    state, numbers = quantized_state()
    torch.save(state, tmp_path / "net.pt")
    loaded = load_state(tmp_path / "net.pt")
    assert convert.is_quantized(loaded)
    model = convert.from_quantized("net", loaded, origin="net.pt", side=32)
    assert model.is_quantized
    for layer in model.layers:
        np.testing.assert_array_equal(layer.weights, numbers[layer.name])
        assert layer.scale.shape == (len(layer.bias),)
    assert (model.layer("stem").input.zero_point, model.layer("block1.depthwise").input.zero_point) == (110, 0)
    # Block 3 adds its input to its output, so block 4 reads the sum; block 4 does not, so block 5 reads its projection.
    assert model.layer("block4.expand").input.scale == pytest.approx(4.0)
    assert model.layer("block5.expand").input.zero_point == list(PLAN.shapes).index("block4.project")
    assert model.options["activation"] == "relu"
    pixels = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    assert torch.isfinite(logits(model, pixels)).all()


def test_what_is_not_int8_is_refused():
    state, _ = quantized_state()
    state["features.0.0.weight"] = torch.quantize_per_tensor(torch.rand(8, 3, 3, 3), 0.1, 0, torch.quint8)
    with pytest.raises(InputError, match=r"features\.0\.0\.weight is torch\.quint8, not int8"):
        convert.from_quantized("net", state, origin="x", side=32)
    state["features.0.0.weight"] = torch.rand(8, 3, 3, 3)
    with pytest.raises(InputError, match=r"is torch\.float32, not int8"):
        convert.from_quantized("net", state, origin="x", side=32)


@pytest.mark.parametrize("key", ["features.0.0.weight", "features.5.conv.1.1.running_var", "classifier.1.bias"])
def test_missing_keys_are_named(key):
    state = float_state(MobileNetV2(PLAN))
    del state[key]
    with pytest.raises(InputError, match=f"lacks the key '{key}'"):
        convert.from_float("net", state, origin="x", side=32)


def test_other_shapes_are_refused():
    state = float_state(MobileNetV2(PLAN))
    state["features.5.conv.1.0.weight"] = torch.zeros(4, 1, 5, 5)
    with pytest.raises(InputError, match=r"does not fit MobileNetV2: .*block5\.depthwise"):
        convert.from_float("net", state, origin="x", side=32)


@pytest.fixture(scope="module")
def imagenet(shared):
    """The real weights, with ranges set by scaled digits: there are no ImageNet pictures here."""
    path = shared / "data" / "mbv2_int8.npz"
    if not path.is_file():
        pytest.skip("the real ImageNet weights are not on this machine")
    model = convert.from_tensorflow("mbv2", read_arrays(path), origin=path.name)
    return calibrate_int8(model, Resized(load_dataset("mnist", split="test"), model.image))


def test_real_imagenet_weights_convert_and_run(imagenet):
    assert len([layer for layer in imagenet.layers if layer.kind == "conv"]) == 52
    assert (imagenet.classes, imagenet.options["padding"]) == (1001, "tensorflow")
    assert sum(layer.weights.size for layer in imagenet.layers) == 3_471_040
    pixels = torch.randint(0, 256, (2, 3, 224, 224), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    scores = logits(imagenet, pixels)
    assert scores.shape == (2, 1001)
    assert torch.isfinite(scores).all()
    assert scores.std() > 0.1
    assert torch.equal(logits(imagenet, pixels[1:]), scores[1:])  # whatever the batch


def test_real_imagenet_weights_know_a_photograph(imagenet):
    # Grace Hopper in uniform ships with matplotlib; "military uniform" is ImageNet's 652, here behind the background.
    picture = Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)).convert("RGB").resize((224, 224))
    pixels = torch.from_numpy(np.asarray(picture).transpose(2, 0, 1)[None].copy())
    assert imagenet.background
    assert logits(imagenet, pixels).argmax().item() - imagenet.background == 652


def test_tensorflow_files_that_do_not_fit(shared):
    path = shared / "data" / "mbv2_int8.npz"
    if not path.is_file():
        pytest.skip("the real ImageNet weights are not on this machine")
    arrays = read_arrays(path)
    for change, message in (
        ({"w7": None}, "lacks the array 'w7'"),
        ({"w7": arrays["w7"].astype(np.int16)}, "w7 is int16"),
        ({"s9": arrays["s9"][:-1]}, "do not fit layer block4"),
    ):
        wrong = {key: value for key, value in (arrays | change).items() if value is not None}
        with pytest.raises(InputError, match=message):
            convert.from_tensorflow("x", wrong, origin="x")
