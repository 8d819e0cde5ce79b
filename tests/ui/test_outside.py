"""No page asks another machine for anything: not the index, the login, nor what is said of a page that is not there."""

import json

import pytest

from tests.dashboard.serving import ENTRIES, served
from tests.ui.crashes import CRASHES
from tests.waiting import MILLISECONDS

VIEWS = (
    ("Live", "No run to watch yet"), ("Runs", "No runs yet"), ("Results", "Nothing to draw yet"),
    ("Statistics", "This cannot be compared"),
)  # fmt: skip


@pytest.fixture
def visit(browser):
    """Open addresses of this machine; afterwards nothing may have been asked of another, or forbidden by a policy."""
    context, outside, forbidden = browser.new_context(), [], []
    context.set_default_timeout(MILLISECONDS)
    CRASHES.watch(context)
    page = context.new_page()
    here = ("http://127.0.0.1:", "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(here) else outside.append(r.url))
    page.on("console", lambda m: forbidden.append(m.text) if "Content Security Policy" in m.text else None)
    # What is only prepared or preloaded is not a request of the page, but leaves the machine all the same.
    links = "() => [...document.querySelectorAll('link[href], img[src]')].map((e) => e.href || e.src)"

    def visited(address):
        answer = page.goto(address)
        page.wait_for_load_state("networkidle")
        assert [link for link in page.evaluate(links) if not link.startswith(here)] == []
        return page, answer

    yield visited
    context.close()
    assert outside == []
    assert forbidden == []


def test_the_entry_points_and_their_index(visit):
    command = ("panel", "serve", *ENTRIES, "--index", "dashboards/index.html", "--port", "0", "--address", "127.0.0.1")
    with served(*command) as address:
        base = f"http://127.0.0.1:{address[1]}"
        for name, words in (("Evolve", "3 · Preview"), ("Runs", "Filter: words")):
            page, _ = visit(base)
            page.get_by_role("link", name=name).click()
            page.get_by_text(words).first.wait_for()
            page.wait_for_load_state("networkidle")
            assert page.url.startswith(f"{base}/{name.lower()}")
        _, answer = visit(f"{base}/nothing")
        assert answer.status == 404


def test_logging_in_and_out(visit, tmp_path):
    users = tmp_path / "users.json"
    users.write_text(json.dumps({"ada": "secret"}))
    command = ("cgplab", "dashboard", "--port", "0", "--basic-auth", str(users), "--cookie-secret", "x" * 40,
               "--root-path", "/lab", "--store", str(tmp_path / "store"))  # fmt: skip
    with served(*command) as address:
        base = f"http://127.0.0.1:{address[1]}"
        page, _ = visit(f"{base}/lab/")
        page.get_by_label("User").fill("ada")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("alert").filter(has_text="Invalid username or password").wait_for()
        page.get_by_label("User").fill("ada")
        page.get_by_label("Password").fill("secret")
        page.get_by_label("Password").press("Enter")
        page.get_by_text("3 · Preview").wait_for()
        for name, words in VIEWS:
            page.get_by_role("button", name=name, exact=True).click()
            page.get_by_text(words).first.wait_for()
        page, _ = visit(f"{base}/lab/logout")
        page.get_by_text("You are logged out").wait_for()
        _, answer = visit(f"{base}/lab/nothing")
        assert answer.status == 403
