"""Take the pictures of docs/dashboard.md: ``python -m tests.ui.screenshots DIRECTORY [STORE]``."""

import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.browser import CHROMIUM, SWITCHES
from cgplab.running.examples import example_store
from cgplab.store import Store
from tests.ui.conftest import Site
from tests.waiting import MILLISECONDS, until

_EVOLVED = "selection=layer_bypass method=evolve"
PICTURES = {
    "evolve": ("tab=evolve", 1280, 880),
    "live": ("tab=live&runs={runs}", 1280, 1000),
    "runs-dark": ("tab=runs&filters=layer_bypass&theme=dark", 1280, 900),
    "results": ("tab=results&figure=missing_weights&where=selection=grid_size,single_filter strategy=0,1,5", 1280, 800),
    "statistics-dark": (
        f"tab=statistics&response=energy&factor=wiring&theme=dark&where={_EVOLVED}",
        1280,
        1120,
    ),
    "phone": ("tab=live&runs={runs}", 390, 1100),
}
"""Address, width and height of each picture."""


def main(directory: Path, store: Store) -> None:
    """Take all pictures of a store that holds runs of layer_bypass."""
    shown = [
        run.id for run in store.runs() if run.manifest.selection == "layer_bypass" and run.manifest.wiring == "nearest"
    ]
    runs = ",".join(shown[:: max(1, len(shown) // 6)][:6])
    directory.mkdir(parents=True, exist_ok=True)
    site = Site()
    with tempfile.TemporaryDirectory() as temporary:
        # The page tells the store's path; readers need not see this machine's.
        os.chdir(temporary)
        Path("examples").symlink_to(store.root.resolve())
        site.store = Store(Path("examples"))
        _take(site, directory, runs)
    site.server.stop()


def _take(site: Site, directory: Path, runs: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for name, (query, width, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{site.url}/?{query.format(runs=runs)}")
            page.get_by_role("button", name="Statistics").wait_for(timeout=MILLISECONDS)
            page.wait_for_load_state("networkidle")
            # Plots settle; that the last one has been painted is told by pictures that are alike.
            until(lambda page=page: page.screenshot() == page.screenshot(), "the page settles")
            path = directory / f"{name}.png"
            page.screenshot(path=path)
            page.close()
            Image.open(path).convert("RGB").save(path, optimize=True)
            print(path, path.stat().st_size // 1024, "KB")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Store(Path(sys.argv[2])) if len(sys.argv) > 2 else example_store())
