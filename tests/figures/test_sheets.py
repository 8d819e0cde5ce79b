"""A figure with more rows than a page holds becomes several, each with whole rows, a caption and files of its own."""

from pathlib import Path

import pytest

from cgplab import cli
from cgplab.analysis import Frames
from cgplab.figures import FIGURES
from cgplab.figures.layers import most_rows
from cgplab.figures.registry import sheets
from cgplab.study.drawn import drawn

EXAMPLE = Path(__file__).parents[2] / "data" / "examples" / "kernels.cgplab"


def run(capsys, *arguments):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["cgplab", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
    return stop.value.code or 0, capsys.readouterr()


@pytest.fixture
def eight_rows(monkeypatch):
    monkeypatch.setattr("cgplab.figures.layers.most_rows", lambda _: 8)


@pytest.mark.parametrize(("groups", "rows"), [(1, 10**6), (4, 77), (8, 33), (18, 13)])
def test_rows_of_a_page(groups, rows):
    """7.6 inches, of which 1.5 pt go to each mark after the first, over 64 % of a row."""
    assert most_rows(groups) == rows
    assert rows == 10**6 or rows == int(7.6 * 72 * 0.64 / (1.5 * (groups - 1)))


@pytest.mark.usefixtures("eight_rows")
def test_rows_are_parted_in_order_and_experiments_stay_apart():
    frames = Frames(EXAMPLE, conditions=["strategy=0,1"])
    found = sheets(FIGURES["lowest_energy"], frames)
    searches = list(dict.fromkeys(frames["runs"]["search"]))
    assert [(sheet.part.title, sheet.rows) for sheet in found] == [
        (search, rows) for search in searches for rows in ("rows 1 to 8 of 16", "rows 9 to 16 of 16")
    ]
    assert [sheet.title for sheet in sheets(FIGURES["energy_by_layer"], frames)] == searches  # one layer, one row
    assert sum(len(sheet.ids) for sheet in found) == len(frames["runs"])


@pytest.mark.usefixtures("eight_rows")
def test_a_study_and_the_command_draw_every_page_and_one_table(tmp_path, capsys):
    conditions = ["search=nearest wiring", "strategy=0"]
    shown = drawn("expected_time", Frames(EXAMPLE, conditions=conditions))
    assert list(shown.drawings) == ["rows 1 to 8 of 16", "rows 9 to 16 of 16"]
    assert all("n = 40 runs" in drawing.caption for drawing in shown.drawings.values())
    asked = [word for condition in conditions for word in ("--where", condition)]
    code, output = run(
        capsys, "figures", "expected_time", "--store", EXAMPLE, *asked, "--format", "svg", "--latex", "--out", tmp_path
    )  # fmt: skip
    assert (code, output.err.count("left out")) == (0, 0)
    names = sorted(path.name for path in tmp_path.iterdir())
    pages = [f"expected_time.rows-{rows}-of-16.{kind}" for rows in ("1-to-8", "9-to-16") for kind in ("svg", "txt")]
    assert names == sorted([*pages, "expected_time.tex"])
    assert (tmp_path / "expected_time.rows-1-to-8-of-16.txt").read_text().startswith(
        "Expected running time until the budget is met (rows 1 to 8 of 16; n = 40 runs"
    )  # fmt: skip
    table = (tmp_path / "expected_time.tex").read_text()
    assert table.count("conv2 ") == 16
    assert table.count(r"\label{tab:expected-time}") == 1


def test_what_cannot_be_drawn_nor_tabulated_is_said_once(tmp_path, capsys):
    asked = ["--store", EXAMPLE.with_name("mobilenet_evolved.cgplab"), "--where", "strategy=0", "--latex"]
    code, output = run(capsys, "figures", "best_solutions", *asked, "--out", tmp_path)
    assert code == 2
    assert output.err.count("no measured run is within") == 1
    both = ["figures", "--format", "svg", *asked, "--where", "layer=stem,block1.expand"]
    code, output = run(capsys, *both, "--out", tmp_path)
    assert code == 0
    assert output.err.count("best_solutions left out: no measured run is within") == 1
