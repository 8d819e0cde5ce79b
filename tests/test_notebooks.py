"""Notebooks are stored without outputs; their executed copies in docs/notebooks are of today and need nothing else."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "notebooks").glob("*.ipynb")}
PAGES = ROOT / "docs" / "notebooks"
UNSHOWN = {"dashboard_in_a_cell"}
"""Nothing without a running kernel."""
MOST_BYTES = 6_000_000


class Page(HTMLParser):
    """Tags, what they load, and the text of code cells."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.loaded, self.linked, self.code, self._inside = set(), [], [], [], False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.tags.add(tag)
        self.loaded += [known[name] for name in ("src", "srcset", "data", "poster") if name in known]
        self.linked += [known["href"]] if "href" in known else []
        if known.get("class") == "input_area":
            self._inside = True
            self.code.append("")

    def handle_endtag(self, tag):
        self._inside &= tag != "pre"

    def handle_data(self, data):
        if self._inside:
            self.code[-1] += data


def test_notebooks_are_stored_without_outputs():
    cells = [cell for notebook in NOTEBOOKS.values() for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


def test_every_notebook_is_listed_and_shown():
    shown = set(NOTEBOOKS) - UNSHOWN
    assert {path.stem for path in PAGES.glob("*.html")} == shown
    listed = set(re.findall(r"\]\((\w+)\.ipynb\)", (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")))
    assert listed == set(NOTEBOOKS)
    assert set(re.findall(r"\]\((\w+)\.html\)", (PAGES / "README.md").read_text(encoding="utf-8"))) == shown


@pytest.mark.parametrize("name", sorted(set(NOTEBOOKS) - UNSHOWN))
def test_a_page_is_of_its_notebook_and_loads_nothing(name):
    path = PAGES / f"{name}.html"
    page = Page(path)
    code = ["".join(cell["source"]) for cell in NOTEBOOKS[name]["cells"] if cell["cell_type"] == "code"]
    assert [text.strip() for text in page.code] == code, "make notebooks-html"
    assert page.tags.isdisjoint({"script", "link", "iframe", "object", "embed"})
    assert all(address.startswith("data:image/png;base64,") for address in page.loaded)
    assert not re.search(r"@import|url\(", path.read_text(encoding="utf-8"))
    for address in page.linked:
        place = address.partition("#")[0]
        assert not place or (PAGES / place).exists(), address


def test_pages_are_small():
    assert sum(path.stat().st_size for path in PAGES.iterdir()) <= MOST_BYTES
