"""Every view: large tables, exports, accessibility, small screens, and what is left when sessions end."""

import gc
import re
from collections import Counter

import pytest

from tests.ui.conftest import carried_out, expect, stored
from tests.ui.crashes import CRASHES
from tests.waiting import MILLISECONDS, until

THEIRS = {"aria-required-children"}
"""Tabulator puts its scrolling body and footer into its element of role grid."""
IN_VIEW = {
    "evolve": "3 · Preview", "live": "Best circuit", "runs": "4 of 4 runs", "results": "rows shown",
    "statistics": "This cannot be compared",
}  # fmt: skip
"""What tells that a view over ``real_store`` is there."""


def test_three_thousand_runs_can_be_filtered_and_sorted(open_page, site):
    stored(site.store, 3000)
    page = open_page("tab=runs")
    expect(page.get_by_text("3,000 of 3,000 runs")).to_be_visible()
    page.get_by_label("Filter").fill("conv2 strategy=5")
    page.get_by_label("Filter").press("Enter")
    expect(page.get_by_text("250 of 3,000 runs")).to_be_visible()
    generations = page.locator(".tabulator-row .tabulator-cell[tabulator-field=energy]")
    title = page.locator(".tabulator-col[tabulator-field=energy]")
    title.click()
    expect(title).to_have_attribute("aria-sort", "ascending")
    lowest = generations.first.inner_text()
    title.click()
    expect(title).to_have_attribute("aria-sort", "descending")
    expect(generations.first).not_to_have_text(lowest)
    page.locator(".tabulator-row input[type=checkbox]").nth(0).click()
    page.locator(".tabulator-row input[type=checkbox]").nth(1).click()
    expect(page.get_by_text("Settings compared")).to_be_visible()
    expect(
        page.get_by_role("cell", name=re.compile("^seed$")).or_(page.get_by_role("rowheader", name="seed"))
    ).to_be_visible()


def test_runs_are_annotated_and_deleted_after_a_question(open_page, site):
    stored(site.store, 5)
    page = open_page("tab=runs")
    page.locator(".tabulator-row input[type=checkbox]").first.click()
    page.get_by_label("Tags, separated by commas").fill("keep")
    page.get_by_label("Tags, separated by commas").press("Enter")
    page.get_by_role("button", name="Save tags and note").click()
    expect(page.get_by_text("Saved for 1 run.")).to_be_visible()
    assert [run.tags for run in site.store.runs()].count(["keep"]) == 1
    page.get_by_role("button", name="Delete", exact=True).click()
    assert len(list(site.store.runs())) == 5
    page.get_by_role("button", name="Yes, delete").click()
    expect(page.get_by_text("4 of 4 runs")).to_be_visible()
    assert len(list(site.store.runs())) == 4


def test_exports_are_fit_for_print(open_page, site):
    stored(site.store, 40)
    page = open_page("tab=results&figure=missing_weights&where=strategy=0,5")
    expect(page.get_by_text(re.compile("n = 20 rows shown"))).to_be_visible()
    files = {}
    for extension in ("PDF", "SVG", "CSV"):
        with page.expect_download() as download:
            page.get_by_role("button", name=extension, exact=True).click()
        with open(download.value.path(), "rb") as file:
            files[extension] = file.read()
        assert download.value.suggested_filename == f"missing_weights.{extension.lower()}"
    assert files["PDF"].startswith(b"%PDF")
    assert b"/Type3" not in files["PDF"]
    assert b"<text" in files["SVG"]
    assert len(files["CSV"].splitlines()) == 1 + 20
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as notebook code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")
    assert "FIGURES['missing_weights'].interactive" in code
    assert "scope.frames(['strategy=0,5'" in code


def test_a_wrong_design_is_refused_with_a_reason(open_page, site):
    stored(site.store, 24)
    page = open_page("tab=statistics")
    expect(page.get_by_text("This cannot be compared")).to_be_visible()
    page.get_by_label("Response").select_option("energy")
    page.get_by_role("button", name="Take layer as block").click()
    expect(page.get_by_text("Energy by strategy")).to_be_visible()
    page.get_by_label("Factor").select_option("costs")
    expect(page.get_by_text("This cannot be compared")).to_be_visible()


@pytest.fixture(scope="module")
def real_store(tmp_path_factory):
    from cgplab.store import Store

    store = Store(tmp_path_factory.mktemp("real") / "store")
    carried_out(store)
    return store


@pytest.mark.parametrize("width", [1280, 390])
def test_every_view_is_accessible_and_every_plot_is_there(open_page, site, real_store, width):
    from axe_playwright_python.sync_playwright import Axe

    site.store = real_store
    page = open_page("tab=evolve&figure=missing_weights", width=width)
    found = []
    for view, there in IN_VIEW.items():
        page.get_by_role("button", name=view.capitalize(), exact=True).click()
        expect(page.get_by_text(there).first).to_be_visible()
        fewest = {"evolve": 1, "live": 7, "results": 1}.get(view, 0)
        drawn = f"() => {{ const h = ({_CANVASES})(); return h.length >= {fewest} && Math.min(...h, 101) > 100 }}"
        page.wait_for_function(drawn)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(_TOO_WIDE, width) == []
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical") and violation["id"] not in THEIRS:
                found += [(view, violation["id"], node["html"][:150]) for node in violation["nodes"]]
    assert found == []


def test_improvements_are_gone_through_with_the_keyboard(open_page, site, real_store):
    site.store = real_store
    run = next(run for run in real_store.runs() if len(run.history()) > 2)
    page = open_page(f"tab=live&run={run.id}")
    slider = page.get_by_label("Improvement")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^newest · generation"))
    first, newest = run.history()[0], run.history()[-1]
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"^generation {first.generation:,} · error"))
    expect(page.get_by_text(re.compile(f"depth .* error {first.error:,} ·"))).to_be_visible()
    slider.press("End")
    expect(page.get_by_text(re.compile(f"depth .* error {newest.error:,} ·"))).to_be_visible()


def test_nothing_is_left_of_sessions(browser, site, real_store):
    import panel as pn

    from cgplab.dashboard import EvolveView, LiveView, Page, ResultsView, RunsView, StatisticsView

    site.store = real_store
    kinds = (Page, EvolveView, LiveView, RunsView, ResultsView, StatisticsView)

    def alive():
        return [thing for thing in gc.get_objects() if type(thing) in kinds]

    # Servers that other tests have stopped keep their sessions; held here, no other thing takes their places.
    gc.collect()
    earlier, timers = alive(), set(pn.state._periodic)
    known = {id(thing) for thing in earlier}
    for number in range(6):
        context = browser.new_context()
        context.set_default_timeout(MILLISECONDS)
        CRASHES.watch(context)
        page = context.new_page()
        page.goto(f"{site.url}/?tab=evolve&figure=missing_weights")
        page.get_by_role("button", name="Statistics", exact=True).wait_for()
        through_all = number in (0, 5)
        for view, there in IN_VIEW.items() if through_all else ():
            page.get_by_role("button", name=view.capitalize(), exact=True).click()
            expect(page.get_by_text(there).first).to_be_visible()
            if view == "runs":
                page.get_by_label("Filter").fill("strategy=5")
                page.get_by_label("Filter").press("Enter")
                expect(page.get_by_text("2 of 4 runs")).to_be_visible()
        seen = set(kinds) if through_all else {Page, EvolveView}
        assert {type(thing) for thing in alive() if id(thing) not in known} >= seen
        context.close()

    def left():
        gc.collect()
        views = Counter(type(thing).__name__ for thing in alive() if id(thing) not in known)
        return views, set(pn.state._periodic) - timers

    until(lambda: not any(left()), lambda: f"the sessions go; left are {left()}")


_CANVASES = """
() => {
  const found = [];
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) visit(element.shadowRoot);
      const figure = element.classList.contains('bk-Figure') && element.checkVisibility();  // skip hidden views
      if (figure) found.push(element.getBoundingClientRect().height);
    }
  };
  visit(document);
  return found;
}
"""

_TOO_WIDE = """
(width) => {
  const found = [];
  const visit = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) visit(element.shadowRoot);
      if (element.classList.contains('bk-Column') && element.getBoundingClientRect().right > width + 1) {
        found.push(element.className);
      }
    }
  };
  visit(document);
  return found;
}
"""
