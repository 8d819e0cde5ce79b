"""A page behind another one is left alone until it is looked at again."""

from cgplab.dashboard.watcher import Watcher
from tests.ui.conftest import expect, stored
from tests.waiting import until

_HIDDEN = """
(hidden) => {
  Object.defineProperty(document, 'hidden', {value: hidden, configurable: true})
  document.dispatchEvent(new Event('visibilitychange'))
}
"""
"""What a browser without a window never does by itself."""


def test_a_page_behind_another_is_not_updated_until_it_is_shown_again(open_page, site):
    stored(site.store, 2)
    behind, before = open_page("tab=runs&study=all"), open_page("tab=runs&study=all")
    for page in (behind, before):
        expect(page.get_by_text("2 of 2 runs")).to_be_visible()
    watcher = Watcher.of(site.store)
    # Each has a chip above its view.
    until(lambda: len(watcher.seen()) == 4, "both pages are seen")
    behind.evaluate(_HIDDEN, True)
    until(lambda: len(watcher.seen()) == 2, "one page is seen")
    stored(site.store, 1)
    expect(before.get_by_text("3 of 3 runs")).to_be_visible()
    expect(behind.get_by_text("2 of 2 runs")).to_be_visible()
    behind.evaluate(_HIDDEN, False)
    expect(behind.get_by_text("3 of 3 runs")).to_be_visible()
    for page in (behind, before):
        page.close()
    until(lambda: not watcher.seen() and watcher.asleep, "the watcher has ended")
