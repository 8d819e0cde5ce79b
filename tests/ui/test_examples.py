"""Example runs: a page that asks for them is there at once, says that they are unpacked, and then shows them."""

import re
from pathlib import Path

import pytest

from cgplab.running.examples import example_archives
from cgplab.store.locks import held
from tests.ui.conftest import expect

pytestmark = [
    pytest.mark.skipif(not example_archives(), reason="the example runs were left out of this installation"),
]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "cache" / "cgplab").mkdir(parents=True)
    return tmp_path / "cache" / "cgplab"


def test_a_page_opened_at_the_examples_waits_and_shows_them(open_page, cache):
    with held(cache / "examples.lock"):
        first, second = (open_page("tab=runs&demo=True&theme=dark"), open_page("tab=results&demo=True", width=390))
        for page in (first, second):
            bar = page.get_by_role("progressbar", name="Unpacking the example runs")
            expect(bar).to_be_visible()
            expect(bar).to_have_attribute("aria-valuenow", "0")
            expect(page.get_by_role("status").filter(has_text="unpacked")).to_be_visible()
        # Others are looked after meanwhile, and one may change one's mind.
        second.get_by_role("button", name="My own runs").click()
        expect(second.get_by_text("Nothing to draw yet")).to_be_visible()
        expect(second.get_by_role("progressbar")).to_have_count(0)
        second.get_by_role("button", name="Show example runs").click()
        expect(second.get_by_role("progressbar")).to_be_visible()
    expect(first.get_by_role("progressbar")).to_have_attribute(
        "aria-valuetext", re.compile("^Unpacking: .* of .* runs")
    )
    expect(first.get_by_text(re.compile(r"^[\d,]+ of [\d,]+ runs"))).to_be_visible()
    expect(second.get_by_text(re.compile(r"runs in the store"))).to_be_visible()
    assert sorted(path.name for path in cache.iterdir() if path.name.startswith(".")) == []


def test_a_cache_that_cannot_be_written_is_told(open_page, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    page = open_page("tab=runs&demo=True")
    expect(page.get_by_role("alert").filter(has_text="set XDG_CACHE_HOME")).to_be_visible()
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path(tmp_path, "other")))
    (tmp_path / "other").touch()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert").filter(has_text=str(tmp_path / "other"))).to_be_visible()
    page.get_by_role("button", name="My own runs").click()
    expect(page.get_by_text("Your store holds no runs yet")).to_be_visible()
