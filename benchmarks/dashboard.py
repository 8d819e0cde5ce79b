"""How long the dashboard lets one wait: ``python -m benchmarks.dashboard``.

The server is a process of its own, as ``cgplab dashboard`` starts it; the browser is Chromium without a window.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import CHROMIUM, SWITCHES
from benchmarks.synthetic_store import fill
from cgplab.store import Run, Store
from cgplab.store.status import HEARTBEAT_SECONDS

MANY = 3000
GOALS = {
    "Start, until running": 1.0,
    "Start, until points grow in Live": 5.0,
    "SIGKILL, until crashed": 2 * HEARTBEAT_SECONDS,
    f"filter {MANY:,} runs": 1.0,
    f"sort {MANY:,} runs": 1.0,
}
"""Seconds, where there is a goal."""
VIEWS = {
    "Live": "Best circuit",
    "Runs": "24 of 24 runs",
    "Results": "rows shown",
    "Statistics": "Average ranks",
    "Evolve": "3 · Preview",
}
"""What tells that a view is there."""


_POINTS = re.compile(r"^([2-9]|[1-9][\d,]+) points")
"""More than the one that every run begins with."""


class Waits:
    """Seconds waited for each thing, in the order in which they were first seen."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def measure(self, what: str, until: Callable[[], object], since: float | None = None) -> None:
        """Wait, and note how long that was; ``since`` is an earlier beginning."""
        begun = time.perf_counter() if since is None else since
        until()
        self.seconds[what].append(time.perf_counter() - begun)

    def table(self) -> str:
        """Markdown."""
        lines = ["| | median (s) | longest (s) | goal (s) |", "| --- | ---: | ---: | ---: |"]
        for what, waits in self.seconds.items():
            goal = f"{GOALS[what]:g}" if what in GOALS else "–"
            lines.append(f"| {what} | {median(waits):.2f} | {max(waits):.2f} | {goal} |")
        return "\n".join(lines)


@contextmanager
def served(store: Store) -> Iterator[str]:
    """Address of a dashboard over a store."""
    command = [sys.executable, "-u", "-m", "cgplab", "dashboard", "--port", "0", "--store", str(store.root)]
    log = store.root.with_suffix(".log")  # a pipe that nobody reads would block the server once it is full
    with log.open("w") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            while (found := re.search(r"http://\S+/", log.read_text())) is None:
                if process.poll() is not None:
                    raise SystemExit(log.read_text())
                time.sleep(0.05)
            yield found.group()
        finally:
            process.terminate()
    for line in log.read_text().splitlines():
        if "ERROR" in line or "Traceback" in line:
            print(line)


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """Page of a browser that has seen nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def _there(page: Page, words: Any) -> None:
    page.get_by_text(words).first.wait_for()


def load_and_switch(browser: Browser, address: str, waits: Waits) -> None:
    """Open the page, then go through the views, each seen for the first time by this session."""
    begun = time.perf_counter()
    with opened(browser, f"{address}?figure=missing_weights&response=energy") as page:
        start = page.get_by_role("button", name=re.compile("^Start"), disabled=False)
        waits.measure("open the page", start.wait_for, begun)
        page.wait_for_load_state("networkidle")
        for name, words in VIEWS.items():
            page.get_by_role("button", name=name, exact=True).click()
            again = " again" if name == "Evolve" else ""
            waits.measure(f"go to {name}{again}", lambda words=words: _there(page, words))  # type: ignore[misc]
            page.wait_for_timeout(500)


def start_and_kill(browser: Browser, address: str, store: Store, waits: Waits) -> None:
    """Start a run, see it grow, kill its process."""
    before = {run.id for run in store.runs()}
    with opened(browser, address) as page:
        start = page.get_by_role("button", name=re.compile("^Start"), disabled=False)
        start.wait_for()
        page.wait_for_load_state("networkidle")
        begun = time.perf_counter()
        start.click()
        waits.measure("Start, until running", lambda: _there(page, re.compile("^▶ running")), begun)
        page.get_by_role("button", name="Watch live").click()
        waits.measure("Start, until points grow in Live", lambda: _there(page, _POINTS), begun)
        (run,) = (Run(store.runs_directory / run.id) for run in store.runs() if run.id not in before)
        assert run.status.pid is not None
        os.kill(run.status.pid, signal.SIGKILL)
        crashed = page.locator(".tile .badge", has_text="crashed")
        waits.measure("SIGKILL, until crashed", crashed.wait_for)


def filter_and_sort(browser: Browser, address: str, waits: Waits) -> None:
    """Filter and sort many runs."""
    with opened(browser, f"{address}?tab=runs") as page:
        _there(page, f"{MANY:,} of {MANY:,} runs")
        page.wait_for_load_state("networkidle")
        field = page.get_by_label("Filter")
        field.fill("strategy=5")
        begun = time.perf_counter()
        field.press("Enter")
        waits.measure(f"filter {MANY:,} runs", lambda: _there(page, f"{MANY // 4:,} of {MANY:,} runs"), begun)
        field.fill("")
        field.press("Enter")
        _there(page, f"{MANY:,} of {MANY:,} runs")
        cell = page.locator(".tabulator-row .tabulator-cell[tabulator-field=energy]").first
        title = page.locator(".tabulator-col[tabulator-field=energy]")
        for _ in range(2):
            seen = cell.inner_text()
            begun = time.perf_counter()
            title.click()
            other = page.locator(".tabulator-row:first-child .tabulator-cell[tabulator-field=energy]")
            waits.measure(f"sort {MANY:,} runs", other.filter(has_not_text=seen).wait_for, begun)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    waits = Waits()
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        many, few, none = (Store(Path(place) / name) for name in ("many", "few", "none"))
        fill(many, MANY, 10)
        fill(few, 24, 100)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for store, measure in (
            (few, lambda address: load_and_switch(browser, address, waits)),
            (none, lambda address: start_and_kill(browser, address, none, waits)),
            (many, lambda address: filter_and_sort(browser, address, waits)),
        ):
            with served(store) as address:
                for _ in range(rounds):
                    measure(address)
        browser.close()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, medians of {rounds} rounds\n")
    print(waits.table())


if __name__ == "__main__":
    main()
