import numpy as np
import pytest
import torch

from cgplab.errors import InputError
from cgplab.models.mobilenetv2.module import MobileNetV2, layer_name
from cgplab.models.mobilenetv2.plan import MobileNetV2Plan
from cgplab.models.tracing import trace
from tests.models.networks import SMALL_PLAN, shake


def test_the_published_network():
    plan = MobileNetV2Plan((3, 224, 224), 1000)
    assert len(plan.convolutions) == 52
    assert sum(int(np.prod(shape)) for shape in plan.shapes.values()) == 3_469_760  # 3.47 M weights, table 4
    assert sum(block.residual for block in plan.blocks) == 10
    assert plan.shapes["block17.project"] == (320, 960, 1, 1)


@pytest.mark.parametrize(("width", "stem", "last"), [(0.35, 16, 1280), (0.75, 24, 1280), (1.4, 48, 1792)])
def test_widths_round_as_published(width, stem, last):
    plan = MobileNetV2Plan.scaled(width, image=(3, 224, 224), classes=1000)
    assert (plan.stem, plan.head) == (stem, last)
    assert all(channels % 8 == 0 and channels >= 8 for channels in plan.channels)


@pytest.mark.parametrize("padding", ["symmetric", "tensorflow"])
def test_the_module_is_the_plan(padding):
    plan = MobileNetV2Plan((3, 96, 65), 7, stem=8, channels=(4, 4, 4, 8, 8, 8, 8), head=16, padding=padding)
    network = MobileNetV2(plan)
    assert {name: tuple(weights.shape) for name, (weights, _) in trace(network, layer_name).parameters.items()} == dict(
        plan.shapes
    )
    assert network(torch.zeros(2, 3, 96, 65)).shape == (2, 7)


@pytest.mark.parametrize("size", [7, 8, 9, 14])
def test_tensorflow_pads_where_the_last_window_needs_it(size):
    plan = MobileNetV2Plan((1, size, size), 2, stem=1, channels=(1,) * 7, head=1, padding="tensorflow")
    unit = shake(MobileNetV2(plan)).stem
    unit.activation = unit.normalization = torch.nn.Identity()
    kernel = unit.convolution.weight.detach().numpy()[0, 0]
    image = np.random.default_rng(0).standard_normal((size, size)).astype(np.float32)
    out = -(-size // 2)
    total = (out - 1) * 2 + 3 - size  # as TensorFlow documents SAME
    before = total // 2
    padded = np.zeros((size + total, size + total), np.float32)
    padded[before : before + size, before : before + size] = image
    expected = [[(padded[2 * i : 2 * i + 3, 2 * j : 2 * j + 3] * kernel).sum() for j in range(out)] for i in range(out)]
    with torch.inference_mode():
        got = unit(torch.from_numpy(image)[None, None])[0, 0].numpy()
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_options_round_trip():
    assert MobileNetV2Plan.from_options(SMALL_PLAN.options(), origin="x") == SMALL_PLAN
    with pytest.raises(InputError, match="options of its mobilenetv2 do not fit"):
        MobileNetV2Plan.from_options({"width": 3}, origin="x")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"padding": "valid"}, "pads symmetric or tensorflow"),
        ({"strides": (3,) * 8}, "8 strides of 1 or 2"),
        ({"channels": (1, 2)}, "7 stages"),
        ({"stem": 0}, "sizes at least 1"),
    ],
)
def test_impossible_plans(wrong, message):
    with pytest.raises(InputError, match=message):
        MobileNetV2Plan((3, 224, 224), 10, **wrong)


@pytest.mark.parametrize("width", [0, -1, 5, float("nan")])
def test_impossible_widths(width):
    with pytest.raises(InputError, match="width must be above 0"):
        MobileNetV2Plan.scaled(width, image=(1, 28, 28), classes=10)
