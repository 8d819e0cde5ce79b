from dataclasses import replace

import numpy as np
import pytest
import torch

from cgplab.errors import InputError
from cgplab.models.accuracy import evaluate_accuracy
from cgplab.models.augmentation import augment
from cgplab.models.calibration import best_range
from cgplab.models.datasets import Dataset
from cgplab.models.fake_quantization import INT8_SYMMETRIC, UINT8, fake_quantize, symmetric_scale, to_integers
from cgplab.models.inference import decode_pixels, logits
from cgplab.models.quantized_network import QuantizedNetwork
from cgplab.models.quantizing import quantize_after_training, quantize_by_training
from cgplab.models.stored import load_model
from cgplab.models.training import TrainingSettings, one_cycle, train_float

ONE_EPOCH = TrainingSettings(seed=3, epochs=1, learning_rate=0.02, batch_size=64)


@pytest.fixture(scope="module")
def trained(few):
    return train_float("tiny", few, ONE_EPOCH)


def test_same_seed_same_weights(trained, few):
    torch.manual_seed(99)  # the caller's own state must neither matter nor change
    state = torch.random.get_rng_state()
    assert train_float("again", few, ONE_EPOCH).sha256 == trained.sha256
    assert torch.equal(torch.random.get_rng_state(), state)
    assert not torch.are_deterministic_algorithms_enabled()


def test_other_seed_other_weights(trained, few):
    other = TrainingSettings(seed=4, epochs=1, learning_rate=0.02, batch_size=64)
    assert train_float("other", few, other).sha256 != trained.sha256


def test_training_reports_every_step(few):
    seen = []
    train_float("t", few, TrainingSettings(epochs=2, batch_size=200), progress=seen.append)
    assert [(s.epoch, s.images, s.total_images) for s in seen] == [
        (1, 200, 600),
        (1, 300, 600),
        (2, 500, 600),
        (2, 600, 600),
    ]
    assert all(np.isfinite(s.loss) for s in seen)


def test_training_learns(few):
    longer = TrainingSettings(epochs=12, learning_rate=0.05, batch_size=32)
    assert evaluate_accuracy(train_float("t", few, longer), few).top1 > 60


@pytest.mark.parametrize("method", ["ptq", "qat"])
def test_quantizing_is_reproducible_and_int8(trained, few, method):
    def make():
        if method == "ptq":
            return quantize_after_training("q", trained, few, seed=1)
        return quantize_by_training("q", trained, few, ONE_EPOCH)

    first = make()
    assert first.sha256 == make().sha256
    assert evaluate_accuracy(first, few) == evaluate_accuracy(make(), few)
    for layer in first.layers:
        assert layer.weights.dtype == np.int8
        assert layer.weights.min() >= -127
        assert layer.input is not None


def test_ptq_rounds_to_the_nearest_step(trained, few):
    for own, rounded in zip(trained.layers, quantize_after_training("q", trained, few).layers, strict=True):
        assert rounded.scale == np.abs(own.weights).max() / np.float32(127)
        np.testing.assert_array_equal(rounded.weights, np.rint(own.weights / rounded.scale))
        np.testing.assert_array_equal(rounded.bias, own.bias)


@pytest.mark.parametrize("granularity", ["tensor", "channel"])
def test_what_is_trained_is_what_is_stored(trained, few, granularity):
    network = QuantizedNetwork(trained, granularity)
    pixels = torch.from_numpy(few.pixels(0, len(few)))
    images = decode_pixels(pixels, trained.layers[0].input)
    network.calibrate(images)
    with torch.no_grad():
        floating = network(images)
    # Equal but for activations that fall on another side of a rounding edge.
    assert torch.quantile((floating - logits(network.stored("q"), pixels)).abs(), 0.99) < 1e-3


def test_quantizing_twice_is_refused(few):
    with pytest.raises(InputError, match="quantized already"):
        quantize_after_training("q", load_model("lenet5-ptq"), few)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, r"epochs must be in 1\.\.1000, not 0"),
        ({"epochs": 1001}, "not 1001"),
        ({"learning_rate": 0.0}, "learning rate must be above 0"),
        ({"learning_rate": float("nan")}, "not nan"),
        ({"batch_size": 0}, "batch size must be at least 1"),
    ],
)
def test_settings_out_of_range(wrong, message):
    with pytest.raises(InputError, match=message):
        TrainingSettings(**wrong)


def test_seed_out_of_range(few):
    with pytest.raises(InputError, match="seed must be in"):
        train_float("t", few, TrainingSettings(seed=-1))


def test_data_must_fit(few):
    with pytest.raises(InputError, match="needs images of 28x28 pixels, 1 channel, but those of cut are 20x28"):
        train_float("t", Dataset(few.x[:, :20], few.y, "cut", ""), ONE_EPOCH)
    with pytest.raises(InputError, match=r"labels 0\.\.9, but odd has label 11"):
        train_float("t", Dataset(few.x, few.y + 2, "odd", ""), ONE_EPOCH)


def test_divergence_is_reported(trained, few):
    layers = tuple(replace(layer, weights=layer.weights * np.float32(1e30)) for layer in trained.layers)
    with pytest.raises(InputError, match=r"training diverged in epoch 1 at learning rate 0\.02"):
        quantize_by_training("q", replace(trained, layers=layers), few, ONE_EPOCH)


def test_schedule_rises_and_falls():
    rates = [one_cycle(t) for t in np.linspace(0, 1, 101)]
    assert rates[0] == pytest.approx(0.04)
    assert max(rates) == rates[20] == pytest.approx(1)
    assert rates[-1] == pytest.approx(0, abs=1e-12)
    assert rates[:21] == sorted(rates[:21])
    assert rates[20:] == sorted(rates[20:], reverse=True)


def test_augmentation_moves_little_and_repeats(few):
    images = torch.from_numpy(few.x[:50].copy()).unsqueeze(1).float()
    moved = augment(images, torch.Generator().manual_seed(0))
    assert torch.equal(moved, augment(images, torch.Generator().manual_seed(0)))
    assert moved.shape == images.shape
    assert moved.min() >= 0
    assert moved.max() <= 255.01
    assert not torch.equal(moved, images)

    def centre(batch):
        mass = batch.sum((1, 2, 3))
        return torch.stack([(batch.sum(3).squeeze(1) * torch.arange(28)).sum(1) / mass,
                            (batch.sum(2).squeeze(1) * torch.arange(28)).sum(1) / mass])  # fmt: skip

    distance = (centre(moved) - centre(images)).abs()
    assert 0.1 < distance.mean() < 2
    assert distance.max() < 4.5


def test_fake_quantization_rounds_clips_and_passes_gradients():
    x = torch.tensor([-3.0, -0.26, 0.24, 0.26, 200.0], requires_grad=True)
    y = fake_quantize(x, 0.5, 2, UINT8)
    torch.testing.assert_close(y.detach(), torch.tensor([-1.0, -0.5, 0.0, 0.5, 126.5]))
    y.sum().backward()
    assert x.grad.tolist() == [0, 1, 1, 1, 0]


def test_integers_round_halves_to_even():
    x = torch.tensor([0.5, 1.5, 2.5, -0.5, 1000, -1000])
    assert to_integers(x, 1.0, 0, INT8_SYMMETRIC).tolist() == [0, 2, 2, 0, 127, -127]


def test_scale_of_zeros_is_one():
    assert symmetric_scale(torch.zeros(4)) == 1
    assert symmetric_scale(torch.tensor([-254.0, 3])) == 2


def test_range_ignores_a_lone_outlier():
    values = torch.rand(100_000, generator=torch.Generator().manual_seed(0))
    plain = best_range(values)
    assert 255 * plain.scale == pytest.approx(1, abs=0.02)
    # One value of 1.5 in 100,000: cutting it off costs less than coarser steps for all others.
    values[0] = 1.5
    assert 255 * best_range(values).scale < 1.5
    assert best_range(torch.zeros(10)).scale == 1
