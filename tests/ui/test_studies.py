"""A study in view: the chip names it, all views are about it, and a study that is not there is told with a way out."""

import re
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from cgplab.study.library import Library
from cgplab.study.sealed_studies import opened
from tests.study.studies import design_of, fill, text_of
from tests.ui.blocked_study import NAME, blocked_study
from tests.ui.conftest import expect
from tests.ui.test_views import THEIRS


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    return blocked_study(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def library(site):
    """Two studies: four runs of the first, and two of the four that the second plans."""
    library = Library(site.store)
    library.add(text_of(name="first"), "first")
    fill(site.store, design_of(name="first"))
    library.add(text_of(name="second", strategies=[1, 11]), "second")
    fill(site.store, design_of(name="second", strategies=[1]))
    return library


def open_view(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def chooser(page):
    return page.get_by_label("Study", exact=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_sealed_study_shows_its_boxes_and_planned_comparison_without_typing(open_page, site, sealed, width):
    (site.store.root / "studies").mkdir(parents=True)
    shutil.copy(sealed, site.store.root / "studies")
    page = open_page(f"tab=results&study={NAME}", width=width)
    within = sum(row["error"] <= row["threshold"] for row in opened(sealed).table().rows)
    assert 0 < within < 24
    expect(page.get_by_text(f"n = 24 rows shown, of 24 runs, {within} within budget")).to_be_visible()
    expect(page.locator(".bk-Figure").first).to_be_visible()
    expect(page.get_by_text("✓ 24 runs")).to_be_visible()
    found = []
    for view, there in (("Results", "rows shown"), ("Statistics", "Friedman test"), ("Runs", "24 of 24 runs")):
        open_view(page, view)
        expect(page.get_by_text(there).first).to_be_visible()
        assert page.evaluate(_TOO_WIDE, width) == []
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical") and violation["id"] not in THEIRS:
                found += [(view, violation["id"], node["html"][:150]) for node in violation["nodes"]]
    assert found == []
    open_view(page, "Statistics")
    expect(page.get_by_text("Nemenyi: 1 of 3 pairs differ")).to_be_visible()
    expect(page.get_by_text("Not compared, as none of their runs is within budget: strategy 0.")).to_be_visible()
    expect(page.get_by_role("heading", name="Runs within budget")).to_be_visible()
    expect(page.locator(".bk-Figure:visible")).to_have_count(1)
    page.get_by_role("button", name="My own runs").click()
    expect(page.get_by_text("This cannot be compared")).to_be_visible()
    expect(page).not_to_have_url(re.compile("study="))


def test_another_study_in_view_changes_all_views(open_page, library):
    page = open_page("tab=live&study=first&response=error")
    expect(page.get_by_text("✓ 4 runs")).to_be_visible()
    said = {
        "Evolve": lambda name, n: expect(page.get_by_label("Study: a new name")).to_have_value(name),
        "Live": lambda name, n: expect(page.get_by_label("Run in focus").locator("option")).to_have_count(n),
        "Runs": lambda name, n: expect(page.get_by_text(f"{n} of {n} runs")).to_be_visible(),
        "Results": lambda name, n: expect(page.get_by_text(f"study {name}, {n} runs")).to_be_visible(),
        "Statistics": lambda name, n: expect(page.get_by_text(f"study {name}", exact=True).or_(
            page.get_by_text("cannot be compared")).first).to_be_visible(),
    }  # fmt: skip
    for view, says in said.items():
        open_view(page, view)
        says("first", 4)
    chooser(page).select_option("Study second")
    expect(page.get_by_text("1 of 2 cells incomplete")).to_be_visible()
    expect(page).to_have_url(re.compile("study=second"))
    for view, says in said.items():
        open_view(page, view)
        says("second", 2)
    page.reload()
    said["Statistics"]("second", 2)

    # With the keyboard alone, to everything that is stored.
    open_view(page, "Runs")
    chooser(page).focus()
    chooser(page).press("End")
    expect(page.get_by_text("6 of 6 runs")).to_be_visible()
    expect(page).to_have_url(re.compile("study=all"))


@pytest.mark.parametrize("view", ["live", "runs", "results", "statistics"])
def test_an_unknown_study_is_told_in_one_line_with_a_way_out(open_page, library, view):
    page = open_page(f"tab={view}&study=nothing", width=390)
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text("no study nothing in")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="My own runs").click()
    expect(page.get_by_role("alert").filter(has_text="no study")).to_have_count(0)
    expect(page.get_by_text("second: 1 of 2 cells")).to_be_visible()
    open_view(page, "Runs")
    expect(page.get_by_text("2 of 2 runs")).to_be_visible()


def test_a_study_is_edited_broken_mended_and_deleted_while_a_page_shows_it(open_page, library):
    page = open_page("tab=evolve&study=first")
    page.get_by_label("Further strategies t").fill("2.5")
    page.get_by_label("Further strategies t").press("Enter")
    open_view(page, "Runs")
    expect(page.get_by_text("4 of 4 runs")).to_be_visible()
    path = library.path("first")

    path.write_bytes(text_of(name="first", strategies=[0, 2]))
    expect(page.get_by_text("1 of 2 cells incomplete")).to_be_visible()
    expect(page.get_by_text("2 of 2 runs")).to_be_visible()

    path.write_bytes(b"name = 'first'\nquestion = ")
    expect(page.get_by_role("alert")).to_contain_text("first.toml")
    path.write_bytes(text_of(name="first"))
    expect(page.get_by_text("4 of 4 runs")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="first.toml")).to_have_count(0)

    library.delete("first")
    expect(page.get_by_role("alert")).to_contain_text("no study first")
    open_view(page, "Evolve")
    expect(page.get_by_label("Further strategies t")).to_have_value("2.5")
    chooser(page).select_option("Study second")
    open_view(page, "Runs")
    expect(page.get_by_text("2 of 2 runs")).to_be_visible()


_TOO_WIDE = """
(width) => {
  const found = [];
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) visit(element.shadowRoot);
      const of_page = element.matches('.bk-Column, #header *') && element.checkVisibility();
      const box = element.getBoundingClientRect();
      if (of_page && (box.right > width + 1 || box.left < -1)) found.push(element.className);
    }
  };
  visit(document);
  return found;
}
"""
