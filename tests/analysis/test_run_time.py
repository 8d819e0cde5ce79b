"""Run-time profiles, expected running time and performance profiles, against worked examples and slow twins."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgplab.analysis import (
    attained,
    expected_running_time,
    hits,
    hitting_times,
    performance_profile,
    performance_ratios,
)
from cgplab.analysis.columns import names
from cgplab.analysis.run_time import least_expected, targets
from cgplab.errors import InputError
from tests import naive
from tests.figures import made_up
from tests.thorough import examples


def improvements(steps, threshold=1.0, generations=2000, strategy=0.0):
    """Frame ``progress``: for each run a list of (generation, error, energy)."""
    rows = [
        {
            **dict.fromkeys(names("progress")), "id": f"{run}", "model": "m", "layer": "a", "selection": "s",
            "strategy": strategy, "generation": generation, "seconds": generation / 100, "error": error,
            "energy": np.nan if energy is None else energy, "threshold": threshold, "generations": generations,
            "searched": generations / 100,
        }
        for run, own in enumerate(steps)
        for generation, error, energy in own
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=names("progress")).astype({"energy": float})


def test_failures_count_with_all_that_they_spent():
    """Two of three runs meet the budget, after 10 and 20 generations; the third spends all of its 100."""
    found = hits(improvements([[(1, 9, None), (10, 1, 5)], [(20, 0, 4)], [(3, 9, None)]], generations=100))
    assert found["reached"].tolist() == [True, True, False]
    assert found["generation"].tolist()[:2] == [10, 20]
    (row,) = expected_running_time(found).to_dict("records")
    assert (row["runs"], row["reached"], row["spent"], row["expected"]) == (3, 2, 130, 65)
    assert row["low"] <= 65 <= row["high"]
    in_seconds = expected_running_time(found, clock="seconds").iloc[0]
    assert (in_seconds["spent"], in_seconds["expected"]) == pytest.approx((0.1 + 0.2 + 1.0, 0.65))
    never = expected_running_time(found[~found["reached"]]).iloc[0]
    assert (never["expected"], never["spent"]) == (np.inf, 100)
    assert np.isnan([never["low"], never["high"]]).all()
    # One failure allows a probability of success of 95 %: of 100 runs 5 fail.
    assert never["least"] == pytest.approx(100 * 0.05 / 0.95)
    assert np.isnan(row["least"])


@pytest.mark.parametrize(("n", "known"), [(1, False), (2, False), (3, True)])
def test_there_is_no_interval_below_three_runs(n, known):
    row = expected_running_time(hits(improvements([[(10 + i, 1, 5)] for i in range(n)]))).iloc[0]
    assert row["expected"] == 10 + (n - 1) / 2
    assert (row["low"] <= row["expected"] <= row["high"]) == known
    assert np.isnan(row["low"]) != known


def test_an_interval_has_no_upper_end_where_resamples_hold_no_success():
    row = expected_running_time(hits(improvements([[(10, 1, 5)], *[[(1, 9, None)]] * 3], generations=100))).iloc[0]
    assert (row["expected"], row["high"]) == (310, np.inf)
    assert np.isfinite(row["low"])


@pytest.mark.parametrize("n", [1, 2, 5, 30])
def test_the_limit_without_success_is_wrong_in_at_most_5_of_100_samples_and_all_that_was_spent_in_more(n):
    """Each of 1,000 generations meets the budget with chance q: the truth is 1/q, and the chance of 0 of n is known."""
    wrong = {"limit": [0.0], "all": [0.0]}
    for q in np.geomspace(1e-6, 0.02, 400):
        chance = (1 - q) ** (1000 * n)
        if least_expected(np.full(n, 1000.0)) > 1 / q:
            wrong["limit"].append(chance)
        if 1000 * n > 1 / q:
            wrong["all"].append(chance)
    assert max(wrong["limit"]) <= 0.05
    assert max(wrong["all"]) > 0.3


def test_the_limit_without_success_by_hand():
    """With 0 of 5 the chance of success is at most 45.1 %: at least 1.219 failures, of 200 generations each."""
    assert least_expected(np.array([100.0, 300.0, 200.0, 200.0, 200.0])) == pytest.approx(
        200 * 0.5493 / 0.4507, rel=1e-3
    )


def test_targets_fall_to_the_budget():
    found = targets(improvements([[(1, 1001, None)]]), 5)
    assert found == pytest.approx([1001, 101, 11, 2, 1])


def test_hitting_times_are_those_of_the_first_error_at_or_below_the_target():
    found = hitting_times(improvements([[(1, 1001, None), (7, 101, None), (50, 1, 3)]]), 5)
    assert found["generation"].tolist() == [1, 7, 50, 50, 50]


def test_a_share_of_all_runs_attains_a_cost_and_failures_attain_none():
    frame = improvements([[(1, 1, 4.0), (10, 1, 2.0)], [(5, 0, 3.0)], [(1, 9, None)], [(1, 9, None)]])
    found = attained(frame, "energy", [1, 5, 10], [0.25, 0.5, 0.75]).set_index(["budget", "share"])["value"]
    assert found[1, 0.25] == 4
    assert found[1, 0.5] == np.inf
    assert found[5, 0.5] == 4
    assert found[10, 0.5] == 3
    assert found[10, 0.75] == np.inf


def solver_runs(costs):
    """Runs of solvers over problems: {solver: cost of each problem, None where it fails}."""
    rows = [
        {"model": "m", "layer": f"l{i}", "kernel": None, "selection": "s", "strategy": 0.0, "search": solver,
         "id": f"{solver}{i}", "energy": 1.0 if cost is None else cost, "error": int(cost is None), "threshold": 0}
        for solver, own in costs.items()
        for i, cost in enumerate(own)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_a_profile_worked_out_by_hand():
    ratios = performance_ratios(solver_runs({"a": [1.0, 2.0, 4.0, 0.0], "b": [2.0, 2.0, 1.0, None]}))
    assert ratios[ratios["solver"] == "a"]["ratio"].tolist() == [1, 1, 4, 1]
    assert ratios[ratios["solver"] == "b"]["ratio"].tolist() == [2, 1, 1, np.inf]
    profile = performance_profile(ratios)
    shares = {name: dict(zip(rows["factor"], rows["share"], strict=True)) for name, rows in profile.groupby("solver")}
    assert shares == {"a": {1: 0.75, 4: 1.0}, "b": {1: 0.5, 2: 0.75}}


def test_a_profile_needs_two_solvers_and_a_problem_that_one_solves():
    with pytest.raises(InputError, match="two or more values of search; these runs have 1"):
        performance_ratios(solver_runs({"a": [1.0]}))
    with pytest.raises(InputError, match="no problem was tried"):
        performance_ratios(solver_runs({"a": [None], "b": [None]}))


COSTS = st.lists(st.one_of(st.none(), st.sampled_from([0.0, 0.5, 1.0, 3.0, 8.0])), min_size=4, max_size=4)


@given(st.fixed_dictionaries({"a": COSTS, "b": COSTS, "c": COSTS}))
@settings(max_examples=examples(40))
def test_profiles_are_those_of_the_slow_twin(costs):
    runs = solver_runs(costs)
    if not any(cost is not None for own in costs.values() for cost in own):
        return
    profile = performance_profile(performance_ratios(runs))
    for factor in (1.0, 1.5, 2.0, 6.0, 16.0, 1e6):
        for solver, rows in profile.groupby("solver"):
            found = rows.loc[rows["factor"] <= factor, "share"].max()
            assert found == pytest.approx(naive.profile(costs, solver, factor))


@pytest.mark.parametrize("size", [(2, 2), (4, 3)])
def test_hits_and_profiles_are_those_of_the_slow_twins(size):
    progress = made_up.frames(made_up.many(*size))["progress"]
    found = hits(progress).set_index("id")
    assert found["generation"].dropna().to_dict() == naive.first_within(progress)
    times = hitting_times(progress, 9)
    for name, run in progress.groupby("id"):
        problem = progress[
            (progress["layer"] == run["layer"].iloc[0]) & (progress["strategy"] == run["strategy"].iloc[0])
        ]
        wanted = targets(problem, 9)
        assert times[times["id"] == name]["generation"].tolist() == naive.hitting_times(run, wanted)
    for clock in ("generation", "seconds"):
        by = expected_running_time(hits(progress), ["layer", "strategy"], clock)
        expected = naive.expected_running_time(hits(progress), clock)
        assert by.set_index(["layer", "strategy"])["expected"].to_dict() == pytest.approx(expected)
