"""Frames over stored runs: every column there, every number traceable."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgplab.analysis import (
    FRAMES,
    Frames,
    best,
    distinct,
    expected_time,
    fixed_budget,
    missing_weights,
    runs,
    sensitivity,
    time_to_target,
)
from cgplab.errors import InputError
from cgplab.running import plan, run_all
from cgplab.store import Store
from cgplab.store.sensitivity import SensitivityKey, SensitivityRow, SensitivityTable, write_sensitivity


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Four short runs of one kernel: strategies 0 and 5, two seeds."""
    from cgplab.running import Request

    made = Store(tmp_path_factory.mktemp("frames") / "store")
    request = Request(
        model="lenet5-qat", selection="single_filter", strategies=[0.0, 5.0], grids=["4x4"], runs=2, seed=7,
        generations=3000,
    )  # fmt: skip
    run_all([made.create(manifest) for manifest in plan(request)], lambda *_: None, jobs=1)
    return made


def test_every_frame_has_its_documented_columns(store):
    frames = Frames(store)
    for name in (
        "runs",
        "best",
        "progress",
        "accuracies",
        "gate_usage",
        "missing_weights",
        "pareto",
        "sensitivity",
        "synthesis",
        "compression",
    ):
        assert list(frames[name].columns) == [column.name for column in FRAMES[name]], name
    for columns in FRAMES.values():
        assert all(column.meaning for column in columns)
    with pytest.raises(InputError, match=r"call cgplab\.analysis\.time_to_target"):
        frames["time_to_target"]
    with pytest.raises(InputError, match="no frame 'hue'; there are: runs, best"):
        frames["hue"]


def test_frames_keep_to_the_conditions(store):
    frames = Frames(store, conditions=["strategy=5"])
    assert set(frames["progress"]["strategy"]) == {5.0}
    assert set(frames["gate_usage"]["id"]) == set(frames["runs"]["id"])


def test_progress_ends_where_the_run_ends(store):
    table = runs(store).set_index("id")
    for name, steps in Frames(store)["progress"].groupby("id"):
        assert (steps["generation"].diff().dropna() >= 0).all()
        assert steps["error"].iloc[-1] == table.loc[name, "error"]
        known = steps["energy"].dropna()
        assert known.empty or known.iloc[-1] == pytest.approx(table.loc[name, "energy"])


def test_gates_add_up_to_the_circuit(store):
    table = runs(store).set_index("id")
    sums = Frames(store)["gate_usage"].groupby("id")[["count", "energy", "area"]].sum()
    assert sums["count"].to_dict() == table["gate_count"].to_dict()
    assert sums["energy"].to_dict() == pytest.approx(table["energy"].to_dict())
    assert sums["area"].to_dict() == pytest.approx(table["area"].to_dict())


def improvements(**series):
    """Frame ``progress`` of one run ``a`` per name, from lists of (generation, error)."""
    columns = [column.name for column in FRAMES["progress"]]
    rows = [
        {**dict.fromkeys(columns), "id": name, "strategy": 0.0, "generation": g, "seconds": g / 10, "error": e}
        for name, steps in series.items()
        for g, e in steps
    ]
    return pd.DataFrame(rows, columns=columns)


def test_fixed_target_and_fixed_budget_by_hand():
    steps = improvements(a=[(0, 9.0), (10, 4.0), (30, 0.0)], b=[(0, 8.0), (20, 3.0)])
    times = time_to_target(steps, "error", [5, 0]).set_index(["id", "target"])
    assert times.loc[("a", 5.0), "generation"] == 10
    assert times.loc[("a", 0.0), "seconds"] == 3.0
    assert not times.loc[("b", 0.0), "reached"]
    assert pd.isna(times.loc[("b", 0.0), "seconds"])
    had = fixed_budget(steps, "error", [5, 20, 1000], clock="generation").set_index(["id", "budget"])["value"]
    assert had.to_dict() == {
        ("a", 5.0): 9, ("a", 20.0): 4, ("a", 1000.0): 0, ("b", 5.0): 8, ("b", 20.0): 3, ("b", 1000.0): 3,
    }  # fmt: skip


@pytest.mark.parametrize("place", ["nowhere", "nowhere.cgplab"])
def test_a_place_without_a_store_is_refused(place, tmp_path):
    with pytest.raises(InputError, match=f"there is no store .*{place}; name the directory of one"):
        Frames(tmp_path / place)


def test_expected_time_counts_what_failures_cost():
    steps = improvements(a=[(0, 9.0), (30, 0.0)], b=[(0, 8.0), (50, 3.0)])
    expected = expected_time(time_to_target(steps, "error", [0, -1]), ["target"])
    assert expected[0.0] == pytest.approx(3.0 + 5.0)
    assert np.isinf(expected[-1.0])
    # A run that ended in vain went on after its last improvement.
    whole = time_to_target(steps.assign(searched=7.5), "error", [0])
    assert expected_time(whole, ["target"])[0.0] == pytest.approx(3.0 + 7.5)


def test_views_refuse_what_is_not_there():
    steps = improvements(a=[(0, 9.0)])
    with pytest.raises(InputError, match="no measure 'hue'"):
        time_to_target(steps, "hue", [1])
    with pytest.raises(InputError, match="no clock 'days'"):
        fixed_budget(steps, "error", [1], clock="days")


def test_the_best_is_within_its_budget_first(store):
    table = runs(store).assign(error=[9.0, 0.0, 0.0, 0.0], energy=[0.1, 0.5, 0.2, 0.2], threshold=0)
    one = table.assign(strategy=0.0)
    assert best(one)["id"].tolist() == [table["id"][2]]
    above = one.assign(error=[9.0, 3.0, 3.0, 4.0])
    assert best(above)["id"].tolist() == [table["id"][2]]
    same = one.assign(error=0.0, energy=0.2, area=1.0, delay=1.0, depth=1, gate_count=9)
    assert distinct(same)["id"].tolist() == [table["id"][0]]


def test_missing_weights_count_runs_within_their_budget(store):
    table = runs(store).assign(strategy=0.0, threshold=0, error=[0.0, 0.0, 5.0, 0.0], energy=[3.0, 1.0, 0.1, 2.0])
    row = missing_weights(table).iloc[0]
    assert (row["runs"], row["runs_within"], row["lowest_energy"], row["median_energy"]) == (4, 3, 1.0, 2.0)


def test_sensitivity_of_several_stores_counts_once(tmp_path):
    stores = [Store(tmp_path / name) for name in "ab"]
    key = SensitivityKey("m", "0" * 64, "mnist", "test", "1" * 64, 100, "saturate")
    rows = [SensitivityRow("conv1", "core", e, 99.0 - abs(e), 100.0, 0.1) for e in (8, -8, 0)]
    for store_ in stores:
        write_sensitivity(store_, SensitivityTable(key, 99.0, 100.0, 0.1, rows))
    frame = sensitivity(stores)
    assert frame["error"].tolist() == [-8, 0, 8]
    assert frame["accuracy_loss"].tolist() == [8, 0, 8]
    assert Frames(stores[0])["sensitivity"].shape == frame.shape


def test_every_column_is_explained_in_the_documentation():
    text = (Path(__file__).parents[2] / "docs" / "analysis.md").read_text()
    for name, columns in FRAMES.items():
        assert f"\n### {name}\n" in text
        for column in columns:
            assert f"| `{column.name}` | {column.unit} | {column.meaning} |" in text, (name, column.name)
