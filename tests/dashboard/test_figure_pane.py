"""Marked points stay marked from figure to figure."""

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
