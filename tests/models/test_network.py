"""Programs of steps: traced, run, split; the cached path equals the plain one."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cgplab.errors import InputError
from cgplab.models.accuracy import CandidateEvaluator, evaluate_accuracy, find_device
from cgplab.models.inference import StoredArithmetic, logits, program_of, real_images
from cgplab.models.network import build
from cgplab.models.operations import MODULES, OPERATIONS
from cgplab.models.program import IMAGE, Step, from_json, layer_names, to_json
from cgplab.models.quantizing import quantize_after_training
from cgplab.models.stored import InputQuantization, Layer, StoredModel, from_arrays, load_model, to_arrays
from cgplab.models.tracing import trace
from tests.models.networks import Branching, Deciding, Unknown, branching_model, shake, small_mobilenet
from tests.thorough import examples


@pytest.fixture(scope="module")
def models(few):
    """Int8 models of every kind: plain, with residual blocks, with branches."""
    return {
        "lenet5": load_model("lenet5-qat"),
        "mobilenetv2": small_mobilenet(),
        "imported": quantize_after_training("b", branching_model(), few, granularity="channel"),
    }


def candidate(model, name, seed):
    """Weights of a layer with noise."""
    own = model.int8_weights(name).astype(int)
    noise = np.random.default_rng(seed).integers(-9, 10, own.shape)
    return {name: np.clip(own + noise, -128, 127).astype(np.int8)}


@pytest.mark.parametrize("name", ["lenet5", "mobilenetv2", "imported"])
def test_weights_put_back_give_the_very_accuracy_in_every_layer(models, few, name):
    model, part = models[name], few.first(40)
    plain = evaluate_accuracy(model, part)
    for layer in model.layer_names:
        evaluator = CandidateEvaluator(model, part, [layer])
        assert evaluator.accuracy({layer: model.int8_weights(layer).copy()}) == plain


@pytest.mark.parametrize("name", ["lenet5", "mobilenetv2", "imported"])
@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cached_equals_plain_bit_for_bit(models, few, name, data):
    model, part = models[name], few.first(40)
    layers = data.draw(st.lists(st.sampled_from(model.layer_names), min_size=1, max_size=2, unique=True))
    size = data.draw(st.sampled_from([7, 40]))
    room = data.draw(st.sampled_from([0, 10_000, 2**31]))
    evaluator = CandidateEvaluator(model, part, layers, batch_size=size, cache_bytes=room)
    weights = {key: value for seed, layer in enumerate(layers) for key, value in candidate(model, layer, seed).items()}
    assert evaluator.accuracy(weights) == evaluate_accuracy(model.with_weights(weights), part, batch_size=size)


@pytest.mark.parametrize("name", ["lenet5", "mobilenetv2", "imported"])
def test_writing_over_values_changes_no_bit(models, few, name):
    model = models[name]
    given = real_images(model, torch.from_numpy(few.pixels(0, 20)))
    before, found = given.clone(), []
    for overwrites in (True, False):
        arithmetic = StoredArithmetic(model, torch.device("cpu"))
        arithmetic.overwrites = overwrites
        network = build(program_of(model), arithmetic)
        with torch.inference_mode():
            found += [network.run({IMAGE: given}), network.run({IMAGE: given})]
    assert torch.equal(given, before)
    (first, *others) = [next(iter(scores.values())) for scores in found]
    assert all(torch.equal(first, other) for other in others)


@pytest.mark.parametrize("name", ["mobilenetv2", "imported"])
def test_batches_do_not_matter(models, few, name):
    part = few.first(50)
    whole, parts = (evaluate_accuracy(models[name], part, batch_size=size) for size in (50, 7))
    assert (whole.top1, whole.top5) == (parts.top1, parts.top5)
    assert whole.loss == pytest.approx(parts.loss, rel=1e-6)


def test_a_background_class_stands_before_the_labels(models, few):
    model, part = models["mobilenetv2"], few.first(30)
    labels = replace(part, y=np.minimum(part.y, 8))
    shifted = replace(model, options=model.options | {"background": True})
    assert evaluate_accuracy(shifted, labels) == evaluate_accuracy(model, replace(part, y=labels.y + np.uint8(1)))
    with pytest.raises(InputError, match=r"labels 0\.\.8, but few has label 9"):
        evaluate_accuracy(shifted, part)


def test_a_known_candidate_is_not_computed_again(models, few, monkeypatch):
    model = models["lenet5"]
    evaluator = CandidateEvaluator(model, few.first(20), ["fc2"])
    first = evaluator.accuracy(candidate(model, "fc2", 1))
    monkeypatch.setattr(evaluator, "_classify", None)
    assert evaluator.accuracy(candidate(model, "fc2", 1)) == first


def test_sums_beyond_what_float32_holds_stay_exact():
    n = 400  # 400 * 255 * 255 is above 2^24
    weights = np.full((2, n), 127, np.int8)
    weights[1, ::2] = 126
    layer = Layer("fc", weights, np.zeros(2, np.float32), np.array(1, np.float32), -128, InputQuantization(1.0, 0))
    prepared = StoredArithmetic(StoredModel("wide", "imported", (layer,)), torch.device("cpu"))
    codes = torch.full((1, n), 255, dtype=torch.uint8)
    step = Step("fc", "layer", {"input": "%image"})
    assert prepared.compute(step, codes).tolist() == [[255 * 255 * n, 255 * (255 + 254) * n / 2]]


def test_traced_network_computes_the_same(few):
    module = shake(Branching())
    model = branching_model()
    pixels = torch.from_numpy(few.pixels(0, 8))
    with torch.inference_mode():
        expected = module(pixels.float() / 255)
    torch.testing.assert_close(logits(model, pixels), expected, rtol=1e-4, atol=1e-5)
    assert model.layer_names == ("first", "same", "left", "right.0", "out")


def test_threads_trace_side_by_side():
    expected, interval = trace(Branching()).program, sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda _: trace(Branching()).program, range(40))) == [expected] * 40
    finally:
        sys.setswitchinterval(interval)


def test_program_survives_json_and_the_file_format():
    model = branching_model()
    program = program_of(model)
    assert from_json(to_json(program), OPERATIONS, origin="x") == program
    assert layer_names(program) == model.layer_names
    assert from_arrays("branching", to_arrays(model), origin="x").sha256 == model.sha256


@pytest.mark.parametrize(
    ("module", "message"),
    [(Deciding(), "must not decide by values"), (Unknown(), r"uses erfinv, which cgplab cannot run; it knows Conv2d")],
)
def test_what_cannot_be_followed(module, message):
    with pytest.raises(InputError, match=message):
        trace(module)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("text", "not a list"),
        ([["a", "relu"]], "not a list"),
        ([["a", "explode", {"input": "%image"}]], "unknown operation 'explode'"),
        ([["a", "relu", {"input": "%b"}]], "out of order"),
        ([["image", "relu", {"input": "%image"}]], "out of order"),
    ],
)
def test_programs_that_are_none(program, message):
    with pytest.raises(InputError, match=message):
        from_json(program, OPERATIONS, origin="x")


def test_every_module_stands_for_a_known_operation():
    assert {operation for operation, _ in MODULES.values()} <= set(OPERATIONS)


def test_unknown_device():
    with pytest.raises(InputError, match="use cpu or cuda"):
        find_device("quantum")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
@pytest.mark.parametrize("name", ["lenet5", "mobilenetv2", "imported"])
def test_cuda_agrees_with_the_processor(models, few, name):
    here, there = (evaluate_accuracy(models[name], few, device=device) for device in ("cpu", "cuda"))
    assert there.top1 == pytest.approx(here.top1, abs=0.1)


def test_without_cuda_the_message_says_what_to_do():
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(InputError, match="use --device cpu"):
        find_device("cuda")
