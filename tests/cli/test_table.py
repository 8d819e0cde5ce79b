"""The table of runs fits the screen it is printed on."""

import io

import pytest

from cgplab.cli.output import PlainConsole
from cgplab.cli.table import cell, print_runs
from cgplab.store import RUN_COLUMNS


def row(**values):
    return {
        **dict.fromkeys(column.name for column in RUN_COLUMNS),
        "id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "state": "finished", "model": "lenet5-qat", "layer": "conv2",
        "selection": "layer_bypass", "grid": "50x10", "method": "evolve", "strategy": 0.0, "seed": 1,
        "generation": 1234567, "error": 34760, "energy": 3.2546, "area": 14430.2, "delay": 1.31, "gate_count": 497,
        "missing_weights": 93, "accuracy": 99.45, "accuracy_loss": 0.07, "seconds": 5.0, **values,
    }  # fmt: skip


@pytest.mark.parametrize("width", [80, 90, 100, 120, 200])
def test_no_cell_is_cut(width):
    out = io.StringIO()
    print_runs([row(), row(seed=2)], PlainConsole(file=out, width=width, force_terminal=True, no_color=True))
    text = out.getvalue()
    assert "…" not in text
    assert "99.45" in text
    assert "34,760" in text


def test_everything_is_shown_where_nothing_is_a_screen():
    out = io.StringIO()
    print_runs([row(), row(seed=2)], PlainConsole(file=out, width=80))
    assert "delay" in out.getvalue()


def test_rounding_never_shows_a_negative_zero():
    assert cell("accuracy_loss", -0.001) == "0.00"
    assert cell("accuracy_loss", -0.01) == "-0.01"
