import dataclasses

import numpy as np
import pytest
import torch

from cgplab.errors import InputError
from cgplab.models.accuracy import CandidateEvaluator, evaluate_accuracy
from cgplab.models.datasets import Dataset
from cgplab.models.inference import logits
from cgplab.models.stored import load_model


def naive_logits(model, pixels):
    """One image through LeNet-5 with int64 sums and float32 in between, in plain loops."""
    first = model.layers[0].input
    x = ((pixels.astype(np.float32) - first.zero_point) * np.float32(first.scale))[None]
    for layer in model.layers:
        step = layer.input
        codes = np.clip(np.rint(x / np.float32(step.scale)) + step.zero_point, 0, 255).astype(np.int64)
        codes -= step.zero_point
        weights = layer.weights.astype(np.int64) - layer.zero_point
        if layer.kind == "conv":
            out, _, kernel, _ = weights.shape
            side = codes.shape[1] - kernel + 1
            sums = np.empty((out, side, side), np.int64)
            for i in range(side):
                for j in range(side):
                    sums[:, i, j] = (weights * codes[:, i : i + kernel, j : j + kernel]).sum((1, 2, 3))
            channels = (slice(None), None, None)
        else:
            sums = (weights * codes.reshape(-1)).sum(1)
            channels = (slice(None),)
        scale = np.broadcast_to(layer.scale, len(weights))[channels]
        x = sums.astype(np.float32) * (scale * np.float32(step.scale)) + layer.bias[channels]
        if layer.kind == "conv":
            x = x.reshape(len(x), side // 2, 2, side // 2, 2).max((2, 4))
        if layer.name != "fc3":
            x = np.maximum(x, np.float32(0))
    return x


@pytest.mark.parametrize("name", ["lenet5-qat", "lenet5-ptq"])
def test_inference_equals_integer_arithmetic_exactly(name, few):
    model = load_model(name)
    fast = logits(model, torch.from_numpy(few.pixels(0, 6))).numpy()
    for pixels, scores in zip(few.x[:6], fast, strict=True):
        np.testing.assert_array_equal(scores, naive_logits(model, pixels))


def test_inference_honours_channel_scales_and_zero_points(qat, few):
    layers = tuple(
        dataclasses.replace(
            layer,
            scale=(layer.scale * np.linspace(0.5, 1.5, len(layer.bias))).astype(np.float32),
            zero_point=3,
            input=dataclasses.replace(layer.input, zero_point=layer.input.zero_point + 1),
        )
        for layer in qat.layers
    )
    model = dataclasses.replace(qat, layers=layers)
    fast = logits(model, torch.from_numpy(few.pixels(0, 2))).numpy()
    np.testing.assert_array_equal(fast, np.stack([naive_logits(model, pixels) for pixels in few.x[:2]]))


def test_result_does_not_depend_on_batches(qat, few):
    whole = evaluate_accuracy(qat, few, batch_size=300)
    parts = evaluate_accuracy(qat, few, batch_size=7)
    assert (whole.top1, whole.top5, whole.n) == (parts.top1, parts.top5, parts.n)
    assert whole.loss == pytest.approx(parts.loss, rel=1e-12)


def test_accuracy_against_plain_counting(qat, few):
    scores = logits(qat, torch.from_numpy(few.pixels(0, 300))).numpy().astype(np.float64)
    order = np.argsort(-scores, axis=1, kind="stable")
    own = scores[np.arange(300), few.y]
    shifted = scores - scores.max(1, keepdims=True)
    loss = np.mean(np.log(np.exp(shifted).sum(1)) + scores.max(1) - own)
    accuracy = evaluate_accuracy(qat, few)
    assert accuracy.top1 == pytest.approx(100 * np.mean(order[:, 0] == few.y))
    assert accuracy.top5 == pytest.approx(100 * np.mean((order[:, :5] == few.y[:, None]).any(1)))
    assert accuracy.loss == pytest.approx(loss, rel=1e-9)


def test_equal_scores_rank_by_class(qat, few):
    zero = qat.with_weights({"fc3": np.zeros((10, 84), np.int8)})
    last = dataclasses.replace(zero.layer("fc3"), bias=np.zeros(10, np.float32))
    flat = dataclasses.replace(zero, layers=(*zero.layers[:-1], last))
    accuracy = evaluate_accuracy(flat, few)
    assert accuracy.top1 == pytest.approx(100 * np.mean(few.y == 0))
    assert accuracy.top5 == pytest.approx(100 * np.mean(few.y < 5))
    assert accuracy.loss == pytest.approx(np.log(10))


def test_progress_counts_images(qat, few):
    seen = []
    evaluate_accuracy(qat, few, batch_size=128, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(128, 300), (256, 300), (300, 300)]


@pytest.mark.parametrize("names", [["conv1"], ["conv2"], ["fc2", "conv2"], ["fc3"]])
def test_cached_equals_plain(qat, few, names):
    evaluator = CandidateEvaluator(qat, few, names, batch_size=128)
    rng = np.random.default_rng(0)
    assert evaluator.accuracy({}) == evaluate_accuracy(qat, few, batch_size=128)
    for noise in (1, 20, 128):
        candidate = {}
        for name in names:
            own = qat.int8_weights(name).astype(int)
            candidate[name] = np.clip(own + rng.integers(-noise, noise, own.shape), -128, 127).astype(np.int8)
        plain = evaluate_accuracy(qat.with_weights(candidate), few, batch_size=128)
        assert evaluator.accuracy(candidate) == plain
    part = {names[0]: candidate[names[0]]}
    assert evaluator.accuracy(part) == evaluate_accuracy(qat.with_weights(part), few, batch_size=128)


def test_evaluator_refuses_what_it_cannot_change(qat, few):
    with pytest.raises(InputError, match="at least one layer"):
        CandidateEvaluator(qat, few, [])
    with pytest.raises(InputError, match="conv9"):
        CandidateEvaluator(qat, few, ["conv9"])
    with pytest.raises(InputError, match="float weights"):
        CandidateEvaluator(load_model("lenet5-float"), few, ["conv1"])
    evaluator = CandidateEvaluator(qat, few, ["conv2"])
    with pytest.raises(InputError, match=r"'conv1' is not among those to change: conv2"):
        evaluator.accuracy({"conv1": qat.int8_weights("conv1")})
    with pytest.raises(InputError, match="must be int8"):
        evaluator.accuracy({"conv2": np.zeros((16, 6, 5, 5))})


def test_data_must_fit_the_model(qat, few):
    small = Dataset(np.zeros((2, 8, 8), np.uint8), np.zeros(2, np.uint8), "small", "")
    with pytest.raises(InputError, match=r"images of 28x28 pixels"):
        evaluate_accuracy(qat, small)
    odd = Dataset(few.x, np.full(300, 10, np.uint8), "odd", "")
    with pytest.raises(InputError, match=r"labels 0\.\.9, but odd has label 10"):
        CandidateEvaluator(qat, odd, ["conv2"])
    with pytest.raises(InputError, match="at least 1, not 0"):
        evaluate_accuracy(qat, few, batch_size=0)
