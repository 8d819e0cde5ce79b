"""A served dashboard and a browser; a request that leaves the machine or a console error fails any test."""

import json
import logging
import socket
import traceback
import urllib.request
from dataclasses import asdict, replace

import panel as pn
import pytest
from ulid import ULID

from benchmarks.browser import CHROMIUM, SWITCHES
from cgplab.dashboard import page as dashboard_page
from cgplab.dashboard.server import SAFE
from cgplab.running import Request, plan, run_all
from cgplab.store import State, Status, Store
from tests.ui.crashes import CRASHES, run_again_after_a_crash, tell_crashes
from tests.waiting import MILLISECONDS, SECONDS, until

try:
    from playwright.sync_api import expect, sync_playwright
except ImportError:
    expect = sync_playwright = None


def pytest_runtest_protocol(item, nextitem):
    return run_again_after_a_crash(item, nextitem)


def pytest_terminal_summary(terminalreporter):
    tell_crashes(terminalreporter)


class Site:
    """The dashboard as the tests serve it, over whatever store a test needs."""

    def __init__(self):
        self.store = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.server = pn.serve(
            {"/": self._page}, port=port, address="127.0.0.1", threaded=True, show=False, title="cgplab", verbose=False,
            unused_session_lifetime_milliseconds=3000, check_unused_sessions_milliseconds=500,
            websocket_origin=f"127.0.0.1:{port}", **SAFE,
        )  # fmt: skip
        until(self._answers, "the dashboard answers")

    def _answers(self):
        try:
            urllib.request.urlopen(f"{self.url}/favicon.ico", timeout=SECONDS)
        except OSError as error:
            return getattr(error, "code", None) is not None
        return True

    def _page(self):
        return dashboard_page(self.store)


@pytest.fixture(scope="session")
def browsers(tmp_path_factory):
    """Starts Chromium; a test gets a running one even if an earlier test's has crashed as a whole."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine; install Debian's to run the browser tests")
    if sync_playwright is None:
        pytest.skip("the package playwright is not installed; it comes with cgplab[dev]")
    expect.set_options(timeout=MILLISECONDS)
    running = []

    def start(playwright):
        if not running or not running[-1].is_connected():
            CRASHES.log = tmp_path_factory.mktemp("chromium") / "chromium.log"
            args = [*SWITCHES, "--enable-logging", f"--log-file={CRASHES.log}"]
            new = playwright.chromium.launch(executable_path=CHROMIUM, args=args, timeout=MILLISECONDS)
            new.on("disconnected", lambda: CRASHES.add("the browser ended") if running else None)
            running.append(new)
        return running[-1]

    with sync_playwright() as playwright:
        start(playwright)
        yield lambda: start(playwright)
        last = running.pop()
        running.clear()
        last.close()


@pytest.fixture
def browser(browsers):
    return browsers()


@pytest.fixture(scope="session")
def served(browsers):
    site = Site()
    yield site
    site.server.stop()


@pytest.fixture
def site(served, tmp_path):
    """The dashboard over an empty store; set ``site.store`` for another."""
    served.store = Store(tmp_path / "store")
    return served


class Complaints(logging.Handler):
    """Errors of the server, which a browser does not see."""

    LOGGERS = ("tornado.application", "bokeh", "panel")

    def __init__(self):
        super().__init__(logging.ERROR)
        self.heard = []

    def emit(self, record):
        if not _of_a_page_that_is_gone(record):
            self.heard.append(record.getMessage())

    def __enter__(self):
        for name in self.LOGGERS:
            logging.getLogger(name).addHandler(self)
        return self

    def __exit__(self, *_):
        for name in self.LOGGERS:
            logging.getLogger(name).removeHandler(self)


def _of_a_page_that_is_gone(record):
    """Whether Bokeh tells that it still had messages of a closed page before it, as a busy server has."""
    error = record.exc_info and record.exc_info[1]
    if not isinstance(error, AssertionError):
        return False
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.filename.endswith("bokeh/server/connection.py") and last.name == "session"


@pytest.fixture
def open_page(browser, site):
    """Open the dashboard in a context of its own; afterwards nothing may have gone wrong in any, nor in the server."""
    contexts, outside, errors = [], [], []

    def opened(query="", width=1280, height=900):
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        context.set_default_timeout(MILLISECONDS)
        CRASHES.watch(context)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith((site.url, "data:", "blob:")) else outside.append(r.url))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{site.url}/?{query}")
        page.get_by_role("button", name="Statistics").wait_for()
        return page

    with Complaints() as complaints:
        yield opened
        for context in contexts:
            context.close()
    assert outside == []
    assert errors == []
    assert complaints.heard == []


def stored(store, n):
    """A store with ``n`` runs as they look when finished, without having searched."""
    manifests = plan(Request("lenet5-qat", "layer_bypass", [0.0, 1.0, 5.0, 11.0]))
    store.check_writable()
    for index in range(n):
        base = manifests[index % 4]
        manifest = replace(base, id=str(ULID()), seed=1 + index // 4, layer=("conv1", "conv2", "fc1")[index % 3])
        state = State.FAILED if index % 10 == 9 else State.FINISHED
        status = Status(
            state, updated=manifest.created, reason="time limit", generation=1000 + 7 * index, seconds=1.5,
            error=index % (manifest.threshold + 1), energy=index * 1e-6 / (1 + manifest.strategy), area=40.0 + index,
            delay=0.02, depth=3, gate_count=20 + index % 50,
        )  # fmt: skip
        directory = store.runs_directory / manifest.id
        directory.mkdir()
        (directory / "manifest.json").write_text(json.dumps(asdict(manifest)))
        (directory / "status.json").write_text(json.dumps(asdict(status)))


def carried_out(store, **changes):
    """A store with a few real, short runs."""
    request = Request(
        "lenet5-qat",
        "single_filter",
        [0.0, 5.0],
        grids=["5x5"],
        runs=2,
        generations=4000,
        parameters={"layer": "conv2"},
    )
    runs = store.create_all(plan(replace(request, **changes)))
    run_all(runs, lambda *_: None)
    return runs
