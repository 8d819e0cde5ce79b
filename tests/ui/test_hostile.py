"""Texts that are stored, or stand in the page's address, are shown; nothing in them runs."""

from urllib.parse import urlencode

from cgplab.dashboard.address import VIEWS, Address
from cgplab.store import Run, Store
from tests.hostile import PAYLOAD, altogether, hostile_runs
from tests.ui.conftest import carried_out

# What a page says and holds, through all shadow roots.
_WALK = """
() => {
  const texts = [], strange = []
  const visit = root => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) visit(element.shadowRoot)
      if (element.matches("img[src=x], svg[onload], [onerror], a[href^='javascript']")) strange.push(element.outerHTML)
      if (element.matches("script") && /__owned=3$/.test(element.textContent)) strange.push(element.outerHTML)
      for (const { name, value } of element.attributes) texts.push(value)
      if (element.value) texts.push(String(element.value))
      if (!element.matches("script, style")) {
        for (const node of element.childNodes) if (node.nodeType === 3) texts.push(node.data)
      }
    }
  }
  visit(document)
  return { owned: window.__owned ?? null, strange, text: texts.join("\\n") }
}
"""
# Free texts, which a run may well have; every one of them is shown somewhere.
_FREE = [("annotations.json", "tags", 0), ("annotations.json", "note"), ("status.json", "reason"),
         ("status.json", "phase"), ("status.json", "host"), ("manifest.json", "host")]  # fmt: skip


def said(page):
    found = page.evaluate(_WALK)
    assert (found["owned"], found["strange"]) == (None, [])
    return found["text"]


def shows(page, what):
    """Wait until the page shows a text, and assert that it shows nothing else than text."""
    page.wait_for_function(f"what => ({_WALK})().text.includes(what)", arg=what)
    return said(page)


def test_nothing_that_is_stored_or_in_the_address_runs(site, open_page, tmp_path):
    site.store = Store(tmp_path / "hostile")
    sound, _ = carried_out(site.store, strategies=[0.0])
    hostile = hostile_runs(site.store, sound)
    assert {name for name, *_ in hostile} >= {"manifest.json", "status.json", "annotations.json", "metrics.json"}
    damaged = site.store.table().damaged
    accepted = [place for place, name in hostile.items() if name not in damaged]
    free = [place for place in _FREE if place in accepted]
    assert ("annotations.json", "note") in free
    worst = altogether(site.store, sound, free)
    dialogs = []

    page = open_page(urlencode({"tab": "runs"}))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    shows(page, PAYLOAD)
    page.locator(".tabulator-row input[type=checkbox]").nth(0).check()
    page.locator(".tabulator-row input[type=checkbox]").nth(1).check()
    page.get_by_role("heading", name="Settings compared").wait_for()
    said(page)

    page.goto(f"{site.url}/?{urlencode({'tab': 'live', 'runs': f'{worst},{sound.id}', 'run': worst})}")
    text = shows(page, PAYLOAD)
    for place in free:
        if place[:2] in (("status.json", "phase"), ("status.json", "reason")):
            assert text.count(PAYLOAD) >= 2, place

    told = [
        ("manifest.json", name)
        for name in ("id", "batch", "model", "layer", "selection", "grid", "metric", "created", "host")
    ]
    told += [("status.json", name) for name in ("reason", "phase", "kernel", "host", "updated")]
    chosen = ",".join(hostile[place] for place in told)
    page.goto(f"{site.url}/?{urlencode({'tab': 'live', 'runs': chosen})}")
    page.get_by_role("heading", name="Events").or_(page.get_by_role("alert")).first.wait_for()
    said(page)

    for name, shown in (("results", "figure"), ("statistics", "factor")):
        values = {"figure": ("measures", "gate_usage"), "factor": ("layer",)}[shown]
        for value in values:
            page.goto(f"{site.url}/?{urlencode({'tab': name, shown: value, 'response': 'error'})}")
            page.locator(".bk-Figure, [role=alert], h2").first.wait_for()
            said(page)

    given = {name: PAYLOAD for name in Address.param if name not in ("name", "tab", "study")}
    for view in VIEWS:
        page.goto(f"{site.url}/?{urlencode({**given, 'tab': view})}")
        if view in ("runs", "results", "statistics"):
            shows(page, PAYLOAD)
        else:
            page.locator("h2").first.wait_for()
        said(page)
    page.goto(f"{site.url}/?{urlencode({'tab': 'runs', 'study': PAYLOAD})}")
    page.get_by_role("alert").wait_for()
    shows(page, PAYLOAD)
    assert dialogs == []
    assert Run(site.store.runs_directory / worst).note == PAYLOAD
