"""Weights put back at error 0 are the model's own, so its accuracy is the reference's."""

from dataclasses import replace

import numpy as np
import pytest

from cgplab.cgp import evaluate
from cgplab.cgp.construct import construct
from cgplab.hardware import load_costs
from cgplab.models import load_dataset, load_model, model_names
from cgplab.models.accuracy import evaluate_accuracy
from cgplab.models.stored import shipped_models
from cgplab.selections import SELECTIONS
from cgplab.selections.all_layers import MOST_LAYERS
from cgplab.selections.layers import layers_with_cores

SHIPPED = [name for name in model_names() if (shipped_models() / f"{name}.npz").is_file()]
QUANTIZED = [name for name in SHIPPED if load_model(name).is_quantized]
# single_filter_zero_outter wants zeros, not the weights.
FAITHFUL = sorted(SELECTIONS.keys() - {"single_filter_zero_outter"})


def circuits(name, model):
    """Every circuit that the selection stands for, over all layers."""
    selection = SELECTIONS[name]
    parameters: dict[str, object] = {
        parameter.name: "all" for parameter in selection.parameters if parameter.name == "layer"
    }
    if name == "all_layers":
        # More layers than a multiplexer has pins cannot take turns.
        parameters["layers"] = layers_with_cores(model, None)[:MOST_LAYERS]
    return [selection.select(model, **variant) for variant in selection.variants(model, parameters)[0]]


@pytest.fixture(scope="module")
def some_images():
    images = load_dataset("mnist", split="test")
    return replace(images, x=images.x[:100], y=images.y[:100])


@pytest.mark.parametrize("name", FAITHFUL)
@pytest.mark.parametrize("model_name", QUANTIZED)
def test_targets_put_back_are_the_models_own_weights(model_name, name):
    model = load_model(model_name)
    for selected in circuits(name, model):
        back = selected.put_back(model, selected.problem(model).targets)
        assert all(np.array_equal(weights, model.int8_weights(layer)) for layer, weights in back.items())


@pytest.mark.parametrize("name", FAITHFUL)
@pytest.mark.parametrize("model_name", QUANTIZED)
def test_targets_put_back_give_exactly_the_reference_accuracy(model_name, name, some_images):
    model = load_model(model_name)
    selected = circuits(name, model)[-1]
    back = selected.put_back(model, selected.problem(model).targets)
    assert evaluate_accuracy(model.with_weights(back), some_images) == evaluate_accuracy(model, some_images)


@pytest.mark.parametrize(
    "name", ["single_filter", "reversed_single_filter", "grid_size", "single_channel", "mobilenet"]
)
def test_an_exact_circuit_gives_the_model_itself(model, name):
    selection, costs = SELECTIONS[name], load_costs()
    selected = circuits(name, model)[0]
    problem = selected.problem(model)
    made = construct(problem, selection.geometry(selected, problem, "50x10", 11), costs, bound=False)
    outputs = evaluate(made.circuit, problem, costs).outputs
    assert model.with_weights(selected.put_back(model, outputs)).sha256 == model.sha256


def test_zeros_put_back_leave_the_core(model):
    weights = model.int8_weights("conv2").copy()
    selection = SELECTIONS["single_filter_zero_outter"]
    selected = selection.select(model, layer="conv2", filter=3, channel=1)
    back = selected.put_back(model, selected.problem(model).targets)
    core = weights[3, 1, 1:4, 1:4].copy()
    weights[3, 1] = 0
    weights[3, 1, 1:4, 1:4] = core
    assert np.array_equal(back["conv2"], weights)
