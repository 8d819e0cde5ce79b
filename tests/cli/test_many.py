"""Many layers, kernels and grids from one command."""

import json
from pathlib import Path

import pytest

from cgplab.selections import LEGEND, SELECTIONS

EVOLVE = ["evolve", "--model", "lenet5-qat", "--generations", "50", "--selection"]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "selections.md"


@pytest.fixture
def listed(cgplab):
    return lambda: json.loads(cgplab("runs", "list", "--json").stdout)


def test_all_layers_to_a_table_of_accuracy_loss(cgplab, listed):
    made = cgplab(
        *EVOLVE, "mobilenet", "--layer", "all", "--strategy", 0, "--strategy", 11, "--runs", 2,
        "--method", "construct+evolve",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert "8 runs" in made.stderr
    assert "energy, pJ; median of 2 runs" in made.stdout
    assert [(row["layer"], row["strategy"], row["seed"]) for row in listed()] == [
        (layer, strategy, seed) for layer in ("conv1", "conv2") for strategy in (0, 11) for seed in (1, 2)
    ]
    measured = cgplab("metrics")
    assert measured.returncode == 0, measured.stderr
    assert "accuracy loss, pp; median of 2 runs" in measured.stdout
    rows = [line.split() for line in measured.stdout.splitlines() if line.startswith((" conv", "conv"))]
    assert [row[:4] for row in rows] == [["conv1", "150", "27", "0.00"], ["conv2", "2,400", "130", "0.00"]]


def test_random_kernels_on_several_grids(cgplab, listed):
    made = cgplab(*EVOLVE, "grid_size", "--layer", "conv2", "--kernels", 2, "--grid", "2x2", "--grid", "3x4")
    assert made.returncode == 0, made.stderr
    rows = listed()
    assert [row["grid"] for row in rows] == ["2x2", "3x4"] * 2
    kernels = [row["kernel"] for row in rows]
    assert kernels[0] == kernels[1] != kernels[2] == kernels[3]


def test_layers_left_out_are_named(cgplab, listed):
    made = cgplab(*EVOLVE, "mobilenet", "--layer", "all", "--kept", 151)
    assert made.returncode == 0, made.stderr
    assert "left out: layer conv1 has 150 weights; cannot keep 151" in made.stderr
    assert [row["layer"] for row in listed()] == ["conv2"]


def test_published_settings_where_none_are_given(cgplab, listed):
    made = cgplab(*EVOLVE, "mobilenet", "--published", "--runs", 1)
    assert made.returncode == 0, made.stderr
    assert [row["strategy"] for row in listed()] == [0, 1, 5, 11]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*EVOLVE, "mobilenet", "--layer", "conv1", "--kept", 151), ["conv1 has 150 weights", "--kept"]),
        ((*EVOLVE, "mobilenet", "--layer", "conv1", "--layer", "conv9"), ["conv9", "conv1, conv2, fc1"]),
        ((*EVOLVE, "mobilenet", "--layer", "all", "--kept", 5000), ["fits no layer", "conv1 has 150"]),
        ((*EVOLVE, "single_filter", "--grid", "5x5", "--grid", "5x5"), ["grid can be given once"]),
        ((*EVOLVE, "single_filter", "--grid", "5x5", "--grid", "5"), ["'5' is not ROWSxCOLS"]),
        ((*EVOLVE, "all_layers", "--layer", "conv1", "--layer", "fc2"), ["fc2", "not a convolution"]),
        ((*EVOLVE, "chain", "--layer", "conv1"), ["no parameter 'layer'"]),
        ((*EVOLVE, "single_filter", "--method", "construct", "--grid", "5x5", "--grid", "2x2"),
         ["layer conv1: ", "needs a gate for each of", "grid of at least", "not 2x2"]),
        ((*EVOLVE, "worst_case", "--published"), ["published nothing"]),
        (("evolve", "--model", "lenet5-float", "--selection", "mobilenet", "--layer", "all"), ["float weights"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_one_line_and_stores_nothing(cgplab, arguments, words, own_store):
    result = cgplab(*arguments)
    assert result.returncode == 2
    (line,) = result.stderr.strip().splitlines()
    for word in words:
        assert word in line
    assert not (own_store / "runs").exists() or not list((own_store / "runs").iterdir())


def test_a_grid_on_which_nothing_can_be_constructed_is_refused(cgplab, listed):
    result = cgplab(
        *EVOLVE, "single_filter", "--method", "construct", "--strategy", 1, "--grid", "1x1", "--grid", "5x5"
    )
    assert result.returncode == 2
    line = result.stderr.strip().splitlines()[-1]
    assert line.startswith("cgplab: 1 of 2 runs failed: no circuit within the budget was found for a 1x1 grid")
    assert sorted(row["state"] for row in listed()) == ["failed", "finished"]


def test_selections_are_listed_and_documented(cgplab, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    shown = cgplab("selections").stdout
    assert LEGEND in shown
    assert max(map(len, shown.splitlines())) <= 100
    described = {entry["name"]: entry for entry in json.loads(cgplab("selections", "--json").stdout)}
    documented = DOCS.read_text(encoding="utf-8")
    assert set(described) == set(SELECTIONS)
    for name, selection in SELECTIONS.items():
        assert f"\n{name} " in shown
        assert selection.picture in shown
        (row,) = [line for line in documented.splitlines() if line.startswith(f"| `{name}` |")]
        grids = ", ".join(selection.grids)
        assert f"| {grids} | {selection.mutation_rate:g}".replace("0.", ".") in row or name == "single_channel"
