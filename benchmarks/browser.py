"""The browser that tests and benchmarks of the dashboard use: Debian's chromium, which may not call home."""

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers give /dev/shm 64 MB, and a page that finds it full crashes
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
