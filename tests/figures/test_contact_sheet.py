"""The contact sheet in the documentation shows every figure, and stays small."""

from pathlib import Path

from cgplab.figures import FIGURES
from tests.figures.contact_sheet import DRAWN_FROM

DOCS = Path(__file__).parents[2] / "docs"
LARGEST = 150_000
"""Bytes of a picture."""


def test_every_figure_has_a_picture_with_its_caption():
    assert DRAWN_FROM.keys() == FIGURES.keys()
    page = (DOCS / "figures.md").read_text()
    assert {path.stem for path in (DOCS / "figures").iterdir()} == FIGURES.keys()
    for name, plot in FIGURES.items():
        assert f"](figures/{name}.png)\n\n" in page
        assert page.count(f"\n\n{plot.title} (") == (name != "critical_difference")
        assert (DOCS / "figures" / f"{name}.png").stat().st_size <= LARGEST
