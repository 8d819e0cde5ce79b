"""Marked points stay marked from figure to figure."""

import holoviews as hv
import pytest

from cgplab.analysis import Frames
from cgplab.dashboard.figure_pane import FigurePane
from cgplab.figures import FIGURES
from cgplab.store import Store
from tests.ui.conftest import stored


def test_marked_runs_stay_marked_in_the_next_figure(tmp_path):
    store = Store(tmp_path / "store")
    stored(store, 24)
    frame = Frames(store)["runs"]
    pane = FigurePane()
    pane.draw(FIGURES["missing_weights"].interactive(frame))
    pane.__panel__().get_root()
    source = pane._sources[0]
    source.selected.indices = [0, 2]
    wanted = sorted(str(source.data["id"][place]) for place in (0, 2))
    assert list(pane.marked) == wanted
    pane.draw(FIGURES["missing_weights"].interactive(frame))  # into the same page
    again = [str(s.data["id"][place]) for s in pane._sources for place in s.selected.indices]
    assert sorted(again) == wanted
    for source in pane._sources:
        source.selected.indices = []
    assert pane.marked == ()


@pytest.mark.parametrize("name", ["measures_by_strategy", "energy_by_layer", "missing_weights"])
def test_figures_get_the_height_they_need_in_either_theme(tmp_path, monkeypatch, caplog, name):
    store = Store(tmp_path / "store")
    stored(store, 24)
    monkeypatch.setattr("cgplab.dashboard.figure_pane.is_dark", lambda: True)
    pane = FigurePane()
    drawn = FIGURES[name].interactive(Frames(store)["runs"])
    pane.draw(drawn)
    pane.__panel__().get_root()
    # A hook that fails is only told in the log.
    assert "could not be applied" not in caplog.text
    rows = drawn.shape[0] if isinstance(drawn, hv.Layout) else 1
    assert pane.__panel__().min_height >= 420 * rows
