"""The dashboard without a mouse."""

import pytest

from tests.ui.conftest import expect

_FOCUSED = """
() => {
  let element = document.activeElement;
  while (element && element.shadowRoot && element.shadowRoot.activeElement) element = element.shadowRoot.activeElement;
  const rings = [];
  for (let at = element, n = 0; at && n < 3; at = at.parentElement || at.getRootNode().host, n++) {
    const style = getComputedStyle(at);
    rings.push((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none');
  }
  const label = element.labels && element.labels.length ? element.labels[0].textContent : '';
  const name = element.getAttribute('aria-label') || label || element.textContent || '';
  return { tag: element.tagName, name: name.trim(), visible: rings.some((ring) => ring) };
}
"""
_MOST_STOPS = 80


def tab_to(page, *names):
    """Press Tab until something of each name has had the focus, in this order; returns what had it on the way."""
    stops, wanted = [], list(names)
    while wanted:
        assert len(stops) < _MOST_STOPS, (wanted, [stop["name"][:40] for stop in stops])
        page.keyboard.press("Tab")
        stops.append(page.evaluate(_FOCUSED))
        if stops[-1]["name"].startswith(wanted[0]):
            wanted.pop(0)
    return stops


def test_tab_reaches_navigation_form_and_start_and_shows_where_it_is(open_page):
    page = open_page("tab=evolve")
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    stops = tab_to(page, "Evolve", "Model", "Time limit per run [s]", "Start")
    widgets = [stop for stop in stops if stop["tag"] in ("BUTTON", "SELECT", "INPUT")]
    assert len(widgets) > 4
    assert [stop for stop in widgets if not stop["visible"]] == []


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_chooses_a_view(open_page, key):
    page = open_page("tab=evolve")
    tab_to(page, "Runs")
    page.keyboard.press(key)
    expect(page.get_by_text("No runs yet")).to_be_visible()
