"""What many open dashboards cost: ``python -m benchmarks.sessions [--pages N] [--seconds S] [--think S]``.

Pages of one Chromium, each a session of its own, over one server with a store of 2,500 runs. First all show Runs and
nobody does anything: the server's CPU time tells what watching costs. Then every page's user thinks for a while
(exponentially distributed) and clicks, again and again: how long until what was asked for is shown? Browser and server
share the machine's cores, so the waits hold the drawing of all pages too.
"""

import argparse
import asyncio
import os
import random
import re
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from playwright.async_api import Browser, Page, async_playwright

from benchmarks.browser import CHROMIUM, SWITCHES
from benchmarks.dashboard import served
from benchmarks.synthetic_store import fill
from cgplab.store import Store

RUNS = 2500
SHOWN = {"Runs": f"of {RUNS:,} runs", "Live": "Best circuit", "Statistics": "Average ranks", "Evolve": "3 · Preview"}
"""What tells that a view is there."""
FILTERS = {f"strategy={s}": f"{RUNS // 4:,} of {RUNS:,} runs" for s in (0, 1, 5, 11)}


async def opened(browser: Browser, address: str) -> Page:
    """A page that shows the table of runs."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)
    page = await context.new_page()
    await page.goto(f"{address}?tab=runs&response=energy")
    await page.get_by_text(SHOWN["Runs"]).first.wait_for()
    return page


async def click(page: Page, moments: random.Random) -> tuple[str, float]:
    """Ask for something else than what is shown; what it was, and the seconds until it is there."""
    if moments.random() < 0.5:
        name = moments.choice(list(SHOWN))
        begun = time.perf_counter()
        await page.get_by_role("button", name=name, exact=True).click()
        await page.get_by_text(SHOWN[name]).first.wait_for()
        return f"go to {name}", time.perf_counter() - begun
    await page.get_by_role("button", name="Runs", exact=True).click()
    field = page.get_by_label("Filter")
    await field.wait_for()
    there = await field.input_value()
    words = moments.choice([words for words in FILTERS if words != there])
    await field.fill("")
    await field.press("Enter")
    await page.get_by_text(re.compile(rf"^{RUNS:,} of {RUNS:,} runs")).first.wait_for()
    await field.fill(words)
    begun = time.perf_counter()
    await field.press("Enter")
    await page.get_by_text(FILTERS[words]).first.wait_for()
    return f"filter {RUNS:,} runs", time.perf_counter() - begun


async def use(page: Page, seconds: float, think: float, moments: random.Random) -> list[tuple[str, float]]:
    """Click after every pause, until so many seconds have passed."""
    end, waits = time.monotonic() + seconds, []
    await asyncio.sleep(moments.expovariate(1 / think))
    while time.monotonic() < end:
        waits.append(await click(page, moments))
        await asyncio.sleep(moments.expovariate(1 / think))
    return waits


def processor_seconds(process: psutil.Process) -> float:
    """User and system time of a process so far."""
    times = process.cpu_times()
    return times.user + times.system


async def measure(pages: int, seconds: float, think: float) -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as place:
        store = Store(Path(place) / "store")
        fill(store, RUNS, 10)
        with served(store) as address:
            server = next(c for c in psutil.Process().children() if "dashboard" in c.cmdline())
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
                begun = processor_seconds(server)
                found = [await opened(browser, address) for _ in range(pages)]
                print(f"{pages} pages opened: {(processor_seconds(server) - begun) / pages:.2f} CPU-s each, "
                      f"{server.memory_info().rss / 2**20:.0f} MB of the server")  # fmt: skip
                await asyncio.sleep(10)
                begun = processor_seconds(server)
                await asyncio.sleep(seconds)
                idle = (processor_seconds(server) - begun) / seconds
                print(f"idle for {seconds:.0f} s: {idle:.3f} of a core")
                for shown in ("first", "again"):
                    begun, clock = processor_seconds(server), time.monotonic()
                    users = (use(page, seconds, think, random.Random(f"{shown} {n}")) for n, page in enumerate(found))
                    waits = [wait for user in await asyncio.gather(*users) for wait in user]
                    spent = (processor_seconds(server) - begun) / (time.monotonic() - clock)
                    print(f"\n{shown}: a click after {think:g} s of thinking on average; server {spent:.2f} of a core")
                    print("\n| | clicks | median (s) | p95 (s) | longest (s) |\n| --- | ---: | ---: | ---: | ---: |")
                    for what in (*sorted({name for name, _ in waits}), "all"):
                        values = np.array([took for name, took in waits if what in (name, "all")])
                        median, p95 = np.quantile(values, (0.5, 0.95))
                        print(f"| {what} | {len(values)} | {median:.2f} | {p95:.2f} | {values.max():.2f} |")
                await browser.close()
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each part")
    parser.add_argument("--think", type=float, default=20.0, help="seconds between clicks of one user, on average")
    asked = parser.parse_args()
    asyncio.run(measure(asked.pages, asked.seconds, asked.think))


if __name__ == "__main__":
    main()
