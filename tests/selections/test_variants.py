"""One request stands for several circuits, over layers of every kind."""

import numpy as np
import pytest

from cgplab.errors import InputError
from cgplab.models import load_model
from cgplab.selections import SELECTIONS, selection_by_name


def variants(name, model, **parameters):
    return selection_by_name(name).variants(model, parameters)


def select(name, model, **parameters):
    """What a selection gives for its first circuit."""
    return SELECTIONS[name].select(model, **variants(name, model, **parameters)[0][0])


def test_all_takes_in_every_convolution_that_fits_and_names_the_others(many):
    chosen, left_out = variants("mobilenet", many, layer="all")
    assert [one["layer"] for one in chosen] == ["stem", "pointwise", "even"]
    assert list(left_out) == ["depthwise", "wide", "small"]
    assert "72 weights; cannot keep 96" in left_out["depthwise"]
    chosen, left_out = variants("single_filter", many, layer=["all"])
    assert [one["layer"] for one in chosen] == ["stem", "depthwise", "wide", "small"]
    assert "1x1" in left_out["pointwise"]
    assert "4x4" in left_out["even"]
    assert [one["layer"] for one in variants("single_filter", many, layer="all", core=2)[0]] == ["even"]
    chosen, left_out = variants("layer_bypass", many, layer="all", from_layer="depthwise")
    assert "two different" in left_out["depthwise"]
    assert len(chosen) == 5


def test_named_layers_are_taken_in_the_order_given_each_once(many):
    chosen, left_out = variants("mobilenet", many, layer=["head", "stem", "head"])
    assert [one["layer"] for one in chosen] == ["head", "stem"]
    assert not left_out
    for layer in ("stem", "head"):
        assert select("mobilenet", many, layer=layer).problem(many).n_outputs == many.int8_weights(layer).size


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("mobilenet", {"layer": "all", "kept": 5000}, "fits no layer.*stem has 1176 weights; cannot keep 5000"),
        ("single_filter", {"layer": "all", "core": 9}, "fits no layer of many"),
        ("single_filter", {"layer": "pointwise"}, "layer pointwise: a kernel of 1x1"),
        ("single_channel", {"layer": "head"}, "head of many is not a convolution.*stem, depthwise"),
        ("all_layers", {"core": 9}, "no convolution of many has a core"),
        ("chain", {"core": 2}, "needs two convolutions with cores; many has 1"),
    ],
)
def test_what_does_not_fit_is_told(many, name, parameters, words):
    with pytest.raises(InputError, match=words):
        select(name, many, **parameters)


def test_float_models_are_refused_whatever_the_layers():
    floating = load_model("lenet5-float")
    for name in SELECTIONS.keys() - {"worst_case"}:
        for parameters in ({}, {"layer": "all"}):
            if parameters and "layer" not in {p.name for p in SELECTIONS[name].parameters}:
                continue
            with pytest.raises(InputError, match=r"float weights|needs two different layers"):
                select(name, floating, **parameters)


@pytest.mark.parametrize(("layer", "kept", "inferred"), [("stem", 9, 40), ("depthwise", 1, 8), ("wide", 3, 4)])
def test_kernels_of_any_side(many, layer, kept, inferred):
    problem = select("single_filter", many, layer=layer, filter=1).problem(many)
    assert (problem.n_inputs, problem.n_outputs) == (kept, inferred)
    problem = select("reversed_single_filter", many, layer=layer, filter=1).problem(many)
    assert (problem.n_inputs, problem.n_outputs) == (inferred, kept)


def test_a_depthwise_layer_has_one_channel(many):
    problem = select("single_channel", many, layer="depthwise").problem(many)
    assert (problem.n_inputs, problem.n_outputs) == (8, 64)
    kernels = many.int8_weights("depthwise")
    assert problem.inputs[0].tolist() == kernels[:, 0, 1, 1].tolist()
    with pytest.raises(InputError, match="channel 1; allowed: 0 to 0"):
        select("single_channel", many, layer="depthwise", channel=1)


def test_grid_size_draws_different_kernels_by_seed(model):
    chosen, _ = variants("grid_size", model, layer="conv2", kernels=96, kernel_seed=3)
    assert {(one["filter"], one["channel"]) for one in chosen} == {(f, c) for f in range(16) for c in range(6)}
    few, _ = variants("grid_size", model, layer="conv2", kernels=5, kernel_seed=3)
    assert few == chosen[:5]
    assert few != variants("grid_size", model, layer="conv2", kernels=5, kernel_seed=4)[0]


def test_zero_outter_takes_kernels_with_and_without_a_zero_in_their_core(model):
    chosen, _ = variants("single_filter_zero_outter", model, layer="conv2", kernels=4)
    limits = []
    for one in chosen:
        core = model.int8_weights("conv2")[one["filter"], one["channel"], 1:4, 1:4]
        stops = SELECTIONS["single_filter_zero_outter"].select(model, **one).stops
        assert stops == {"error": 0, "gate_count": 1.0 if core.all() else 0.0}
        limits.append(stops["gate_count"])
    assert limits == [0.0] * 4 + [1.0] * 4
    (named,), _ = variants("single_filter_zero_outter", model, layer="conv2", channel=3)
    assert (named["filter"], named["channel"]) == (0, 3)


def test_layers_served_together_can_be_named(many):
    problem = select("le_selector", many, layers=["head", "small"]).problem(many)
    wanted = [many.int8_weights(name).ravel() for name in ("small", "head")]
    assert problem.targets[0].tolist() == np.concatenate(wanted).tolist()
    selected = select("shared_codebook", many, kept=4)
    assert selected.layer == "stem…small (6 layers)"
    problem = selected.problem(many)
    assert problem.n_outputs == sum(layer.weights.size for layer in many.layers if layer.kind == "conv")
    assert set(selected.at_once(problem.targets)) == {"stem", "depthwise", "pointwise", "wide", "even", "small"}
    assert select("all_layers", many).problem(many).n_vectors == 4
    assert not select("all_layers", many).at_once(select("all_layers", many).problem(many).targets)
    assert not select("mobilenet", many).at_once(select("mobilenet", many).problem(many).targets)


def test_too_many_layers_for_one_multiplexer():
    from tests.selections.conftest import build

    deep = build({f"conv{i}": (2, 1, 3, 3) for i in range(17)})
    with pytest.raises(InputError, match=r"16 layers by turns, not 17.*--layer conv0 --layer conv1"):
        select("all_layers", deep)
    named = [f"conv{i}" for i in range(16)]
    assert select("all_layers", deep, layers=named).problem(deep).n_vectors == 16
