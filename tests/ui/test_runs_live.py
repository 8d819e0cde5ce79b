"""A run from Start to the end in the browser: it lives in a process of its own, whatever pages come and go."""

import os
import re
import signal

import pytest

from cgplab.store.locks import is_held
from cgplab.store.names import CHECKPOINTS, LOCK
from tests.ui.conftest import expect
from tests.waiting import until


def points(page):
    found = re.match(r"[\d,]+", page.locator("text=/^[\\d,]+ points/").inner_text())
    return int(found.group().replace(",", "")) if found else 0  # drawn anew at this moment


@pytest.fixture
def ended(site):
    """Whatever a test started has ended afterwards."""
    yield
    for run in site.store.runs():
        pid = run.status.pid
        if pid is not None and pid != os.getpid():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def test_an_empty_store_says_what_to_do_next(open_page):
    page = open_page("tab=evolve")
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    for tab, words in (
        ("Live", "No run to watch yet"), ("Runs", "No runs yet"), ("Results", "Nothing to draw yet"),
        ("Statistics", "This cannot be compared"),
    ):  # fmt: skip
        page.get_by_role("button", name=tab, exact=True).click()
        expect(page.get_by_text(words)).to_be_visible()


def test_a_run_from_start_to_stop(open_page, site, ended):
    page = open_page("tab=evolve")
    page.get_by_label("Time limit per run [s]").fill("600")
    page.get_by_label("Time limit per run [s]").press("Enter")
    expect(page.get_by_text("at most 10 min")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Watch live").click()

    # It runs, its points grow, and the time left has a unit.
    badge = page.locator(".tile .badge")
    expect(badge).to_have_text("running")
    expect(page.locator(".tile", has_text="ETA")).to_contain_text(re.compile(r"\d+ (s|min)"))
    expect(page.locator("text=/^[1-9][\\d,]* points/")).to_be_visible()
    until(lambda: points(page) > 1)
    (run,) = site.store.runs()
    pid = run.status.pid
    assert pid != os.getpid()

    # A reload shows the same run, with no fewer points, and the process does not notice.
    seen, url = points(page), page.url
    assert run.manifest.batch in url
    page.reload()
    expect(badge).to_have_text("running")
    until(lambda: points(page) >= seen)
    assert page.url == url
    assert run.status.pid == pid

    # Paused, nothing is written; resumed, it goes on.
    page.get_by_role("button", name="Pause").click()
    expect(badge).to_have_text("paused")
    generation = run.status.generation
    until(lambda: not is_held(run.directory / LOCK), "nobody carries out the paused run")
    assert run.status.generation == generation
    assert run.progress()[-1]["generation"] <= generation
    page.get_by_role("button", name="Resume").click()
    until(lambda: run.status.generation > generation)
    expect(badge).to_have_text("running")

    # A killed process is noticed, and the run goes on from its checkpoint.
    os.kill(run.status.pid, signal.SIGKILL)
    expect(badge).to_have_text("crashed")
    page.get_by_role("button", name="Resume").click()
    expect(badge).to_have_text("running")

    # Stopped, it leaves a checkpoint and its best circuit, which is drawn.
    page.get_by_role("button", name="Stop").click()
    expect(badge).to_have_text("killed")
    assert (run.directory / CHECKPOINTS[0]).is_file()
    expect(page.get_by_text(re.compile(r"\d+ active gates of 500"))).to_be_visible()
    expect(page.locator("table.log")).to_contain_text("stopped on request")


def test_evolve_itself_controls_what_it_started(open_page, site, ended):
    page = open_page("tab=evolve")
    start, pause, resume, stop = (
        page.get_by_role("button", name=name, exact=True) for name in ("Start", "Pause", "Resume", "Stop")
    )
    for button in (pause, resume, stop):
        expect(button).to_be_disabled()
    offer = page.get_by_role("button", name="Show an example")
    expect(offer).to_be_visible()
    start.click()
    expect(offer).to_be_hidden()
    expect(page.get_by_text(re.compile(r"^▶ running · .* · about \d+ (s|min) left$"))).to_be_visible()
    (run,) = site.store.runs()
    pause.click()
    expect(page.get_by_text(re.compile("^❚❚ paused"))).to_be_visible()
    expect(pause).to_be_disabled()
    resume.click()
    expect(page.get_by_text(re.compile("^▶ running"))).to_be_visible()
    page.reload()
    stop.click()
    expect(page.get_by_text(re.compile("^■ killed · stop"))).to_be_visible()
    expect(stop).to_be_disabled()
    assert run.status.state == "killed"
    assert f"tab=evolve&study=layer_bypass-1&batch={run.manifest.batch}" in page.url
    expect(start).to_be_enabled()


def test_a_batch_is_controlled_as_a_whole(open_page, site, ended):
    page = open_page("tab=evolve")
    page.get_by_label("Runs per strategy (seeds)").fill("3")
    page.get_by_label("Runs per strategy (seeds)").press("Enter")
    page.get_by_role("button", name="Start 3 runs").click()
    expect(page.get_by_text(re.compile("▶ [1-3] running"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("■ 3 killed")).to_be_visible()


def test_two_people_do_not_disturb_each_other(open_page):
    one, other = open_page("tab=evolve"), open_page("tab=evolve")
    one.get_by_role("button", name="Runs", exact=True).click()
    expect(one.get_by_text("No runs yet")).to_be_visible()
    one.get_by_label("Filter").fill("conv2")
    one.get_by_label("Filter").press("Enter")
    expect(one).to_have_url(re.compile("tab=runs.*filters=conv2"))
    expect(other.get_by_role("button", name="Start")).to_be_visible()
    assert "conv2" not in other.url
