"""``cgplab costs`` as a newcomer types it."""

import json

import pytest

from cgplab.hardware import cost_table_names, load_costs
from tests.cli.commands import cgplab


def test_list_show_and_compare():
    listed = json.loads(cgplab("costs", "list", "--json").stdout)
    assert [table["name"] for table in listed] == cost_table_names()
    assert "Nangate" in cgplab("costs", "list").stdout
    shown = json.loads(cgplab("costs", "show", "thesis45", "--json").stdout)
    assert shown["sha256"] == load_costs("thesis45").sha256
    add = next(entry for entry in shown["operators"] if entry["name"] == "add")
    assert (add["energy"], add["energy_per_op"], add["source"]) == (0.0202058, 0.121039, "published")
    assert "neg and bit_dec may be swapped" in cgplab("costs", "show", "thesis45").stdout
    compared = json.loads(cgplab("costs", "compare", "osu018", "osu035", "--quantity", "area", "--json").stdout)
    assert compared["operators"]["add"] == {"osu018": 912.0, "osu035": 3648.0}


def test_convert_there_and_back(tmp_path):
    text, csv = tmp_path / "gates.txt", tmp_path / "gates.csv"
    assert cgplab("costs", "convert", "osu018", text, "--grid", "5x5").returncode == 0
    assert cgplab("costs", "convert", text, csv).returncode == 0
    assert load_costs(str(csv)).cost("mul").energy == load_costs("osu018").cost("mul").energy


def test_plot(tmp_path):
    drawn = cgplab("costs", "plot", "thesis45", "osu018", "--format", "svg", "--out", tmp_path)
    assert drawn.returncode == 0, drawn.stderr
    assert "osu018" in (tmp_path / "cost_tables.svg").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "cmos7"], ["cmos7", "thesis45"]),
        (["compare", "--quantity", "price"], ["price", "energy_per_op"]),
        (["convert", "thesis45", "out.txt"], ["--grid"]),
        (["convert", "thesis45", "out.json"], [".csv or .txt"]),
        (["plot", "--format", "gif"], ["gif", "svg"]),
        (["reports", "nowhere", "--out", "a.csv"], ["nowhere"]),
    ],
)
def test_bad_input_is_one_line(arguments, words):
    result = cgplab("costs", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in result.stderr
