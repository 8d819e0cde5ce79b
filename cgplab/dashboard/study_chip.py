"""The study in view: which one, how much of it is there, and a way to another."""

from typing import Any

import panel as pn

from cgplab.analysis.run_table import RunTable
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
    """

    def __init__(self, store: Store, address: Address, **params: Any) -> None:
        super().__init__(**params)
        self._library, self._kept, self._address = Library(store), KeptScopes.of(store), address
        self._choose = pn.widgets.Select(
            label="Study", options={}, width=230, margin=(4, 2), stylesheets=[WIDGET, ON_HEADER]
        )
        self._said = text(sizing_mode=None, styles={"min-width": "0"}, margin=(9, 6))
        self._following = False
        self.look()
        self._choose.param.watch(self._chosen, "value")
        address.param.watch(lambda *_: self.look(), "study")
        self.watching = Watching(store, self.look, address, "", _PERIOD)
        self.watching.watch(RunTable.of(store))

    def _chosen(self, event: Any) -> None:
        if not self._following:
            self.choose(event.new)

    def choose(self, study: str) -> None:
        """Have another study in view, as it was planned."""
        self._address.param.update(study=study, where="", part="", response="", factor="", block="")

    def look(self) -> None:
        """Show the studies that there are now, and how far the one in view has come."""
        own = self._library.names() if self._library.store.changes else []
        options = {
            "Latest study or batch": "",
            **{f"Study {name}": name for name in own},
            **{f"Sealed: {name}": name for name in self._library.sealed()},
            "All runs": EVERYTHING,
        }
        if self._address.study not in options.values():
            options[f"Study {self._address.study}"] = self._address.study
        self._following = True
        try:
            self._choose.param.update(options=options, value=self._address.study)
        finally:
            self._following = False
        try:
            self._said.object = _progress(self._kept.scope(self._address.study))
        except InputError as error:
            self._said.object = _line(f"⚠ {error}", str(error))

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Row(self._choose, self._said, margin=0)


def _progress(scope: Scope) -> Markup:
    """How much of a scope is there, in a few words."""
    found = scope.completeness
    n = counted(len(scope.table.rows), "run")
    if found is None:
        return _line(scope.title, f"{scope.title}: {n}")
    tally, cells = found.tally(), found.design.cells
    incomplete = sum(found.tally([cell]).done < len(cell.seeds) for cell in cells)
    told = f"{incomplete:,} of {counted(len(cells), 'cell')} incomplete" if incomplete else f"✓ {n}"
    return _line(f"{scope.name}: {told}", f"{scope.title}: {tally.done:,} of {counted(tally.n, 'run')} done")


def _line(words: str, title: str) -> Markup:
    return html("<span class='where' title='{}'>{}</span>", title, words)
