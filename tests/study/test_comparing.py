"""What comparisons of runs use: runs within budget, their success rates, and the images that they share."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from cgplab.analysis import RESPONSES, Frames
from cgplab.analysis.comparable import OF_IMAGES, OF_SOLUTIONS
from cgplab.analysis.comparing import TooFewSolutionsError, compare_table
from cgplab.analysis.image_losses import image_losses
from cgplab.errors import InputError
from cgplab.store.correctness import packed
from cgplab.study.comparing import compare_runs, planned_comparison
from cgplab.study.scope import scope_of
from cgplab.study.sealed_studies import example_studies, opened


@cache
def frames(name):
    return scope_of(opened(example_studies()[name])).frames()


class Made:
    """Frames over runs that exist in memory only."""

    def __init__(self, table, metrics=None):
        self._table = table
        self.runs = [_Run(name, own) for name, own in (metrics or {}).items()]

    def __getitem__(self, name):
        return self._table if name == "runs" else image_losses(self._table, self.runs)


class _Run:
    def __init__(self, name, metrics):
        self.id, self._metrics = name, metrics

    def metrics(self):
        return self._metrics


def table(**columns):
    one = frames("grid_size")["runs"].iloc[:1]
    n = len(next(iter(columns.values())))
    made = pd.concat([one] * n, ignore_index=True)
    return made.assign(id=[f"{i:04}" for i in range(n)], seed=range(n), error=0.0, **columns)


def test_grids_on_which_no_run_is_within_budget_are_not_compared():
    found = compare_runs(frames("grid_size"), "energy", "grid", "kernel", drop_incomplete=True)
    assert list(found.levels.index) == ["5x5", "10x10"]
    assert found.success.levels["within"].to_dict() == {"2x2": 0, "3x3": 0, "5x5": 40, "10x10": 40}
    assert "0 of 40 at 2x2, 0 of 40 at 3x3, 40 of 40 at 5x5, 40 of 40 at 10x10" in found.report()
    assert "Only runs within budget are compared; 80 runs above it left out." in found.report()
    assert "Not compared, as none of their runs is within budget: grid 2x2, 3x3." in found.report()
    assert "Success rates differ" in found.report()


@pytest.mark.parametrize("response", [name for name in RESPONSES if name in OF_SOLUTIONS])
def test_every_measure_of_solutions_is_compared_within_budget_only(response):
    """Two levels with the same values within budget; runs above it would tell them apart."""
    values = [1.0, 2.0, 3.0, 4.0] * 2 + [9.0] * 8
    made = table(grid=["5x5"] * 4 + ["10x10"] * 4 + ["5x5"] * 8, dataset=["mnist/test"] * 16, **{response: values})
    made.loc[8:, "error"] = 10**9
    found = compare_runs(Made(made), response, "grid", None)
    assert found.levels["n"].to_dict() == {"5x5": 4, "10x10": 4}
    assert not found.significant
    assert found.success.levels["n"].to_dict() == {"5x5": 12, "10x10": 4}


@pytest.mark.parametrize("response", ["error", "seconds", "generation"])
def test_what_runs_above_budget_spent_and_missed_is_compared(response):
    found = compare_runs(frames("grid_size"), response, "grid", "kernel")
    assert list(found.levels.index) == ["2x2", "3x3", "5x5", "10x10"]
    assert found.success is None


def test_runs_without_an_accuracy_stay_in_the_success_rates():
    """Only solutions were measured: level 0 has none, and 0 of 5 within budget is said all the same."""
    runs = Frames(opened(example_studies()["mobilenet_evolved"]))["runs"]
    stem = runs[runs["layer"] == "stem"].copy()
    above = ~stem["within"].astype(bool)
    stem.loc[above, ["accuracy", "accuracy_loss"]] = np.nan
    found = compare_table(stem, "accuracy_loss", "strategy", None)
    assert found.success.levels["within"].to_dict() == {0.0: 0, 1.0: 5, 5.0: 5, 11.0: 5}
    assert set(found.success.levels["n"]) == {5}
    assert not any("is not measured" in note for note in found.notes)
    stem.loc[stem.index[-1], ["accuracy", "accuracy_loss"]] = np.nan
    assert stem["within"].iloc[-1]
    assert (
        "Left out: 1 run within budget whose accuracy loss is not measured."
        in compare_table(stem, "accuracy_loss", "strategy", None).notes
    )


def test_where_no_cost_can_be_compared_the_success_rates_are_the_result():
    with pytest.raises(TooFewSolutionsError, match="0 of 3 at evolved wiring, 3 of 3 at nearest wiring") as caught:
        compare_runs(frames("slider"), "energy", "search", None, conditions=["strategy=0"])
    assert caught.value.success.p == pytest.approx(0.1)
    with pytest.raises(TooFewSolutionsError, match="no run is within its budget, so energy cannot be compared"):
        compare_runs(frames("all_layers"), "energy", "strategy", "seed", conditions=["search=evolved wiring"])


def test_shared_seeds_are_told():
    alone = compare_runs(frames("chain"), "energy", "strategy", None, conditions=["search=nearest wiring"])
    assert "Levels share seeds" in alone.report()
    paired = compare_runs(frames("chain"), "energy", "strategy", "seed", conditions=["search=nearest wiring"])
    assert paired.notes == ()
    assert len(paired.samples.blocks) == 5
    other = compare_runs(frames("slider"), "energy", "search", None, conditions=["strategy=5"])
    assert other.notes == ()


def test_every_study_that_ships_has_a_planned_comparison_that_can_be_made():
    planned = 0
    for name in example_studies():
        scope = scope_of(opened(example_studies()[name]))
        if scope.document.comparison is not None:
            found = planned_comparison(scope)
            planned += 1
            assert found.success is not None, name
            failed = "Not compared: 13 blocks (layer) in which no run is within budget: block8.expand, block8.project"
            assert [note[: len(failed)] for note in found.notes] == [failed] * (name == "mobilenet_evolved"), name
    assert planned == 16


def measured(table_, correct, reference):
    bits = lambda values: packed(np.packbits(values).tobytes())
    n = len(reference)
    return Made(
        table_,
        {
            name: {"mnist/test": {"top1": 100 * own.mean(), "n": n, "correct": bits(own),
                                  "reference_correct": bits(reference), "measured": "2026-01-01T00:00:00.000"}}
            for name, own in zip(table_["id"], correct, strict=True)
        },
    )  # fmt: skip


@pytest.mark.parametrize(("lost", "different"), [(1, False), (40, True)])
def test_one_image_in_every_layer_is_no_difference(lost, different):
    """12 layers each lose the same images at t = 1: Friedman's kind of test sees 12 losses, the images one."""
    layers = [f"l{i}" for i in range(12)]
    reference = np.ones(1000, dtype=bool)
    worse = reference.copy()
    worse[:lost] = False
    made = table(layer=layers * 2, strategy=[0.0] * 12 + [1.0] * 12, dataset=["mnist/test"] * 24,
                 accuracy_loss=[0.0] * 12 + [lost / 10] * 12)  # fmt: skip
    shared = measured(made.assign(kernel=None), [reference] * 12 + [worse] * 12, reference)
    found = compare_runs(shared, "accuracy_loss", "strategy", "layer")
    assert found.test.p < 0.001
    assert found.pairs["different"].tolist() == [different]
    assert found.images.pairs["difference"].tolist() == pytest.approx([-lost / 10])
    assert ("0 is not excluded" in found.report()) == (not different)
    assert bool(found.bars) == (not different)


def test_without_the_correctness_of_images_the_test_decides():
    made = table(grid=["5x5"] * 5 + ["10x10"] * 5, dataset=["mnist/test"] * 10, accuracy_loss=[0.0] * 5 + [0.1] * 5)
    found = compare_runs(Made(made, {name: {} for name in made["id"]}), "accuracy_loss", "grid", None)
    assert found.images is None


def test_measures_of_images_are_measures_of_solutions():
    assert OF_IMAGES < OF_SOLUTIONS
    with pytest.raises(InputError, match="no run has accuracy yet; measure it with: cgplab metrics"):
        compare_runs(Made(table(grid=["5x5", "10x10"], accuracy=[None, None])), "accuracy", "grid", None)


def test_frames_of_a_study_say_which_images_were_lost():
    found = Frames(example_studies()["single_channel"])["accuracies"]
    assert found["images"].notna().all()
    assert ((found["lost"] - found["gained"]) / found["images"] * 100).to_numpy() == pytest.approx(
        found["accuracy_loss"].to_numpy(), abs=1e-9
    )
    assert (found["loss_low"] <= found["accuracy_loss"] + 1e-9).all()
    assert (found["accuracy_loss"] <= found["loss_high"] + 1e-9).all()
