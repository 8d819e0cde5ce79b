"""The study in view: which one, how much of it is there, and a way to another."""

from typing import Any

import panel as pn
import param

from cgplab.dashboard.address import Address
from cgplab.dashboard.theme import ON_HEADER, WIDGET, text
from cgplab.dashboard.watcher import Watching
from cgplab.errors import InputError
from cgplab.markup import Markup, html
from cgplab.store import Store
from cgplab.study.document import EVERYTHING
from cgplab.study.kept_scopes import KeptScopes
from cgplab.study.library import Library
from cgplab.study.scope import Scope
from cgplab.words import counted

_PERIOD = 2.0
"""Seconds between two looks at the store."""


class StudyChip(pn.viewable.Viewer):
    """Chooser of studies and the progress of the one in view.

    Parameters
    ----------
    store : Store
    address : Address
        Holds the study.

    Attributes
    ----------
    problem : str
        Why the study in view cannot be shown; empty where it can.
    """

    problem = param.String("")

    def __init__(self, store: Store, address: Address, **params: Any) -> None:
        super().__init__(**params)
        self._library, self._kept, self._address = Library(store), KeptScopes.of(store), address
        self._choose = pn.widgets.Select(
            label="Study", options={}, sizing_mode="stretch_width", margin=(0, 2), stylesheets=[WIDGET, ON_HEADER],
            styles={"flex": "0 1 230px", "min-width": "120px"},
        )  # fmt: skip
        self._said = text(sizing_mode=None, styles={"min-width": "0"}, margin=(0, 6), align="center")
        self._following = False
        self.look()
        self._choose.param.watch(self._chosen, "value")
        address.param.watch(lambda *_: self.look(), "study")
        self.watching = Watching(store, self._tell, address, "", _PERIOD)
        self.watching.watch(self._kept)

    def _chosen(self, event: Any) -> None:
        if not self._following:
            self._address.look_at(event.new)

    def look(self) -> None:
        """Show the studies that there are now, and how far the one in view has come."""
        self._kept.look()
        self._tell()

    def _tell(self) -> None:
        """Show what the last look at the store found, whoever looked."""
        study, problem = self._address.study, ""
        try:
            self._offer(self._library.names(), list(self._library.sealed()))
            self._said.object = _progress(self._kept.last_scope(study), study)
        except InputError as error:
            problem = str(error)
            self._said.object = _line("⚠ cannot be shown", problem)
        self.problem = problem

    def _offer(self, own: list[str], sealed: list[str]) -> None:
        options = {
            "Latest study or batch": "",
            **{f"Study {name}": name for name in own},
            **{f"Sealed: {name}": name for name in sealed},
            "All runs": EVERYTHING,
        }
        if self._address.study not in options.values():
            options[f"Study {self._address.study}"] = self._address.study
        self._following = True
        try:
            self._choose.param.update(options=options, value=self._address.study)
        finally:
            self._following = False

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Row(
            self._choose, self._said, css_classes=["of-study"], sizing_mode="stretch_width", margin=0,
            styles={"justify-content": "flex-end", "align-items": "center"},
        )  # fmt: skip


def _progress(scope: Scope, study: str) -> Markup:
    """How much of a scope is there, in a few words."""
    found = scope.completeness
    if found is None:
        n = len(scope.table.rows)
        of_batch = "batch of " if n and not study and not scope.name else ""
        return _line(f"{of_batch}{counted(n, 'run')}", f"{scope.title}: {counted(n, 'run')}")
    tally, cells = found.tally(), found.design.cells
    missing = sum(found.tally([cell]).done < len(cell.seeds) for cell in cells)
    words = [f"{missing:,} of {counted(len(cells), 'cell')} incomplete" if missing else f"✓ {counted(tally.n, 'run')}"]
    words += [f"{n:,} {stage}" for stage, n in (("running", tally.running), ("failed", tally.failed)) if n]
    named = "" if study == scope.name else f"{scope.name}: "  # the chooser does not tell which is the latest
    return _line(f"{named}{', '.join(words)}", f"{scope.title}: {tally.done:,} of {counted(tally.n, 'run')} done")


def _line(words: str, title: str) -> Markup:
    return html("<span class='where' title='{}'>{}</span>", title, words)
