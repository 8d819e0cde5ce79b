"""Types and units of frames follow from their columns, whatever is missing."""

import numpy as np
import pandas as pd
import pytest

from cgplab.analysis import FRAMES, Frames
from cgplab.analysis.frame_types import typed
from cgplab.errors import InputError
from cgplab.study.sealed_studies import example_studies

MADE = tuple(name for name in FRAMES if name not in ("time_to_target", "fixed_budget"))
"""Frames that need no arguments."""


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("missing", [True, False])
def test_no_number_and_no_flag_is_an_object(name, missing):
    columns = FRAMES[name]
    example = {"number": 1.5, "text": "a", "flag": True, "array": "an array"}
    rows = [{column.name: None if missing else example[column.kind] for column in columns} for _ in range(3)]
    frame = typed(pd.DataFrame(rows, dtype=object), columns)
    for column in columns:
        expected = {"number": "float64", "flag": "boolean"}.get(column.kind)
        assert expected is None or frame[column.name].dtype == expected, column.name
    assert frame.attrs["units"] == {column.name: column.unit for column in columns if column.unit}


@pytest.fixture(scope="module")
def frames():
    return Frames(example_studies()["slider"])


@pytest.mark.parametrize("name", MADE)
def test_frames_of_real_runs_have_their_types(frames, name):
    frame = frames[name]
    assert list(frame.columns) == [column.name for column in FRAMES[name]]
    for column in FRAMES[name]:
        kind = frame[column.name].dtype
        assert column.kind != "flag" or kind == "boolean", column.name
        assert column.kind != "number" or pd.api.types.is_numeric_dtype(kind), column.name
    assert frame.attrs["units"].get("energy", "pJ") == "pJ"


def test_a_path_is_enough(frames):
    path = example_studies()["slider"]
    for given in (str(path), path, [path], (str(path), path)):
        assert len(Frames(given)["runs"]) == len(frames["runs"]) == 12
    with pytest.raises(InputError):
        Frames(path.with_name("nowhere.cgplab"))


def test_within_is_a_column_of_runs_for_every_filter(frames):
    runs = frames["runs"]
    expected = runs["error"] <= runs["threshold"]
    assert runs["within"].tolist() == expected.tolist()
    assert 0 < expected.sum() < len(runs)
    for text in ("True", "true", "yes"):
        assert len(Frames(example_studies()["slider"], conditions=[f"within={text}"])["runs"]) == expected.sum()
    assert len(Frames(example_studies()["slider"], conditions=["within=no"])["runs"]) == (~expected).sum()


def test_a_missing_flag_selects_no_row():
    frame = typed(pd.DataFrame({"within": [True, None, False]}), FRAMES["runs"])
    assert frame[frame["within"]].index.tolist() == [0]
    assert frame[~frame["within"]].index.tolist() == [2]
    assert np.isnan(typed(pd.DataFrame({"energy": [None, None]}), FRAMES["runs"])["energy"]).all()
