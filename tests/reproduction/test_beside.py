"""Published findings beside any runs."""

import pytest

from cgplab.errors import InputError
from cgplab.reproduction import FINDINGS, beside
from cgplab.study import Study


def test_every_table_of_runs_gets_a_column():
    built = Study("layer_bypass", search="construct")
    shown = beside(["bypass_energy", "first_layer"], {"built": built.runs, "at t = 5": built.where(strategy=5).runs})
    titles = {one.name: (f"{one.section}: {one.title}", one.published) for one in FINDINGS}
    assert shown.columns == ("finding", "published", "built", "at t = 5")
    assert [row[:2] for row in shown.rows] == [titles["bypass_energy"], titles["first_layer"]]
    assert "n = 1 of 1 runs, those within budget" in shown.rows[0][2]
    assert shown.rows[0][3] == "– (no runs at t = 0)"
    assert shown._repr_markdown_().count("\n") == 3
    with pytest.raises(InputError, match="no finding 'luck'; there are: reference"):
        beside(["luck"], {"built": built.runs})
