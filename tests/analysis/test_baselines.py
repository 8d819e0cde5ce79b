"""Other ways to store weights, against slow, obvious twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.analysis.baselines import baselines, entropy, int4, lookup_table
from cgplab.analysis.scope import scope_of_selected
from cgplab.selections import SELECTIONS
from tests.thorough import examples

WEIGHTS = st.lists(st.integers(-128, 127), min_size=1, max_size=60).map(lambda v: np.array(v, dtype=np.int8))


def select(model, name, **given_):
    chosen = SELECTIONS[name]
    return chosen.select(model, **chosen.resolve(given_))


def mse(a, b):
    return float(((a.astype(int) - b.astype(int)) ** 2).mean())


@given(WEIGHTS)
def test_entropy_is_that_of_the_histogram(weights):
    values = weights.tolist()
    shares = [values.count(v) / len(values) for v in set(values)]
    assert entropy(weights) == pytest.approx(-sum(p * np.log2(p) for p in shares))
    assert 0 <= entropy(weights) <= 8


@settings(max_examples=examples(40))
@given(WEIGHTS, st.integers(1, 5))
def test_a_look_up_table_is_used_well(weights, bits):
    values, entries = lookup_table(weights, bits)
    table = np.unique(values)
    assert len(table) <= entries <= 2**bits
    # Every weight takes its nearest entry.
    distance = np.abs(weights.astype(int)[:, None] - table.astype(int)).min(axis=1)
    assert np.array_equal(np.abs(weights.astype(int) - values), distance)
    if len(np.unique(weights)) <= 2**bits:
        assert np.array_equal(values, weights)


def test_more_bits_never_hurt_and_the_table_beats_equal_steps(model):
    weights = model.int8_weights("conv2").reshape(-1)
    errors = [mse(lookup_table(weights, bits)[0], weights) for bits in range(1, 7)]
    assert errors == sorted(errors, reverse=True)
    steps = np.linspace(weights.min(), weights.max(), 16).round()
    nearest = steps[np.abs(weights[:, None] - steps).argmin(axis=1)]
    assert errors[3] < mse(nearest, weights)


@given(WEIGHTS)
def test_int4_has_sixteen_levels_per_channel_and_keeps_the_largest(weights):
    found = int4(weights, np.zeros(len(weights), dtype=np.int64))
    assert len(np.unique(found)) <= 16
    largest = int(np.abs(weights.astype(int)).argmax())
    assert abs(int(found[largest]) - int(weights[largest])) <= 1
    scale = np.abs(weights.astype(float)).max() / 7
    assert np.abs(found.astype(float) - weights).max() <= scale / 2 + 1


def test_bits_of_a_layer_by_hand(model):
    made = {b.scheme: b for b in baselines(scope_of_selected(model, select(model, "layer_bypass")))}
    assert (made["int8"].bits, made["int4"].bits) == (8 * 2550, 4 * 2550)
    assert made["int4"].side_bits == 16 * (6 + 16)
    assert (made["k-means 3 bit"].bits, made["k-means 3 bit"].side_bits) == (3 * 2550, 2 * 8 * 8)
    expected = sum(entropy(model.int8_weights(n).reshape(-1)) * model.int8_weights(n).size for n in ("conv1", "conv2"))
    assert made["entropy bound"].bits == pytest.approx(expected)
    assert made["entropy bound"].values is None


@pytest.mark.parametrize(
    ("name", "n_weights", "n_kept", "n_inferred"),
    [
        ("single_filter", 25, 9, 16),
        ("reversed_single_filter", 25, 16, 9),
        ("layer_bypass", 2550, 150, 2400),
        ("le_selector", 2550, 0, 2550),
        ("all_layers", 2550, 918, 1632),
        ("shared_codebook", 2550, 16, 2550),
    ],
)
def test_each_weight_of_a_selection_counts_once(model, name, n_weights, n_kept, n_inferred):
    scope = scope_of_selected(model, select(model, name))
    assert (scope.n_weights, scope.n_kept, scope.n_inferred) == (n_weights, n_kept, n_inferred)
    kept = scope_of_selected(model, select(model, "mobilenet", layer="conv2", kept=96))
    assert (kept.n_weights, kept.n_kept, kept.n_inferred) == (2400, 96, 2400)


def test_weights_go_back_to_their_places(model):
    scope = scope_of_selected(model, select(model, "single_filter", filter=2))
    zeros = {name: np.zeros_like(own) for name, own in scope.weights().items()}
    changed = scope.put_back(zeros)["conv1"]
    assert not changed[2, 0].any()
    untouched = np.delete(changed, 2, axis=0)
    assert np.array_equal(untouched, np.delete(model.int8_weights("conv1"), 2, axis=0))
    assert np.array_equal(scope.values_in({"conv1": changed})["conv1"], zeros["conv1"])
