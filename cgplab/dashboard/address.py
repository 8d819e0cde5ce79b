"""What a page shows, kept in its URL: reload or share it and see the same."""

from collections.abc import Iterable, Sequence
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
    study : str
        Study in view: a name, ``all``, or, empty, the study or batch that was worked on last.
    batch : str
        Batch that is shown live, whole or in part.
    runs : str
        Ids of the runs shown live, separated by commas; empty: those of the batch.
    run : str
        Id of the run whose circuit is shown.
    filters : str
        Filter of the table of runs: text that must occur in a row.
    where : str
        Conditions on the runs of figures and tests, see :func:`cgplab.analysis.where`, quoted as in a shell.
    figure : str
        Figure that is shown.
    part : str
        Which of several experiments it shows; empty: the first.
    response, factor, block, posthoc, alpha : str
        What is compared; empty: what the view begins with.
    hidden : bool
        Whether the browser shows another page in front of this one; not part of the URL.
    """

    tab: Any = param.Selector(default="evolve", objects=list(VIEWS))
    study = param.String("")
    batch = param.String("")
    runs = param.String("")
    run = param.String("")
    filters = param.String("")
    where = param.String("")
    figure = param.String("")
    part = param.String("")
    response = param.String("")
    factor = param.String("")
    block = param.String("")
    posthoc = param.String("")
    alpha = param.String("")
    hidden = param.Boolean(False)

    _heard = _writing = False
    _ties: "Sequence[tuple[Address, Any]]" = ()

    def shows(self, tab: str) -> bool:
        """Whether somebody may see this view now; ``""`` is what all views have above them."""
        return tab in ("", self.tab) and not self.hidden

    def follow_url(self) -> None:
        """Take what the page's URL says now, and keep both in step from here on.

        Panel's own ``Location.sync`` reads a text of digits as a number; ids and filters are texts.
        """
        location = pn.state.location
        if location is None:
            return
        if location.search:
            self._read(location)
        begun = location.search
        self.param.watch(lambda *_: self._write(location), list(_DEFAULTS))
        location.param.watch(lambda *_: self._hear(location, begun), "search")

    def _hear(self, location: Any, begun: str) -> None:
        """Take what the browser says, but for its first word: the URL it came with, from before this page was made."""
        if self._writing:
            return
        first, self._heard = not self._heard, True
        if first and location.search == begun:
            self._write(location)
        else:
            self._read(location)

    def _read(self, location: Any) -> None:
        found = dict(_pairs(location))
        said: dict[str, Any] = {name: found.get(name, default) for name, default in _DEFAULTS.items()}
        said["tab"] = found.get("tab", self.tab)
        if said["tab"] not in VIEWS:
            said["tab"] = _DEFAULTS["tab"]
        self.param.update(**said)

    def _write(self, location: Any) -> None:
        others = [(name, value) for name, value in _pairs(location) if name not in _DEFAULTS]
        own = [
            (name, str(getattr(self, name)))
            for name, default in _DEFAULTS.items()
            if name == "tab" or getattr(self, name) != default
        ]
        search = urlencode(others + own, safe=",")
        search = f"?{search}" if search else ""
        if search != location.search:
            self._writing = True
            try:
                location.search = search
            finally:
                self._writing = False

    def look_at(self, study: str, batch: str = "") -> None:
        """Have a study in view as it was planned, and of its batches the one named."""
        self.param.update({**dict.fromkeys(_OF_STUDY, ""), "study": study, "batch": batch})

    def branch(self) -> "Address":
        """The same address for views that are dropped one day: each follows the other until :meth:`cut`."""
        names = [*_NAMES, "hidden"]
        other = Address(**{name: getattr(self, name) for name in names})

        def follow(*events: Any) -> None:
            if other._ties:  # or it was cut after the change, before its turn came
                other.param.update(_now(self, events))

        # After the page, which may cut the branch instead.
        down = self.param.watch(follow, names, precedence=1)
        up = other.param.watch(lambda *events: self.param.update(_now(other, events)), names)
        other._ties = ((self, down), (other, up))
        return other

    def cut(self) -> None:
        """Follow the address that this is a branch of no more, nor lead it."""
        for address, watcher in self._ties:
            address.param.unwatch(watcher)
        self._ties = ()

    def show(self, batch: str = "", runs: tuple[str, ...] = ()) -> None:
        """Go to the live view of a batch or of some runs."""
        focus = runs[0] if runs else ""
        self.param.update(batch=batch, runs=",".join(runs[:MOST_COMPARED]), run=focus, tab="live")


def _now(address: Address, events: Iterable[Any]) -> dict[str, Any]:
    """What has changed, as it is by now: whoever heard of it first may have changed more."""
    return {event.name: getattr(address, event.name) for event in events}


def _pairs(location: Any) -> list[tuple[str, str]]:
    """Names and values of a URL; half characters, which no page can be sent, are replaced."""
    return parse_qsl(location.search.removeprefix("?").encode(errors="replace").decode())


_NAMES = (
    "tab",
    "study",
    "batch",
    "runs",
    "run",
    "filters",
    "where",
    "figure",
    "part",
    "response",
    "factor",
    "block",
    "posthoc",
    "alpha",
)
_OF_STUDY = tuple(name for name in _NAMES if name not in ("tab", "study", "figure"))
"""What means nothing in another study."""
_DEFAULTS: dict[str, Any] = {name: Address.param[name].default for name in _NAMES}
