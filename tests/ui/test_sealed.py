"""A sealed study in the dashboard: all views show its runs, and nothing can be changed."""

import re

import pytest

from cgplab.sealed import open_store
from tests.sealed.every_kind import every_kind
from tests.ui.conftest import expect


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return every_kind(tmp_path_factory.mktemp("study")).path


def test_all_views_show_a_sealed_study(open_page, site, study):
    before = study.read_bytes()
    site.store = open_store(study)
    run = list(site.store.runs())[1]
    page = open_page("tab=evolve")
    expect(page.get_by_text("3 · Preview")).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_disabled()
    page.get_by_role("button", name="Runs", exact=True).click()
    expect(page.get_by_text("3 of 3 runs")).to_be_visible()
    page.locator(".tabulator-row input[type=checkbox]").first.click()
    expect(page.get_by_role("button", name="Watch")).to_be_enabled()
    expect(page.get_by_role("button", name="Delete", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Results").click()
    expect(page.get_by_text(re.compile("n = .* shown"))).to_be_visible()
    page.get_by_role("button", name="Statistics").click()
    expect(page.get_by_text("This cannot be compared")).to_be_visible()
    live = open_page(f"tab=live&runs={run.id}")
    expect(live.get_by_text("Best circuit")).to_be_visible()
    expect(live.get_by_text("active gates").first).to_be_visible()
    expect(live.get_by_role("slider").first).to_be_visible()
    expect(live.get_by_role("button", name="Pause")).to_be_disabled()
    assert study.read_bytes() == before
