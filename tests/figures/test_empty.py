"""No figure is written with axes that hold nothing: it leaves them out, or says in one line why it cannot be drawn."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from cgplab.errors import InputError
from cgplab.figures import FIGURES, attainment
from tests.figures import made_up
from tests.figures.drawn import empty_axes, holds_data

NUMBERS = ("energy", "area", "delay", "accuracy", "accuracy_loss", "top5", "seconds", "estimate", "synthesis", "count",
           "value", "saved_share", "bits_per_weight")  # fmt: skip


def none_within():
    return made_up.frames(made_up.over_layers().assign(error=1e6))


def one_run(**values):
    return made_up.frames(made_up.table(1, kernel=None, **values))


def one_of_many_within():
    """Only one run of all is within its budget, so shares of a quarter are reached by no strategy but one."""
    runs = made_up.over_layers()
    return made_up.frames(runs.assign(error=np.where(runs["id"] == "0005", 0, 1e6)))


def unknown(*columns):
    """Frames in which every number of these columns is missing."""
    made = made_up.frames(made_up.over_layers())
    return {name: frame.assign(**{c: np.nan for c in columns if c in frame}) for name, frame in made.items()}


def partly(column):
    """Frames in which one strategy lacks a number."""
    made = made_up.frames(made_up.over_layers())
    return {
        name: frame.assign(**{column: frame[column].where(frame["strategy"] != 5.0)})
        if column in frame and "strategy" in frame
        else frame
        for name, frame in made.items()
    }


CASES = {
    "no run within budget": none_within,
    "one run within budget": lambda: one_run(error=0),
    "one run above budget": lambda: one_run(error=1000),
    "one of many within budget": one_of_many_within,
    "all energies zero": lambda: made_up.frames(made_up.over_layers().assign(energy=0.0)),
    "nothing known": lambda: unknown(*NUMBERS),
    **{f"{column} unknown": (lambda column=column: unknown(column)) for column in NUMBERS},
    **{
        f"{column} unknown of a strategy": (lambda column=column: partly(column))
        for column in ("energy", "accuracy_loss")
    },
}


@pytest.fixture(scope="module")
def made():
    return {name: make() for name, make in CASES.items()}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_axes_holds_data_or_nothing_is_drawn(name, case, made):
    plot = FIGURES[name]
    frame = made_up.frame_for(plot, made[case])
    try:
        figure = plot.publication(frame)
    except InputError:
        with pytest.raises(InputError, match=r"^[^\n]+$"):  # the screen refuses likewise
            plot.interactive(frame)
        return
    assert any(map(holds_data, figure.axes))
    assert empty_axes(figure) == []


def test_empty_axes_are_told_from_others():
    figure = Figure()
    for axes in figure.subplots(1, 6):
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
    marks, line, bars, nothing, lines, outside = figure.axes
    marks.scatter([0.5], [0.5])
    line.plot([0.1, 0.9], [0.1, 0.9])
    bars.barh([0.5], [0.5])
    nothing.scatter([np.nan], [0.5])
    lines.axhline(0.5)
    lines.axvspan(0.2, 0.4)
    lines.plot([0, 1], [0, 1], linestyle="--")
    outside.scatter([5], [5])
    assert empty_axes(figure) == [nothing, lines, outside]


def test_attainment_without_a_curve_is_refused_in_one_line():
    """One of twenty runs within budget: no quarter of them has attained an energy."""
    runs = made_up.table(20, strategy=1.0, kernel=None, threshold=100)
    frame = made_up.frames(runs.assign(error=np.where(runs["id"] == "0000", 0, 1000)))["progress"]
    with pytest.raises(InputError, match=r"1 of 20 runs.*fewer than a quarter"):
        attainment.publication(frame)


def test_attainment_says_which_strategies_have_no_curve():
    runs = pd.concat(
        [
            made_up.table(8, strategy=t, error=error).assign(id=lambda f, t=t: f["id"] + f"{t}")
            for t, error in ((0.0, 0), (5.0, 1000))
        ]
    )
    frame = made_up.frames(runs.reset_index(drop=True))["progress"]
    texts = [text.get_text() for text in attainment.publication(frame).legends[0].get_texts()]
    assert "t = 0 (8/8)" in texts
    assert "t = 5 (0/8): no line" in texts
