"""No text of a printed figure meets another, lies over a legend, or leaves the canvas, however much is drawn."""

from itertools import combinations
from unittest import mock

import numpy as np
import pytest
from hypothesis import settings
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.legend import Legend
from matplotlib.text import Text

from cgplab.errors import InputError
from cgplab.figures import FIGURES
from cgplab.figures.critical_difference import diagram
from cgplab.figures.registry import pages
from cgplab.statistics import compare
from tests.figures import made_up
from tests.figures.drawn import least_mark
from tests.statistics.published import blocked

pytestmark = pytest.mark.filterwarnings("error:constrained_layout not applied")
STRATEGIES, LAYERS = (2, 4, 8, 18), (1, 2, 16, 52)
COVERING = ((2, 52), (4, 16), (8, 1), (18, 2))
"""Every number of strategies and of layers once."""
LARGEST = (18, 52)
LEAST = 3.0
"""Width of the smallest mark, in points."""
FEWEST_BLOCKS = 3
"""Layers that strategies can be ranked over."""
SLACK = 1.0
"""Pixels that boxes of texts may share: they are higher than their ink."""


def texts_and_legends(figure):
    """Boxes of all texts that are drawn, as (box, text, in a legend), and of legends, in pixels."""
    found = []
    drawn = Text.draw

    def record(self, renderer, *args, **kwargs):
        if self.get_visible() and self.get_text().strip():
            found.append(self)
        return drawn(self, renderer, *args, **kwargs)

    canvas = FigureCanvasAgg(figure)
    with mock.patch.object(Text, "draw", record):
        canvas.draw()
    legends = figure.findobj(Legend)
    inside = {text for legend in legends for text in legend.findobj(Text)}
    renderer = canvas.get_renderer()
    boxes = [(text.get_window_extent(renderer), text.get_text(), text in inside) for text in dict.fromkeys(found)]
    return boxes, [legend.get_window_extent(renderer) for legend in legends]


def meet(one, other):
    return (
        min(one.x1, other.x1) - max(one.x0, other.x0) > SLACK and min(one.y1, other.y1) - max(one.y0, other.y0) > SLACK
    )


def faults(figure):
    """What is wrong with the layout of a figure, in words."""
    boxes, legends = texts_and_legends(figure)
    found = [f"{a!r} meets {b!r}" for (one, a, _), (other, b, _) in combinations(boxes, 2) if meet(one, other)]
    found += [
        f"{text!r} lies over a legend" for box, text, inside in boxes for at in legends if not inside and meet(box, at)
    ]
    found += ["a legend lies over data" for at in legends for axes in figure.axes if meet(at, axes.bbox)]
    canvas = figure.bbox
    for box, text in [*((box, text) for box, text, _ in boxes), *((at, "legend") for at in legends)]:
        if min(box.x0, box.y0) < -SLACK or box.x1 > canvas.x1 + SLACK or box.y1 > canvas.y1 + SLACK:
            found.append(f"{text!r} leaves the canvas")
    return found


def sizes():
    """Covering in the suite, all in the thorough tier."""
    if settings.get_current_profile_name() == "thorough":
        return [(s, n) for s in STRATEGIES for n in LAYERS]
    return [*COVERING, LARGEST]


@pytest.fixture(scope="module")
def made():
    """Frames by numbers of strategies and layers, made once."""
    kept = {}

    def make(size):
        if size not in kept:
            kept[size] = made_up.frames(made_up.many(*size))
        return kept[size]

    return make


@pytest.mark.parametrize("size", sizes(), ids=lambda size: f"{size[0]} strategies, {size[1]} layers")
@pytest.mark.parametrize("name", FIGURES)
def test_texts_keep_apart(name, size, made):
    plot = FIGURES[name]
    if name == "critical_difference" and size[1] < FEWEST_BLOCKS:
        with pytest.raises(InputError, match="needs 3 or more"):
            plot.publication(made(size)[plot.frame])
        return
    for figure in printed(plot, made_up.frame_for(plot, made(size)), made(size)["runs"]):
        assert not faults(figure)
        assert figure.get_figheight() <= 10.5
        assert least_mark(figure) >= LEAST


def printed(plot, frame, runs):
    """Printed figures of a frame, a page each."""
    every = pages(plot, runs).values() if plot.rows else [frozenset(runs["id"])]
    if len(every) == 1:
        return [plot.publication(frame)]
    return [plot.publication(frame[frame["id"].isin(ids)]) for ids in every]


@pytest.mark.parametrize("size", [(18, 40), LARGEST], ids=lambda size: f"{size[0]} strategies, {size[1]} layers")
@pytest.mark.parametrize("name", [name for name, plot in FIGURES.items() if plot.rows])
def test_marks_of_a_row_stand_apart_by_half_their_width_and_every_row_is_on_one_page(name, size, made):
    plot = FIGURES[name]
    runs, frame = made(size)["runs"], made(size)[plot.frame]
    found = pages(plot, runs)
    assert sorted(run for ids in found.values() for run in ids) == sorted(runs["id"])
    assert next(iter(found)).startswith("rows 1 to ")
    assert list(found)[-1].endswith(f" to {size[1]} of {size[1]}")
    layers = [set(runs[runs["id"].isin(ids)]["layer"]) for ids in found.values()]
    assert sum(map(len, layers)) == size[1]
    for figure in printed(plot, frame, runs):
        # The marks of a row lie on evenly spaced places, 18 to 0.64 of a row.
        heights = np.diff(figure.axes[0].transData.transform([(1, 0), (1, 0.64 / 17)])[:, 1])
        assert abs(heights[0]) * 72 / figure.dpi >= 0.95 * LEAST / 2
        assert least_mark(figure) >= LEAST


@pytest.mark.parametrize("name", FIGURES)
def test_marks_are_large_enough_where_all_is_on_one_page(name, made):
    """As the dashboard writes it, and who calls `publication`."""
    plot = FIGURES[name]
    assert least_mark(plot.publication(made_up.frame_for(plot, made(LARGEST)))) >= LEAST


LONG = (
    "evolved wiring as built ({} operators)",
    "x{}" * 60,
    "a name of many words, of which only the number {} in its middle is not the same as in the other names of levels",
)


@pytest.mark.parametrize("block", ["block", None])
@pytest.mark.parametrize("levels", [3, 8, 18])
@pytest.mark.parametrize("name", LONG)
def test_long_names_of_ranked_levels_stay_apart_and_different(name, levels, block):
    values = np.random.default_rng(2).normal(size=(6, levels)).cumsum(axis=1)
    names = [name.format(*[number] * 60) for number in range(levels)]
    drawn = diagram(compare(blocked(values, names), "value", "level", block))
    assert not faults(drawn)
    texts = [text.get_text() for text in drawn.axes[0].texts]
    assert len(set(texts)) == len(texts)
    assert drawn.get_figheight() <= 18
