"""Results of many runs, read as text."""

import io

from cgplab.cli.output import PlainConsole
from cgplab.cli.results import print_results
from cgplab.store import RUN_COLUMNS

BLANK = {column.name: None for column in RUN_COLUMNS}


def row(layer, strategy, **values):
    return {
        **BLANK, "id": f"{layer}{strategy}", "state": "finished", "model": "m", "selection": "mobilenet",
        "grid": "5x5", "method": "evolve", "layer": layer, "strategy": strategy, "seed": 1, "generation": 0,
        "n_outputs": 1234, "missing_weights": 7, "error": 0, "threshold": 0, "seconds": 0.1, **values,
    }  # fmt: skip


def printed(rows, *measures):
    console = PlainConsole(file=io.StringIO(), width=100)
    print_results(rows, *measures or ["accuracy_loss"], console=console)
    return [line.split() for line in console.file.getvalue().splitlines() if line.strip()]


def test_several_layers_make_a_table_by_layer_and_strategy():
    lines = printed(
        [
            row("[a]", 0.0, accuracy_loss=0.0),
            row("[a]", 5.0, accuracy_loss=0.5, error=9, threshold=4),
            row("[a]", 5.0, accuracy_loss=1.5),
            row("b", 0.0, accuracy_loss=-0.001),
            row("b", 5.0, accuracy_loss=7.0, error=9, threshold=4),
        ]
    )
    assert " ".join(lines[0]) == "model m selection mobilenet grid 5x5 method evolve"
    assert (
        " ".join(lines[1])
        == "accuracy loss, pp; median over the runs within budget, of 1 to 2 runs per layer and strategy"
    )
    assert " ".join(lines[2]) == "layer weights missing t = 0 t = 5"
    assert lines[4] == ["[a]", "1,234", "7", "0.00", "1.50", "1/2"]
    assert lines[5] == ["b", "1,234", "7", "0.00", "–", "0/1"]
    assert lines[6] == ["largest", "0.00", "1.50", "1/2"]
    told = " ".join(word for line in lines[7:] for word in line)
    assert told.startswith("n/N: n of N runs are within budget")
    assert "2 of 5 runs are above budget" in told


def test_nothing_is_said_of_budgets_that_all_runs_keep():
    told = printed([row(name, 0.0, accuracy_loss=0.5) for name in "ab"])
    assert " ".join(told[1]) == "accuracy loss, pp; median of 1 run per layer and strategy"
    assert told[-1] == ["largest", "0.50"]


def test_a_line_per_run_says_whether_it_is_within_budget():
    lines = printed([row("a", 0.0, energy=0.5, within=True), row("a", 1.0, energy=0.2, within=False)], "energy")
    assert any("within budget" in " ".join(line) for line in lines)
    assert [[word for word in line if word in ("yes", "no")] for line in lines if "finished" in line] == [
        ["yes"], ["no"],
    ]  # fmt: skip
    same = printed([row("a", t, energy=0.5, within=False) for t in (0.0, 1.0)], "energy")
    assert " ".join(same[0]).endswith("within budget no")
    assert not any("budget" in " ".join(line) for line in printed([row("a", t) for t in (0.0, 1.0)]))


def test_one_layer_makes_a_line_per_run_and_settings_stay_apart():
    lines = printed([row("a", 0.0, energy=0.5), row("a", 1.0, energy=0.25)], "energy")
    assert not any("median" in line for line in lines)
    assert sum("finished" in line for line in lines) == 2
    lines = printed([row(n, 0.0, energy=0.5, grid=g) for n in "ab" for g in ("5x5", "3x3")], "energy")
    assert sum("median" in line for line in lines) == 2


def test_a_further_measure_has_a_table_where_runs_have_it():
    rows = [row(name, 0.0, energy=0.5, accuracy_loss=0.25) for name in "ab"]
    titles = [" ".join(line) for line in printed(rows, "energy", "accuracy_loss") if "median" in line]
    assert [title.partition(",")[0] for title in titles] == ["energy", "accuracy loss"]
    without = [{**each, "accuracy_loss": None} for each in rows]
    assert sum("median" in line for line in printed(without, "energy", "accuracy_loss")) == 1


def test_columns_that_do_not_apply_are_left_out():
    plain = printed([row("a", 0.0), row("a", 1.0)])
    assert not any("kernel" in line for line in plain)
    assert not any("sink" in line for line in plain)
    special = printed([row("a", 0.0, kernel="3,1", sink_mux_energy=0.5), row("a", 1.0, kernel="2,1")])
    assert any("kernel" in line for line in special)
    assert any("sink" in line for line in special)
    assert sum(line[:2] == ["These", "circuits"] for line in special) == 1
