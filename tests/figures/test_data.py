"""What figures draw, against values worked out by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from cgplab.errors import InputError
from cgplab.figures import (
    FIGURES,
    accuracy_error,
    accuracy_loss_by_dataset,
    best_solutions,
    convergence,
    gate_usage,
    lowest_energy,
    pareto,
    pareto_by_layer,
    sensitivity,
)
from cgplab.figures.outcomes import layers_of
from cgplab.study.scope import scope_of
from cgplab.study.sealed_studies import example_studies, opened
from tests.figures import made_up


def test_mean_squared_error_from_either_metric():
    runs = made_up.table(4, error=200, n_outputs=50).assign(metric=["SE", "MSE", "AE", "SE"])
    frame = accuracy_error.data(runs)
    assert frame["mse"].tolist() == [4, 200, 4]  # by strategy 0, 1, 11; AE tells none
    with pytest.raises(InputError, match="AE"):
        accuracy_error.data(runs.assign(metric="AE"))


def test_best_solutions_lose_nothing_first_then_cost_least():
    runs = made_up.table(4).assign(
        layer=["a", "a", "a", "b"], accuracy_loss=[0.1, 0.0, -0.2, 0.3], energy=[0.0, 2.0, 3.0, 0.5]
    )
    found = best_solutions.data(runs)
    # A gain of accuracy is no reason to pay: of the two that lose nothing the cheaper counts.
    assert found["id"].tolist() == ["0001", "0003"]
    assert found["lossless"].tolist() == [True, False]
    assert found["candidates"].tolist() == [3, 1]


def test_lowest_energy_counts_runs_within_budget_only():
    runs = made_up.table(4, strategy=0.0).assign(
        layer=["a", "a", "b", "b"], error=[0, 1e9, 0, 0], energy=[5.0, 1.0, 3.0, 2.0]
    )
    found = lowest_energy.data(runs).set_index("layer")
    assert found["lowest_energy"].to_dict() == {"a": 5.0, "b": 2.0}
    assert found["runs_within"].to_dict() == {"a": 1, "b": 2}
    assert found["runs"].to_dict() == {"a": 2, "b": 2}
    with pytest.raises(InputError, match="construct"):
        lowest_energy.data(runs.assign(error=1e9))


def test_pareto_fronts_over_all_and_by_layer():
    runs = made_up.table(4).assign(
        layer=["a", "a", "b", "b"], energy=[0.0, 1.0, 2.0, 3.0], accuracy_loss=[0.5, 0.1, 0.1, 0.0]
    )
    assert pareto.data(runs.assign(layer="a")).sort_values("id")["front"].tolist() == [True, True, False, True]
    assert pareto.data(runs).sort_values("id")["front"].tolist() == [True, True, True, True]
    assert pareto_by_layer.data(runs).sort_values("id")["front"].tolist() == [True, True, True, True]


def test_every_layer_has_a_cell_of_its_own_on_the_screen():
    n = 30
    runs = made_up.table(n).assign(
        layer=[f"layer{i % 15}" for i in range(n)], energy=[float(i % 7) for i in range(n)], accuracy_loss=0.25
    )
    drawn = pareto_by_layer.interactive(runs)
    cells = {}
    for element in drawn.traverse(specs=["Points"]):
        rows = element.dframe()
        for layer, across, height in rows[["layer", "across", "height"]].itertuples(index=False):
            cells.setdefault(layer, set()).add((math.floor(across), math.floor(height)))
    assert all(len(cell) == 1 for cell in cells.values())
    assert len({cell for own in cells.values() for cell in own}) == 15


def test_stairs_run_along_the_front():
    runs = made_up.table(3).assign(energy=[0.0, 1.0, 2.0], accuracy_loss=[0.5, 0.1, 0.0])
    frame = pareto.data(runs)
    x, y = pareto.stairs(frame[frame["front"]], pareto.scales_of(frame))
    corners = set(zip(x.tolist(), y.tolist(), strict=True))
    assert {(0.0, 0.5), (1.0, 0.5), (1.0, 0.1), (2.0, 0.1), (2.0, 0.0)} <= corners


def test_convergence_counts_who_has_the_measure():
    frame = convergence.data(made_up.frames(made_up.table(8, strategy=0.0))["progress"])
    error = frame[frame["measure"] == "error"].set_index("generation")
    assert error["median"].iloc[0] == 1000
    assert error["median"].iloc[-1] == 1
    assert (error["n"] == 8).all()
    # Energy is known from the third improvement on, in generation 100.
    assert frame.loc[frame["measure"] == "energy", "generation"].min() >= 100


def test_gate_usage_is_a_mean_over_all_circuits():
    used = made_up.frames(made_up.table(8, strategy=0.0, threshold=1000))["gate_usage"]
    used = used[(used["function"] != "mul") | (used["id"] == "0000")]
    frame = gate_usage.data(used).set_index("function")
    assert frame["count"].to_dict() == pytest.approx({"half": 5, "add": 2, "mul": 1 / 8})
    assert frame["energy"].to_dict() == pytest.approx({"half": 0, "add": 0.01, "mul": 0.05})
    assert list(frame.index) == ["half", "add", "mul"]


def test_accuracies_of_a_data_set_stand_in_its_band():
    frame = accuracy_loss_by_dataset.data(made_up.frames(made_up.table(40))["accuracies"])
    assert len(frame) == 120
    bands = frame.groupby(["strategy", "dataset"])["across"].agg(["min", "max"]).sort_index().to_numpy()
    assert (bands[:-1, 1] < bands[1:, 0]).all()
    with pytest.raises(InputError, match="cgplab metrics"):
        accuracy_loss_by_dataset.data(frame.assign(accuracy_loss=np.nan))


def test_worst_losses_within_small_errors():
    worst = sensitivity.worst(made_up.sensitivity(), reach=8)
    first = worst.iloc[0]
    assert (first["layer"], first["part"], first["accuracy_loss"]) == ("conv1", "everywhere", 4.0)
    assert abs(first["error"]) == 8
    text = sensitivity.table(made_up.sensitivity(), "tab:sensitivity")
    assert "conv1" in text
    assert "conv2" not in text
    with pytest.raises(InputError, match="cgplab model sensitivity"):
        sensitivity.data(pd.DataFrame(columns=["layer"]))


def test_layers_stand_in_the_order_they_run():
    names = ["classifier", "conv2+fc1", "block10.expand", "block2.expand", "stem"]
    frame = pd.DataFrame({"model": "mobilenetv2-fashion", "layer": names})
    assert layers_of(frame) == ["stem", "block2.expand", "block10.expand", "classifier", "conv2+fc1"]
    assert layers_of(frame.assign(model="gone"))[:2] == ["block2.expand", "block10.expand"]


def test_of_several_measurements_the_fullest_is_drawn():
    full = made_up.sensitivity()
    other = full[full["part"] == "core"].assign(overflow="wrap")
    assert len(sensitivity.data(pd.concat([other, full]))) == len(full)


def of_study(name, figure, *conditions):
    scope = scope_of(opened(example_studies()[name]))
    plot = FIGURES[figure]
    frame = scope.frames(conditions)[plot.frame]
    return plot.notes(plot.data(frame))


def test_captions_say_where_there_is_no_box_and_no_line():
    boxes = "no box of costs and accuracies at"
    assert f"{boxes} t = 0: no run is within budget" in of_study("grid_size", "accuracy_loss", "grid=2x2")
    assert f"{boxes} grid 2x2, 3x3: no run is within budget" in of_study("grid_size", "measures_by_grid")
    assert f"{boxes} t = 0: no run is within budget" in of_study("mobilenet_evolved", "measures_by_strategy")
    assert not any(boxes in note for note in of_study("grid_size", "accuracy_loss", "grid=5x5"))
    (note,) = (note for note in of_study("mobilenet_evolved", "missing_weights") if note.startswith("no line"))
    assert note.startswith("no line for t = 0, 1: ")
