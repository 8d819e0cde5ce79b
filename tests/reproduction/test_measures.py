"""What runs say about a finding, by hand."""

import numpy as np
import pandas as pd
import pytest

from cgplab.errors import InputError
from cgplab.reproduction import FINDINGS, WORKS, Evidence, judge, measures, page, relations
from cgplab.reproduction.works import BEST, ORIGINAL


def runs(n=6, **values):
    """Made-up runs with circuits."""
    frame = pd.DataFrame(
        {
            "id": [f"{i:03}" for i in range(n)], "model": "lenet5-qat", "layer": "conv1", "grid": "5x5",
            "strategy": 0.0, "error": 0, "energy": 0.1, "gate_count": 18, "seconds": 2.0, "n_outputs": 16,
            "missing_weights": 10, "within": True, "accuracy": 99.5, "accuracy_loss": 0.0, "dataset": "mnist/test",
            "children": 4_160_000,
        }
    )  # fmt: skip
    return frame.assign(**values)


@pytest.mark.parametrize(
    ("values", "holds", "beats"),
    [
        ({}, True, False),
        ({"energy": 0.001}, True, True),
        ({"energy": 5.0}, False, False),
        ({"error": [0, 0, 0, 0, 0, 1], "energy": 0.001}, False, False),
        ({"error": 3}, False, False),
    ],
)
def test_exact_energy(values, holds, beats):
    answer = measures.exact_energy(0.0034, 0.48)(runs(**values))
    assert (answer.holds, answer.beats) == (holds, beats)


def test_larger_grid_needs_a_test():
    energy = [1.0, 1.1, 1.2, 1.3, 1.4, 0.1, 0.2, 0.3, 0.4, 0.5]
    both = runs(10, grid=["5x5"] * 5 + ["10x10"] * 5, energy=energy)
    answer = measures.larger_grid("5x5", "10x10")(both)
    assert answer.holds
    assert "n = 10" in answer.text
    assert not measures.larger_grid("5x5", "10x10")(both.assign(energy=energy[::-1])).holds
    with pytest.raises(InputError, match="both grids"):
        measures.larger_grid("5x5", "10x10")(runs())


def test_growth_is_clear_at_zero_and_fades():
    missing = np.tile(np.arange(20), 2)
    strategy = np.repeat([0.0, 5.0], 20)
    frame = runs(40, strategy=strategy, missing_weights=missing, energy=np.where(strategy == 0, missing * 0.1, 0.0))
    answer = relations.growth()(frame)
    assert answer.holds
    assert answer.text == "t = 0: r = 1.000 (n = 20); t = 5: constant (n = 20)"
    assert not relations.growth()(frame.assign(energy=1.0)).holds


def test_free_counts_runs_above_their_budget_as_not_free():
    frame = runs(4, strategy=5.0, energy=0.0, within=[True, True, False, False])
    answer = measures.free_from(5)(frame)
    assert not answer.holds
    assert answer.text == "2 of 4 runs at t ≥ 5 cost 0 pJ (2 within budget)"


def test_the_first_layer_is_the_models_own():
    frame = runs(4, strategy=5.0, layer=["conv2", "conv1", "fc1", "fc2"], accuracy_loss=[0.1, 9.0, 0.2, 0.3])
    answer = relations.most_sensitive_layer((5.0, 11.0), 1.0)(frame)
    assert answer.holds
    assert "first layer (conv1) 9.00 pp; 3 of 4 layers lose < 1 pp" in answer.text
    assert not relations.most_sensitive_layer((5.0,), 1.0)(frame.assign(accuracy_loss=[9, 0, 0, 0])).holds


def test_order_over_layers_is_friedmans():
    layers = np.repeat([f"l{i}" for i in range(6)], 4)
    strategies = np.tile([0.0, 1.0, 5.0, 11.0], 6)
    answer = relations.order_over_layers("energy", 0.0)(runs(24, layer=layers, strategy=strategies, energy=-strategies))
    assert answer.holds
    assert answer.text.startswith("Friedman")
    assert answer.text.endswith("6 layers")
    loose = runs(24, layer=layers, strategy=strategies + 1, energy=-strategies)
    assert not relations.order_over_layers("energy", 0.0)(loose).holds
    up = runs(24, layer=layers, strategy=strategies, energy=strategies)
    assert not relations.order_over_layers("energy", 0.0)(up).holds


def test_accuracy_of_runs_above_their_budget_does_not_count():
    frame = runs(4, accuracy_loss=[0, 0, 0, 40.0], within=[True, True, True, False])
    answer = measures.unchanged_accuracy(0.05)(frame)
    assert answer.holds
    assert "1 run above their budget left out" in answer.text


def evidence(work, original, best):
    return {
        (work, ORIGINAL): Evidence(WORKS[work], ORIGINAL, (), original),
        (work, BEST): Evidence(WORKS[work], BEST, (), best),
    }


def finding(name):
    return next(f for f in FINDINGS if f.name == name)


def test_verdicts():
    kernel = finding("kernel_energy")
    assert judge(kernel, evidence("single_filter", runs(), runs(energy=1e-6))).verdict == "better"
    assert judge(kernel, evidence("single_filter", runs(), runs())).verdict == "reproduced"
    assert judge(kernel, evidence("single_filter", runs(error=1), runs(error=1))).verdict == "differs"
    none = runs(0)
    assert judge(kernel, evidence("single_filter", none, none)).verdict == "no runs"


def test_a_short_search_is_named_as_the_reason():
    kernel = finding("kernel_energy")
    short = judge(kernel, evidence("single_filter", runs(error=1, children=41_600), runs(energy=1e-6)))
    assert short.verdict == "better"
    assert "our runs had 1 % of its children" in short.reason
    assert short.budget == "41.6 k (1 % of the original's)"


def test_relations_may_show_on_either_side():
    free = runs(10, grid=["5x5"] * 5 + ["10x10"] * 5, energy=[1.0, 1.1, 1.2, 1.3, 1.4, 0.1, 0.2, 0.3, 0.4, 0.5])
    one_each = runs(2, grid=["5x5", "10x10"])
    grid = finding("grid")
    assert judge(grid, evidence("single_filter", free, one_each)).reason == grid.reproduced
    best_only = judge(grid, evidence("single_filter", one_each, free))
    assert best_only.verdict == "reproduced"
    assert best_only.reason.startswith("by our best method only")
    assert judge(grid, evidence("single_filter", one_each, one_each)).verdict == "differs"


def test_pages_hold_every_finding():
    outcomes = [judge(f, evidence("single_filter", runs(), runs())) for f in FINDINGS]
    assert all(o.finding.works for o in outcomes)
    for text in (page.markdown(outcomes, "about"), page.as_page(outcomes, "about")):
        assert all(o.verdict in text for o in outcomes)
        assert "Grid 10x10 against 5x5" in text
    latex = page.tex(outcomes, "about")
    assert latex.count(r"\\") >= len(FINDINGS)
    assert latex.isascii() or "–" in latex
    assert r"\begin{longtable}" in latex
