"""Runs above their budget: hollow wherever they are drawn, and in no line, median, box, r or front; n is that of r."""

import re

import numpy as np
import pytest

from cgplab.figures import FIGURES, missing_weights, pareto
from cgplab.figures.captions import caption, chosen_runs
from cgplab.figures.outcomes import outcomes
from cgplab.figures.screens import PAPER
from tests.figures import made_up

MARKS = {
    "measures_by_strategy": 8,
    "measures_by_grid": 8,
    "accuracy_loss_by_dataset": 3,
    "rate_accuracy": 2,
    "synthesis": 4,
}
"""Marks of each run, where it is more than one."""
ON_SCREEN = MARKS | {"measures_by_strategy": 8}
STRETCHED = {"pareto", "pareto_by_layer", "synthesis"}
"""Figures of which some lines end where their axes do."""


@pytest.fixture(scope="module")
def runs():
    found = made_up.many(4, 4)
    return found.drop(columns="top5").assign(top5=None)


@pytest.fixture(scope="module")
def made(runs):
    return made_up.frames(runs)


def n_hollow(figure):
    found = 0
    for axes in figure.axes:
        for c in axes.collections:
            n, faces = len(c.get_offsets()), c.get_facecolor()
            if n and len(faces):
                white = (np.round(faces[:, :3], 6) == 1).all(axis=1)
                found += int(white.sum()) if len(faces) == n else n * bool(white[0])
    return found


@pytest.mark.parametrize("name", [name for name, plot in FIGURES.items() if plot.hollow])
def test_runs_above_budget_are_hollow_in_print_and_on_screens(name, made):
    plot = FIGURES[name]
    frame = made[plot.frame]
    shown = chosen_runs(plot, frame, plot.data(frame), made["runs"])
    above = int((~shown["within"]).sum())
    assert 0 < above < len(shown)
    assert n_hollow(plot.publication(frame)) == above * MARKS.get(name, 1)
    if name == "rate_accuracy":  # colours tell savings: there the inside is clear
        return
    drawn = plot.interactive(frame)
    fills = np.concatenate([e.dimension_values("fill") for e in drawn.traverse(specs=["Points"]) if "fill" in e])
    assert (fills == PAPER).sum() == above * ON_SCREEN.get(name, 1)


def lines(figure):
    return [line.get_xydata() for axes in figure.axes for line in axes.lines if len(line.get_xydata())]


@pytest.mark.parametrize("name", [name for name in FIGURES if name not in STRETCHED])
def test_costs_of_runs_above_budget_enter_no_aggregate(name, runs, made):
    plot = FIGURES[name]
    above = runs["error"] > runs["threshold"]
    costs = {column: runs[column].where(~above, 1.2 * runs[column]) for column in ("energy", "area", "delay")}
    changed = made_up.frames(runs.assign(**costs))
    one, other = (lines(plot.publication(made_up.frame_for(plot, found))) for found in (made, changed))
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a, b, equal_nan=True)


def test_n_beside_r_is_the_number_of_runs_that_r_rests_on():
    """Forty runs at t = 5, of which ten are within budget and nine of these cost something."""
    runs = made_up.table(40, strategy=5.0, threshold=100)
    within = np.arange(40) % 4 == 0
    runs = runs.assign(
        error=np.where(within, 0, 200), missing_weights=np.arange(40) + 10,
        energy=[0.0 if i == 0 else 10.0 ** (-3 + i / 20 + 0.1 * (i % 3)) for i in range(40)],
    )  # fmt: skip
    frame = missing_weights.data(runs)
    fit = missing_weights.fits(frame)[5.0]
    chosen = runs[within & (runs["energy"] > 0)]
    r = np.corrcoef(chosen["missing_weights"], np.log10(chosen["energy"].astype(float)))[0, 1]
    assert (fit.runs, fit.free, fit.line.n) == (10, 1, 9)
    assert fit.r == pytest.approx(r)
    (told,) = [text.get_text() for text in missing_weights.publication(runs).legends[0].get_texts()][:1]
    assert told == f"t = 5 (10/40); 10 % at 0 pJ; r = {r:.2f} (n = 9)"
    assert f"t = 5: r = {r:.2f}, n = 9" in caption(FIGURES["missing_weights"], made_up.frames(runs))
    labels = [element.label for element in missing_weights.interactive(runs).traverse(specs=["Points"])]
    assert labels == [told]


def test_a_line_is_straight_on_the_axis_that_it_is_drawn_on_and_spans_its_runs():
    runs = made_up.many(2, 16)
    axes = missing_weights.publication(runs).axes[0]
    frame = missing_weights.data(runs)
    drawn = [line.get_xydata() for line in axes.lines if len(line.get_xydata()) > 2]
    assert len(drawn) == 2
    for line, (_, rows) in zip(drawn, frame.groupby("strategy"), strict=True):
        heights = axes.transData.transform(line)
        slope = np.diff(heights[:, 1]) / np.diff(heights[:, 0])
        assert np.ptp(slope) < 1e-6 * (1 + abs(slope[0]))
        fitted = rows[rows["within"] & (rows["energy"] > 0)]["missing_weights"]
        assert (line[0, 0], line[-1, 0]) == (fitted.min(), fitted.max())


def test_fronts_hold_runs_within_budget_only_and_take_no_gain_for_an_advantage():
    runs = made_up.table(4, strategy=0.0).assign(
        energy=[1.0, 2.0, 0.5, 3.0], accuracy_loss=[0.0, -0.4, 0.0, 0.5], error=[0, 0, 1e9, 0]
    )
    assert pareto.data(runs).set_index("id")["front"].to_dict() == {
        "0000": True, "0001": False, "0002": False, "0003": False,
    }  # fmt: skip


@pytest.mark.parametrize("column", ["model", "selection", "layer", "kernel"])
def test_sets_of_weights_are_never_ranked_against_each_other(column):
    runs = made_up.table(4, strategy=0.0, error=0).assign(energy=[1.0, 2.0, 3.0, 4.0], accuracy_loss=0.0)
    assert pareto.data(runs)["front"].sum() == 1
    assert pareto.data(runs.assign(**{column: ["a", "b", "b", "a"]})).set_index("id")["front"].tolist() == [
        True, True, False, False,
    ]  # fmt: skip


def naive_front(frame):
    """Every run against every other of its set."""
    rows = frame[frame["within"]].to_dict("records")
    front = set()
    for one in rows:
        mine = (one["energy"], max(one["accuracy_loss"], 0))
        beaten = False
        for other in rows:
            if any(one[name] != other[name] for name in ("model", "layer", "selection")):
                continue
            its = (other["energy"], max(other["accuracy_loss"], 0))
            better = its[0] <= mine[0] and its[1] <= mine[1] and its != mine
            beaten |= better or (its == mine and other["id"] < one["id"])
        if not beaten:
            front.add(one["id"])
    return front


@pytest.mark.parametrize("size", [(2, 2), (8, 4), (4, 16)])
def test_fronts_are_those_of_the_slow_twin(size):
    runs = made_up.many(*size).assign(kernel=None)
    frame = outcomes(runs, ["energy", "accuracy_loss"], "")
    found = pareto.data(runs)
    assert set(found.loc[found["front"], "id"]) == naive_front(frame)


@pytest.mark.parametrize("name", FIGURES)
def test_every_caption_tells_n_units_and_scope_as_the_data_have_them(name, made):
    plot = FIGURES[name]
    frames = {**made, "runs": made_up.frame_for(plot, made)} if plot.frame == "runs" else made
    told = caption(plot, frames, "a part")
    assert told.startswith(f"{plot.title} (")
    assert "  " not in told
    assert ".." not in told
    if plot.frame == "sensitivity":
        assert f"n = {plot.data(frames['sensitivity'])['images'].iloc[0]:,} images" in told
        return
    n, within = (
        int(text.replace(",", "")) for text in re.search(r"n = ([\d,]+) runs?, ([\d,]+) within budget", told).groups()
    )
    shown = chosen_runs(plot, frames[plot.frame], plot.data(frames[plot.frame]), frames["runs"])
    runs = frames["runs"]
    assert n == shown["id"].nunique()
    assert within == int((shown["error"].astype(float) <= shown["threshold"]).sum())
    assert set(shown["id"]) <= set(runs["id"])
    assert ("hollow marks" in told.lower()) == (plot.hollow and within < n)
    assert "Scope: model mobilenetv2-fashion; 4 layers; selection mobilenet" in told
    assert "pJ" in told or "percentage points" in told or name in UNITLESS


UNITLESS = {"success", "hitting_times", "expected_time", "performance_profile", "synthesis", "critical_difference"} | {
    "measures_by_strategy", "measures_by_grid"
}  # fmt: skip
"""Figures of shares, ranks, generations, or with units above their panels."""


def test_captions_name_the_file_and_stand_in_it(made, tmp_path):
    from cgplab.figures import save_figure

    told = caption(FIGURES["pareto"], made)
    paths = save_figure("pareto", made["runs"], tmp_path, ["png", "pdf", "svg"], "", told)
    assert paths[-1].read_text() == f"{told}\n"
    assert told[:60].encode() in paths[0].read_bytes()
    assert told[:40] in paths[2].read_text()
