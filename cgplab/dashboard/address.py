"""What a page shows, kept in its URL: reload or share it and see the same."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import panel as pn
import param

VIEWS: tuple[str, ...] = ("evolve", "live", "runs", "results", "statistics")
MOST_COMPARED = 12
"""Runs that fit into one plot."""


class Address(param.Parameterized):
    """State of one page.

    Attributes
    ----------
    tab : one of :data:`VIEWS`
    batch : str
        Batch that is shown live, whole or in part.
    runs : str
        Ids of the runs shown live, separated by commas; empty: those of the batch.
    run : str
        Id of the run whose circuit is shown.
    filters : str
        Filter of the table of runs: text that must occur in a row.
    where : str
        Conditions on the runs of figures and tests, see :func:`cgplab.analysis.where`, separated by blanks.
    figure : str
        Figure that is shown.
    response, factor, block : str
        What is compared; empty: what the view begins with.
    demo : bool
        Whether the shipped example runs are shown instead of the user's store.
    hidden : bool
        Whether the browser shows another page in front of this one; not part of the URL.
    """

    tab: Any = param.Selector(default="evolve", objects=list(VIEWS))
    batch = param.String("")
    runs = param.String("")
    run = param.String("")
    filters = param.String("")
    where = param.String("")
    figure = param.String("")
    response = param.String("")
    factor = param.String("")
    block = param.String("")
    demo = param.Boolean(False)
    hidden = param.Boolean(False)

    def shows(self, tab: str) -> bool:
        """Whether somebody may see this view now."""
        return bool(self.tab == tab) and not self.hidden

    def follow_url(self) -> None:
        """Take what the page's URL says now, and keep both in step from here on.

        Panel's own ``Location.sync`` reads a text of digits as a number; ids and filters are texts.
        """
        location = pn.state.location
        if location is None:
            return
        if location.search:
            self._read(location)
        self.param.watch(lambda *_: self._write(location), list(_DEFAULTS))
        location.param.watch(lambda *_: self._read(location), "search")

    def _read(self, location: Any) -> None:
        found = dict(parse_qsl(location.search.removeprefix("?")))
        said: dict[str, Any] = {name: found.get(name, default) for name, default in _DEFAULTS.items()}
        said["tab"] = found.get("tab", self.tab)
        said["demo"] = str(said["demo"]).lower() == "true"
        if said["tab"] not in VIEWS:
            said["tab"] = _DEFAULTS["tab"]
        self.param.update(**said)

    def _write(self, location: Any) -> None:
        others = [
            (name, value) for name, value in parse_qsl(location.search.removeprefix("?")) if name not in _DEFAULTS
        ]
        own = [
            (name, str(getattr(self, name)))
            for name, default in _DEFAULTS.items()
            if name == "tab" or getattr(self, name) != default
        ]
        search = urlencode(others + own, safe=",")
        search = f"?{search}" if search else ""
        if search != location.search:
            location.search = search

    def show(self, batch: str = "", runs: tuple[str, ...] = ()) -> None:
        """Go to the live view of a batch or of some runs."""
        focus = runs[0] if runs else ""
        self.param.update(batch=batch, runs=",".join(runs[:MOST_COMPARED]), run=focus, tab="live")


_NAMES = ("tab", "batch", "runs", "run", "filters", "where", "figure", "response", "factor", "block", "demo")
_DEFAULTS: dict[str, Any] = {name: Address.param[name].default for name in _NAMES}
