"""What many open dashboards cost: ``python -m benchmarks.sessions [--sessions N] [--seconds S] [--think S]``.

One server with a store of 2,500 runs serves many sessions that speak its protocol but draw nothing, as if their
browsers ran on other machines. First, all sessions show Runs and nobody clicks: the server's CPU time is the cost of
watching. Then each user repeatedly pauses (exponentially distributed) and clicks; the time until the server has
answered is measured. One more user does the same in Chromium on this machine; there, the time until the result is
visible is measured. Server, sessions and Chromium share the machine's cores.
"""

import argparse
import asyncio
import os
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable
from pathlib import Path

import numpy as np
import psutil
from playwright.async_api import Page, async_playwright

from benchmarks.browser import CHROMIUM, SWITCHES
from benchmarks.dashboard import served
from benchmarks.protocol_session import ProtocolSession
from benchmarks.synthetic_store import fill
from cgplab.store import Store

RUNS = 2500
SHOWN = {"Runs": f"of {RUNS:,} runs", "Live": "Best circuit", "Statistics": "Average ranks", "Evolve": "3 · Preview"}
"""Text that is on the page once a view is shown."""
FILTERS = {f"strategy={s}": f"{RUNS // 4:,} of {RUNS:,} runs" for s in (0, 1, 5, 11)}
_NAVIGATION = ["Evolve", "Live", "Runs", "Results", "Statistics"]
_AT_RUNS = {"tab": "runs", "response": "energy"}
_TIMES_AS_OFTEN = 10
"""The browser's user pauses for a fraction 1/N of the others' time, to give enough clicks for a percentile."""
Waits = dict[str, list[float]]


class Client:
    """A user whose browser runs elsewhere: a click ends when the server has answered."""

    def __init__(self, session: ProtocolSession) -> None:
        self.session = session
        self._navigation = session.model(labels=_NAVIGATION)
        self._filter = session.model(placeholder="e.g. conv2 finished strategy=5")

    async def go_to(self, view: str) -> None:
        """Ask for a view."""
        await self.session.change(self._navigation, "active", _NAVIGATION.index(view))

    async def filter(self, words: str) -> None:
        """Ask for the runs that meet conditions."""
        await self.session.change(self._filter, "value", words)


class Tab:
    """A user at a browser on this machine: a click ends when the result is visible."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def go_to(self, view: str) -> None:
        """Ask for a view."""
        await self._page.get_by_role("button", name=view, exact=True).click()
        await self._page.get_by_text(SHOWN[view]).locator("visible=true").first.wait_for()

    async def filter(self, words: str) -> None:
        """Ask for the runs that meet conditions."""
        field = self._page.get_by_label("Filter")
        await field.fill(words)
        await field.press("Enter")
        told = FILTERS.get(words, f"{RUNS:,} of {RUNS:,} runs")
        await self._page.get_by_text(re.compile(f"^{told}")).first.wait_for()


async def use(user: Client | Tab, seconds: float, think: float, moments: random.Random, waits: Waits) -> None:
    """Pause and click in turn for ``seconds``; add the duration of each click, in seconds, to ``waits``."""
    end, seen, at, words = time.monotonic() + seconds, {"Runs"}, "Runs", ""

    async def measure(what: str, click: Awaitable[None]) -> None:
        begun = time.perf_counter()
        await click
        waits[what].append(time.perf_counter() - begun)

    while True:
        pause = moments.expovariate(1 / think)
        if time.monotonic() + pause > end:
            return
        await asyncio.sleep(pause)
        if moments.random() < 0.5:
            at = moments.choice([other for other in SHOWN if other != at])
            await measure(f"{'back' if at in seen else 'for the first time'} to {at}", user.go_to(at))
            seen.add(at)
        else:
            if at != "Runs":
                await user.go_to("Runs")
                at = "Runs"
            words = moments.choice([other for other in (*FILTERS, "") if other != words])
            await measure(f"filter {RUNS:,} runs", user.filter(words))


def processor_seconds(process: psutil.Process) -> float:
    """User and system time of a process so far."""
    times = process.cpu_times()
    return times.user + times.system


def table(waits: Waits) -> str:
    """Waiting times as a Markdown table."""
    lines = ["| | clicks | median (s) | p95 (s) | longest (s) |", "| --- | ---: | ---: | ---: | ---: |"]
    every = [took for found in waits.values() for took in found]
    for what, found in (*sorted(waits.items()), ("all", every)):
        median, p95 = np.quantile(found, (0.5, 0.95))
        lines.append(f"| {what} | {len(found)} | {median:.2f} | {p95:.2f} | {max(found):.2f} |")
    return "\n".join(lines)


async def measure(address: str, sessions: int, seconds: float, think: float) -> None:
    """Print what the sessions cost, and both tables."""
    server = next(child for child in psutil.Process().children() if "dashboard" in child.cmdline())
    begun = processor_seconds(server)
    users = [Client(await ProtocolSession.open(address, **_AT_RUNS)) for _ in range(sessions)]
    print(f"{sessions} sessions opened: {(processor_seconds(server) - begun) / sessions:.2f} CPU-s each, "
          f"{server.memory_info().rss / 2**20:.0f} MB of the server", flush=True)  # fmt: skip
    await asyncio.sleep(5)
    begun = processor_seconds(server)
    await asyncio.sleep(seconds / 2)
    idle = (processor_seconds(server) - begun) / seconds * 2
    print(f"idle for {seconds / 2:.0f} s: {idle:.3f} of a core", flush=True)
    answered: Waits = defaultdict(list)
    seen: Waits = defaultdict(list)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        await page.goto(f"{address}?{'&'.join(f'{name}={value}' for name, value in _AT_RUNS.items())}")
        await page.get_by_text(SHOWN["Runs"]).first.wait_for()
        begun, clock = processor_seconds(server), time.monotonic()
        await asyncio.gather(
            use(Tab(page), seconds, think / _TIMES_AS_OFTEN, random.Random("browser"), seen),
            *(use(user, seconds, think, random.Random(number), answered) for number, user in enumerate(users)),
        )
        spent = (processor_seconds(server) - begun) / (time.monotonic() - clock)
        await browser.close()
    memory = server.memory_info().rss / 2**20
    print(f"\n{sessions} users pausing {think:g} s on average between clicks, and one in Chromium pausing "
          f"{think / _TIMES_AS_OFTEN:g} s; server {spent:.2f} of a core, {memory:.0f} MB")  # fmt: skip
    print(f"\ntime until the server answered ({sessions} sessions):\n\n{table(answered)}")
    print(f"\ntime until the result was visible (Chromium):\n\n{table(seen)}")
    for user in users:
        user.session.close()


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the users click")
    parser.add_argument("--think", type=float, default=20.0, help="seconds between clicks of one user, on average")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "store")
        fill(store, RUNS, 10)
        with served(store) as address:
            asyncio.run(measure(address, asked.sessions, asked.seconds, asked.think))
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
