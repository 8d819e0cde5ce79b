"""Take the pictures of docs/dashboard.md: ``python -m tests.ui.screenshots DIRECTORY``."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.browser import CHROMIUM, SWITCHES
from cgplab.store import Store
from cgplab.study.sealed_studies import example_studies, opened
from tests.ui.conftest import Site
from tests.waiting import MILLISECONDS, until

PICTURES = {
    "evolve": ("tab=evolve", 1280, 880),
    "live": ("tab=live&study=layer_bypass&runs={runs}", 1280, 1060),
    "runs-dark": ("tab=runs&study=layer_bypass&theme=dark", 1280, 900),
    "results": ("tab=results&study=layer_bypass", 1280, 900),
    "statistics-dark": ("tab=statistics&study=kernels&theme=dark", 1280, 1120),
    "phone": ("tab=live&study=layer_bypass&runs={runs}", 390, 1100),
}
"""Address, width and height of each picture."""


def main(directory: Path) -> None:
    """Take all pictures, over an empty store and the example studies."""
    shown = [run.id for run in opened(example_studies()["layer_bypass"]).runs() if run.manifest.wiring == "nearest"]
    runs = ",".join(shown[:: max(1, len(shown) // 6)][:6])
    directory.mkdir(parents=True, exist_ok=True)
    site = Site()
    with tempfile.TemporaryDirectory() as temporary:
        # The page tells the paths of studies; readers need not see this machine's.
        os.chdir(temporary)
        studies = Path("store", "studies")
        studies.mkdir(parents=True)
        for path in example_studies().values():
            shutil.copy(path, studies)
        site.store = Store(Path("store"))
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
    main(Path(sys.argv[1]).resolve())
