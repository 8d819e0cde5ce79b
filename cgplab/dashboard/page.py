"""The whole page: navigation, views made when first looked at, and where the runs come from."""

from collections.abc import Callable
from typing import Any

import panel as pn
from panel.io.resources import get_dist_path

from cgplab.dashboard.address import VIEWS, Address
from cgplab.dashboard.evolve_view import EvolveView
from cgplab.dashboard.live_view import LiveView
from cgplab.dashboard.messages import quiet, warning
from cgplab.dashboard.page_visibility import PageVisibility
from cgplab.dashboard.results_view import ResultsView
from cgplab.dashboard.runs_view import RunsView
from cgplab.dashboard.statistics_view import StatisticsView
from cgplab.dashboard.study_chip import StudyChip
from cgplab.dashboard.theme import BUTTON, NAVIGATION, card, load, part, row, template, text, theme_button
from cgplab.errors import InputError
from cgplab.markup import Markup, html
from cgplab.sealed import open_store
from cgplab.store import Store
from cgplab.study.kept_scopes import KeptScopes
from cgplab.study.sealed_studies import example_studies

_SEALED = "This study is sealed and read-only."
_EMPTY = "Your store has no runs yet. Would you like to see an example first?"
_BACK = ("My own runs", "")
"""Label of the way back, and the study that it leads to."""
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
        # Nothing can be evolved in a sealed study.
        self.address = Address(tab="results" if tab == VIEWS[0] and not self._own.changes else tab)
        self.address.follow_url()
        self._store = self._own
        self._views: dict[str, tuple[pn.viewable.Viewer, Address]] = {}
        # The browser keeps every opened view and hides all but one, so returning to a view does not rebuild it.
        self._places: dict[str, pn.Column] = {}
        self._navigation = pn.widgets.RadioButtonGroup(
            options={_TITLES[name]: name for name in VIEWS}, value=self.address.tab, stylesheets=[NAVIGATION],
            sizing_mode="stretch_width", margin=(0, 0, 6, 0),
        )  # fmt: skip
        self._offered: tuple[Markup, str, str] | None = None
        self._offer = pn.Column(sizing_mode="stretch_width", margin=0)
        self._place = pn.Column(sizing_mode="stretch_width", margin=0)
        self.where = text(sizing_mode=None, css_classes=["of-store"])
        self.study = StudyChip(self._own, self.address)
        self._visibility = PageVisibility(width=0, height=0, margin=0)
        self._visibility.link(self.address, hidden="hidden")
        self._navigation.link(self.address, value="tab", bidirectional=True)
        self.address.param.watch(lambda *_: self._show(), "tab")
        self.address.param.watch(lambda *_: self._follow_study(), "study")
        self.address.param.watch(lambda *_: self._make_offer(), "batch")  # with runs of one's own it has done its work
        self.study.param.watch(lambda *_: self._renew(), "problem")  # a study that was mended is read anew
        self._store = self._store_in_view()
        self._show()

    def _store_in_view(self) -> Store:
        """Store of the study in view: a sealed one has a store of its own."""
        try:
            store = KeptScopes.of(self._own).last_scope(self.address.study).store
        except InputError:
            return self._own  # the chip tells what is wrong
        return self._own if store.changes else store

    def _follow_study(self) -> None:
        if self._store_in_view() is not self._store:
            self._renew()
        else:
            self._make_offer()

    def _renew(self) -> None:
        """Drop the views of runs, which are made anew when looked at; what is filled in into Evolve's form stays."""
        self._store = self._store_in_view()
        for name in [name for name in self._views if name != "evolve"]:
            view, address = self._views.pop(name)
            address.cut()
            if isinstance(view, LiveView | RunsView):
                view.watching.end()
            del self._places[name]
        self._show()

    def _show(self) -> None:
        name = self.address.tab
        self.where.object = html("<span class='where' title='{name}'>{name}</span>", name=str(self._store.root))
        self._make_offer()
        if name not in self._views and (name == "evolve" or not self.study.problem):
            address = self.address.branch()
            self._views[name] = view, _ = self._make(name, address), address
            self._places[name] = pn.Column(view, sizing_mode="stretch_width", margin=0)
        for other, place in self._places.items():
            place.visible = other == name
        shown = [*self._places.values()]
        if list(self._place) != shown:
            self._place[:] = shown

    def _make(self, name: str, address: Address) -> pn.viewable.Viewer:
        store = self._store
        locked = self._read_only or not store.changes
        makers: dict[str, Callable[[], pn.viewable.Viewer]] = {
            "evolve": lambda: EvolveView(self._own, address, read_only=self._read_only),
            "live": lambda: LiveView(store, address, read_only=locked),
            "runs": lambda: RunsView(store, address, read_only=locked),
            "results": lambda: ResultsView(store, address),
            "statistics": lambda: StatisticsView(store, address),
        }
        return makers[name]()

    def _make_offer(self) -> None:
        """Offer an example while there is nothing else to look at, and the way back from a study that is not there."""
        offered = None
        if self.study.problem:
            offered = warning(self.study.problem), *_BACK
        elif self._store is not self._own:
            offered = quiet(_SEALED), *_BACK
        elif next(self._own.runs(), None) is None and example_studies():
            first = next(name for name in (_FIRST, *example_studies()) if name in example_studies())
            offered = html("<p>{}</p>", _EMPTY), "Show an example", first
        if offered != self._offered:
            self._offered = offered
            self._offer[:] = [] if offered is None else [self._banner(*offered)]

    def _banner(self, words: Markup, label: str, study: str) -> pn.viewable.Viewable:
        change = pn.widgets.Button(label=label, height=34, width=160, stylesheets=[BUTTON], margin=(0, 5))
        change.on_click(lambda _: self.address.look_at(study))
        return card(row(part(text(words, margin=(6, 5)), width=240), change))

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
