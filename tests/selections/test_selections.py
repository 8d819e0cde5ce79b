"""Selections take the right weights, and put them back where they came from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgplab.cgp import Problem
from cgplab.errors import InputError
from cgplab.models import load_model
from cgplab.models.cores import core_and_outer
from cgplab.selections import SELECTIONS, error_budget, selection_by_name

# conv1 filter 0 of the original study's network, and what its program was given for it.
PUBLISHED_KERNEL = np.array(
    [
        [26, -61, -64, -60, 22],
        [-25, -42, -36, 64, 102],
        [-5, 19, 67, 127, 32],
        [32, 60, 54, 16, -62],
        [-9, -12, -32, -96, -76],
    ]
)


def select(name, model, **parameters):
    """What a selection gives for its first circuit."""
    selection = selection_by_name(name)
    variants, _ = selection.variants(model, parameters)
    return selection.select(model, **variants[0])


def test_core_and_outer_as_the_original_orders_them(shared):
    core, outer = core_and_outer(5, 5)
    inputs, targets = (list(map(int, line.split())) for line in open(shared / "bench" / "A" / "data.train"))
    assert PUBLISHED_KERNEL.ravel()[core].tolist() == inputs
    assert PUBLISHED_KERNEL.ravel()[outer].tolist() == targets


def test_single_filter_reads_the_named_kernel(model):
    selected = selection_by_name("single_filter").select(model, layer="conv2", filter=3, channel=4)
    problem = selected.problem(model)
    kernel = model.int8_weights("conv2")[3, 4]
    assert problem.inputs.tolist() == [kernel[1:4, 1:4].ravel().tolist()]
    assert sorted([*problem.inputs[0], *problem.targets[0]]) == sorted(kernel.ravel())


def test_layer_bypass_defaults_to_the_first_two_convolutions(model):
    selected = select("layer_bypass", model)
    problem = selected.problem(model)
    assert problem.inputs.tolist() == [model.int8_weights("conv1").ravel().tolist()]
    assert problem.targets.tolist() == [model.int8_weights("conv2").ravel().tolist()]
    assert (problem.n_inputs, problem.n_outputs) == (150, 2400)
    assert problem.missing_weights == len(
        set(model.int8_weights("conv2").ravel().tolist()) - set(model.int8_weights("conv1").ravel().tolist())
    )


@given(st.sampled_from(sorted(SELECTIONS)), st.integers(0, 2**32))
def test_put_back_changes_exactly_the_selected_weights(name, seed):
    model = load_model("lenet5-qat")
    selected = select(name, model)
    problem = selected.problem(model)
    outputs = np.random.default_rng(seed).integers(-128, 128, problem.targets.shape).astype(np.int8)
    changed = selected.put_back(model, outputs)
    touched = {}
    for vector, values in zip(selected.vectors, outputs, strict=True):
        again = [changed[w.layer].ravel()[w.indices] for w in vector.inferred]
        if again:
            count = sum(map(len, again))
            assert np.array_equal(np.concatenate(again), values[:count])
        for weights in vector.inferred:
            touched.setdefault(weights.layer, []).append(weights.indices)
    assert set(changed) == set(touched)
    for layer, indices in touched.items():
        before, after = model.int8_weights(layer).ravel(), changed[layer].ravel()
        untouched = np.setdiff1d(np.arange(before.size), np.concatenate(indices))
        assert np.array_equal(after[untouched], before[untouched])


# Sizes as the original study gives them for LeNet-5.
SIZES = {
    "single_filter": (1, 9, 16),
    "reversed_single_filter": (1, 16, 9),
    "single_filter_zero_outter": (1, 9, 16),
    "grid_size": (1, 9, 16),
    "shared_codebook": (1, 16, 2550),
    "single_channel": (1, 54, 96),
    "layer_bypass": (1, 150, 2400),
    "le_selector": (1, 1, 2550),
    "all_layers": (2, 864, 1536),
    "mobilenet": (1, 96, 150),
    "chain": (1, 153, 272),
    "worst_case": (1, 65, 256),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_sizes_and_grids_for_lenet5(model, name):
    selection = SELECTIONS[name]
    selected = select(name, model)
    problem = selected.problem(model)
    assert (problem.n_vectors, problem.n_inputs, problem.n_outputs) == SIZES[name]
    geometry = selection.geometry(selected, problem, None, None)
    assert f"{geometry.rows}x{geometry.cols}" == selection.default_grids(selected)[0]
    assert geometry.arity >= problem.n_vectors


def test_all_layers_pads_the_shorter_layer_with_what_does_not_count(model):
    problem = SELECTIONS["all_layers"].select(model).problem(model)
    assert problem.mask.sum(axis=1).tolist() == [96, 1536]
    assert not problem.inputs[0, 54:].any()
    kernels = model.int8_weights("conv1").reshape(-1, 5, 5)
    assert problem.inputs[0, :54].tolist() == kernels[:, 1:4, 1:4].ravel().tolist()


def test_zero_outter_wants_zeros_and_forgets_the_weights(model):
    selected = select("single_filter_zero_outter", model, filter=0, channel=0)
    problem = selected.problem(model)
    assert not problem.targets.any()
    kernel = selected.put_back(model, problem.targets)["conv1"][0, 0]
    assert kernel.any()
    kernel[1:4, 1:4] = 0
    assert not kernel.any()


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("single_filter", {"filter": 6}, "filter 6.*0 to 5"),
        ("single_filter", {"channel": 1}, "channel 1.*0 to 0"),
        ("single_filter", {"layer": "fc1"}, "fc1.*conv1, conv2"),
        ("single_filter", {"layer": "conv9"}, "conv9.*conv1"),
        ("layer_bypass", {"filter": 0}, "no parameter 'filter'.*from_layer, layer"),
        ("layer_bypass", {"from_layer": "conv2"}, "follows conv2"),
        ("layer_bypass", {"from_layer": "conv2", "layer": "conv2"}, "two different"),
        ("layer_bypass", {"from_layer": "nope"}, "nope"),
        ("single_channel", {"channel": 1}, "channel 1.*0 to 0"),
        ("mobilenet", {"kept": 151}, "150 weights; cannot keep 151"),
        ("mobilenet", {"kept": 0}, "at least 1 weight.*not 0"),
        ("shared_codebook", {"kept": 0}, "between 1 and .* not 0"),
        ("shared_codebook", {"kept": 257}, "between 1 and .* not 257"),
        ("shared_codebook", {"layers": ["conv1", "conv7"]}, "conv7.*conv1"),
        ("single_filter", {"core": 5}, "conv1.*5x5.*weights around it"),
        ("single_filter", {"core": 2}, "cannot stand in the centre"),
        ("single_filter", {"core": 0}, "at least 1, not 0"),
        ("all_layers", {"layers": ["conv1", "fc1"]}, "fc1.*not a convolution"),
        ("grid_size", {"kernels": 7}, "between 1 and the layer's 6, not 7"),
        ("grid_size", {"kernels": 0}, "between 1 and the layer's 6, not 0"),
        ("grid_size", {"kernel_seed": -1}, "at least 0, not -1"),
        ("grid_size", {"filter": 1}, "no parameter 'filter'"),
        ("single_filter_zero_outter", {"kernels": 0}, "at least 1, not 0"),
        ("chain", {"layer": "conv1"}, "allowed: core"),
    ],
)
def test_what_is_not_there_is_named(model, name, parameters, words):
    with pytest.raises(InputError, match=words):
        select(name, model, **parameters)


def test_unknown_selection_and_float_model():
    with pytest.raises(InputError, match=r"bypass.*single_filter.*layer_bypass"):
        selection_by_name("bypass")
    floating = load_model("lenet5-float")
    with pytest.raises(InputError, match="float weights"):
        select("layer_bypass", floating)


def test_error_budget():
    problem = Problem([[1]], [[1, 2, 3, 4]], mask=[[True, True, True, False]])
    assert [error_budget(t, problem) for t in (0, 0.5, 1, 5, 11)] == [0, 0, 3, 75, 363]
    assert error_budget(5, problem, "AE") == 15
    assert error_budget(5, problem, "MSE") == 25
    for wrong in (-1.0, float("nan"), float("inf"), 300.0):
        with pytest.raises(InputError, match="strategy"):
            error_budget(wrong, problem)


def test_default_geometry_follows_the_original(model):
    def geometry(name, grid=None, l_back=None):
        selected = select(name, model)
        return SELECTIONS[name].geometry(selected, selected.problem(model), grid, l_back)

    default = geometry("layer_bypass")
    assert (default.rows, default.cols, default.l_back) == (50, 10, 10)
    assert geometry("mobilenet").l_back == 11
    assert geometry("single_filter", "3x7").l_back == 7
    assert geometry("single_filter", "3x7", 2).l_back == 2
    for wrong in ("3", "x", "3x", "0x4", "3x-1", "3.5x2", "axb"):
        with pytest.raises(InputError, match=r"ROWSxCOLS|at least 1"):
            geometry("single_filter", wrong)
