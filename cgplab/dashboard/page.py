"""The whole page: navigation, views made when first looked at, and where the runs come from."""

from collections.abc import Callable
from typing import Any

import panel as pn
from panel.io.resources import get_dist_path

from cgplab.dashboard.address import VIEWS, Address
from cgplab.dashboard.evolve_view import EvolveView
from cgplab.dashboard.live_view import LiveView
from cgplab.dashboard.page_visibility import PageVisibility
from cgplab.dashboard.results_view import ResultsView
from cgplab.dashboard.runs_view import RunsView
from cgplab.dashboard.statistics_view import StatisticsView
from cgplab.dashboard.study_chip import StudyChip
from cgplab.dashboard.theme import BUTTON, NAVIGATION, card, load, row, template, text, theme_button
from cgplab.errors import InputError
from cgplab.markup import html
from cgplab.sealed import open_store
from cgplab.store import Store
from cgplab.study.kept_scopes import KeptScopes
from cgplab.study.sealed_studies import example_studies

_SEALED = "This study is sealed: it can be looked at, but not changed."
_FIRST = "mobilenet"
"""Example that is shown first where it is there."""
_TITLES = {"evolve": "Evolve", "live": "Live", "runs": "Runs", "results": "Results", "statistics": "Statistics"}


class Page(pn.viewable.Viewer):
    """Navigation and the view it points to.

    Parameters
    ----------
    store : Store, optional
        Default: the user's.
    read_only : bool
        Whether runs may only be looked at.
    tab : str
        View that is shown where the URL names none.
    """

    def __init__(self, store: Store | None = None, read_only: bool = False, tab: str = VIEWS[0], **params: Any) -> None:
        super().__init__(**params)
        self._own = store or open_store()
        self._read_only = read_only or not self._own.changes
        self.address = Address(tab=tab)
        self.address.follow_url()
        self._store = self._own
        self._views: dict[str, pn.viewable.Viewer] = {}
        # The browser keeps every opened view and hides all but one, so returning to a view does not rebuild it.
        self._places: dict[str, pn.Column] = {}
        self._navigation = pn.widgets.RadioButtonGroup(
            options={_TITLES[name]: name for name in VIEWS}, value=self.address.tab, stylesheets=[NAVIGATION],
            sizing_mode="stretch_width", margin=(0, 0, 6, 0),
        )  # fmt: skip
        self._offered: tuple[str, str, str] | None = None
        self._offer = pn.Column(sizing_mode="stretch_width", margin=0)
        self._place = pn.Column(sizing_mode="stretch_width", margin=0)
        self.where = text(sizing_mode=None, styles={"min-width": "0"})
        self.study = StudyChip(self._own, self.address)
        self._visibility = PageVisibility(width=0, height=0, margin=0)
        self._visibility.link(self.address, hidden="hidden")
        self._navigation.link(self.address, value="tab", bidirectional=True)
        self.address.param.watch(lambda *_: self._show(), "tab")
        self.address.param.watch(lambda *_: self._follow_study(), "study")
        self.address.param.watch(lambda *_: self._make_offer(), "batch")  # with runs of one's own it has done its work
        self._store = self._store_in_view()
        self._show()

    def _store_in_view(self) -> Store:
        """Store of the study in view: a sealed one has a store of its own."""
        try:
            return KeptScopes.of(self._own).scope(self.address.study).store
        except InputError:
            return self._own  # the views say what is wrong

    def _follow_study(self) -> None:
        store = self._store_in_view()
        if store is self._store or store.root == self._store.root:
            return
        for view in self._views.values():
            if isinstance(view, EvolveView | LiveView | RunsView):
                view.watching.end()
        self._views, self._places, self._store = {}, {}, store
        self.address.param.update(batch="", runs="", run="", filters="")
        self._show()

    def _show(self) -> None:
        name = self.address.tab
        if name not in self._views:
            self._views[name] = self._make(name, self._store)
            self._places[name] = pn.Column(self._views[name], sizing_mode="stretch_width", margin=0)
        self.where.object = html("<span class='where' title='{name}'>{name}</span>", name=str(self._store.root))
        self._make_offer()
        for other, place in self._places.items():
            place.visible = other == name
        shown = [*self._places.values()]
        if list(self._place) != shown:
            self._place[:] = shown

    def _make(self, name: str, store: Store) -> pn.viewable.Viewer:
        locked = self._read_only or not store.changes
        makers: dict[str, Callable[[], pn.viewable.Viewer]] = {
            "evolve": lambda: EvolveView(store, self.address, read_only=locked),
            "live": lambda: LiveView(store, self.address, read_only=locked),
            "runs": lambda: RunsView(store, self.address, read_only=locked),
            "results": lambda: ResultsView(store, self.address),
            "statistics": lambda: StatisticsView(store, self.address),
        }
        return makers[name]()

    def _make_offer(self) -> None:
        """Offer an example while there is nothing else to look at, and the way back from a sealed study."""
        offered = None
        if self._store is not self._own and not self._store.changes:
            offered = _SEALED, "My own runs", ""
        elif next(self._own.runs(), None) is None and example_studies():
            first = next(name for name in (_FIRST, *example_studies()) if name in example_studies())
            offered = "Your store holds no runs yet. Have a look at an example first?", "Show an example", first
        if offered != self._offered:
            self._offered = offered
            self._offer[:] = [] if offered is None else [self._banner(*offered)]

    def _banner(self, words: str, label: str, study: str) -> pn.viewable.Viewable:
        change = pn.widgets.Button(label=label, height=34, width=190, stylesheets=[BUTTON], margin=(0, 5))
        change.on_click(lambda _: self.study.choose(study))
        return card(row(text(html("<p>{}</p>", words), sizing_mode=None, margin=(6, 5)), change))

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(
            self._visibility, self._navigation, self._offer, self._place, sizing_mode="stretch_width", margin=0
        )


def page(store: Store | None = None, read_only: bool = False, tab: str = VIEWS[0]) -> pn.template.FastListTemplate:
    """One session's page, opened at ``tab`` unless its URL names another."""
    load()
    _keep_resources_here()
    shown = Page(store, read_only, tab)
    return template(shown, header=[shown.study, shown.where, theme_button()])


def _keep_resources_here() -> None:
    """Let style sheets come from this server in every session.

    Panel says so to sessions that begin with a page, but not to those that a browser begins anew over its socket after
    its session had expired; they would ask a content network.
    """
    document = pn.state.curdoc
    if document is not None and document.session_context is not None:
        document.template_variables.setdefault("dist_url", get_dist_path(cdn=False))
