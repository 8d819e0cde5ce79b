"""Pages of Chromium that crash: the test is carried out once more, and every crash is told with the browser's log."""

from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

PROPERTY = "crash of Chromium"
_LINES = 40


class Crashes:
    """Crashes of the test that is going on.

    Attributes
    ----------
    log : Path or None
        Where the present browser writes its log.
    """

    def __init__(self) -> None:
        self.log: Path | None = None
        self._seen: list[str] = []

    def watch(self, context) -> None:
        """Count the crashes of a context's pages."""
        context.on("page", lambda page: page.on("crash", lambda _: self.add(f"the page {page.url} crashed")))

    def add(self, what: str) -> None:
        """Remember one, with the end of the log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log and self.log.is_file() else []
        self._seen.append("\n".join([what, *lines[-_LINES:]]))

    def taken(self) -> list[str]:
        """What has been remembered, which is forgotten."""
        seen, self._seen = self._seen, []
        return seen


CRASHES = Crashes()


def run_again_after_a_crash(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Carry out a test, and once more if it failed and Chromium crashed; a hook's ``pytest_runtest_protocol``."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    CRASHES.taken()
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    crashes = CRASHES.taken()
    if crashes and any(report.failed for report in reports):
        item._initrequest()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        crashes += CRASHES.taken()
    for report in reports:
        if report.when == "teardown":
            report.user_properties += [(PROPERTY, crash) for crash in crashes]
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def tell_crashes(terminalreporter) -> None:
    """Their number and logs, in the summary of all tests."""
    told = [
        (report.nodeid, text)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "teardown"
        for name, text in report.user_properties
        if name == PROPERTY
    ]
    if told:
        terminalreporter.section(f"Chromium crashed {len(told)} time(s)", yellow=True)
        for test, text in told:
            terminalreporter.line(f"{test}: {text}")
