"""Expected running time as it is drawn: bars are whole or end in arrows, limits are no estimates."""

import numpy as np
import pytest

from cgplab.figures import FIGURES, expected_time
from cgplab.figures.scales import log_scale_for
from tests.figures import made_up

SOLVED, ONE_OF_FOUR, NEVER, TWO = "solved", "one of four", "never", "two"
TRIES = {SOLVED: (900, 20, 30, 40), ONE_OF_FOUR: (50, 0, 0, 0), NEVER: (0, 0, 0, 0), TWO: (70, 80)}
"""Generations after which the runs of a layer met their budget; 0 if they did not, after 2,000."""


def progress(*layers):
    """Frame ``progress`` with runs that meet their budgets when :data:`TRIES` says."""
    tries = [(layer, hit) for layer in layers for hit in TRIES[layer]]
    runs = made_up.table(len(tries), strategy=0.0, threshold=1, kernel=None).assign(
        layer=[layer for layer, _ in tries], error=[0 if hit else 9 for _, hit in tries], energy=1.0
    )
    made = made_up.frames(runs)["progress"]
    whens = dict(zip(runs["id"], (hit for _, hit in tries), strict=True))
    first = made["energy"].notna() & (made["generation"] == 100)
    made = made[~(made["energy"].notna() & (made["generation"] == 1000))]
    return made.assign(generation=made["generation"].where(~first, made["id"].map(whens)))


def bars(figure):
    """(start, end) of every bar of a printed figure."""
    segments = [each for c in figure.axes[0].collections if hasattr(c, "get_segments") for each in c.get_segments()]
    return [(each[0][0], each[1][0]) for each in segments]


def arrows(figure):
    """Where arrows are drawn, in pixels along x."""
    figure.canvas.draw()
    found = []
    for c in figure.axes[0].collections:
        if any(len(path.vertices) == 4 for path in c.get_paths()):  # a triangle; circles and squares have more
            found += c.get_offset_transform().transform(c.get_offsets())[:, 0].tolist()
    return found


@pytest.mark.parametrize("layers", [(SOLVED,), (SOLVED, TWO), (SOLVED, ONE_OF_FOUR, NEVER)])
def test_bars_are_whole_within_the_axis(layers):
    made = progress(*layers)
    figure = expected_time.publication(made)
    row = expected_time.data(made).set_index("name").loc[SOLVED]
    left, right = figure.axes[0].get_xlim()
    assert left < row["low"] < row["mark"] < row["high"] < right
    assert (row["low"], row["high"]) in bars(figure)


def test_a_bar_without_an_upper_end_ends_in_an_arrow_at_the_end_of_the_axis():
    made = progress(SOLVED, ONE_OF_FOUR)
    row = expected_time.data(made).set_index("name").loc[ONE_OF_FOUR]
    assert np.isinf(row["high"])
    figure = expected_time.publication(made)
    axes = figure.axes[0]
    assert (row["low"], axes.get_xlim()[1]) in bars(figure)
    assert arrows(figure) == pytest.approx([axes.bbox.x1])
    assert "a bar that ends in an arrow has no upper end (1 of 2 marks)" in " ".join(
        expected_time.notes(expected_time.data(made))
    )
    told = expected_time.table(made, "tab:x")
    assert f"{row['low']:,.0f} or more" in told
    assert "never" not in told


def test_without_success_there_is_a_limit_and_no_estimate():
    made = progress(NEVER)
    (row,) = expected_time.data(made).to_dict("records")
    # 0 of 4 runs of 2,000 generations: chance of success at most 52.7 %.
    assert row["mark"] == pytest.approx(2000 * 0.4729 / 0.5271, rel=1e-3)
    figure = expected_time.publication(made)
    assert bars(figure) == []
    (arrow,) = arrows(figure)
    assert 1 < arrow - figure.axes[0].transData.transform((row["mark"], 0))[0] < 10
    told = " ".join(expected_time.notes(expected_time.data(made)))
    assert "no estimate; the mark is a lower limit at 95 % confidence" in told
    assert "bars" not in told
    assert r"$\ge 1{,}794$" in expected_time.table(made, "tab:x")


def test_two_runs_have_no_bar():
    made = progress(TWO)
    assert bars(expected_time.publication(made)) == []
    assert "no bar where there are fewer than 3 runs (1 of 1 marks)" in expected_time.notes(expected_time.data(made))
    assert "2/2 & 150 & 75 & – &" in expected_time.table(made, "tab:x")


def test_bars_and_arrows_on_a_screen_are_those_in_print():
    import holoviews as hv

    made = progress(SOLVED, ONE_OF_FOUR, NEVER)
    frame = expected_time.data(made).set_index("name")
    drawn = FIGURES["expected_time"].interactive(made)
    every = [*frame["mark"], *frame["low"].dropna(), frame.loc[SOLVED, "high"]]
    end = log_scale_for(every).span[1]
    segments = [tuple(row) for one in drawn.traverse(specs=[hv.Segments]) for row in one.array([0, 2])]
    expected = [
        *np.log10(frame.loc[SOLVED, ["low", "high"]].astype(float)),
        np.log10(frame.loc[ONE_OF_FOUR, "low"]),
        end,
    ]
    assert np.ravel(sorted(segments)) == pytest.approx(expected)
    heads = [p for p in drawn.traverse(specs=[hv.Points]) if not p.label]
    (places,) = [p.dimension_values("across") for p in heads]
    assert places[0] == pytest.approx(end)
    assert 0 < places[1] - np.log10(frame.loc[NEVER, "mark"]) < 0.1
