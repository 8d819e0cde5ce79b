"""The whole page: navigation, views made when first looked at, and where the runs come from."""

from collections.abc import Callable
from typing import Any

import panel as pn

from cgplab.dashboard.address import VIEWS, Address
from cgplab.dashboard.evolve_view import EvolveView
from cgplab.dashboard.live_view import LiveView
from cgplab.dashboard.results_view import ResultsView
from cgplab.dashboard.runs_view import RunsView
from cgplab.dashboard.statistics_view import StatisticsView
from cgplab.dashboard.theme import NAVIGATION, load, template, text
from cgplab.store import Store

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
        self.store = store or Store.open()
        self.address = Address(tab=tab)
        self.address.follow_url()
        self._read_only = read_only
        self._views: dict[str, pn.viewable.Viewer] = {}
        self._navigation = pn.widgets.RadioButtonGroup(
            options={_TITLES[name]: name for name in VIEWS}, value=self.address.tab, stylesheets=[NAVIGATION],
            sizing_mode="stretch_width", margin=(0, 0, 6, 0),
        )  # fmt: skip
        self._place = pn.Column(sizing_mode="stretch_width", margin=0)
        self._navigation.link(self.address, value="tab", bidirectional=True)
        self.address.param.watch(lambda *_: self._show(), "tab")
        self._show()

    def _show(self) -> None:
        name = self.address.tab
        if name not in self._views:
            make: dict[str, Callable[[], pn.viewable.Viewer]] = {
                "evolve": lambda: EvolveView(self.store, self.address, read_only=self._read_only),
                "live": lambda: LiveView(self.store, self.address, read_only=self._read_only),
                "results": lambda: ResultsView(self.store, self.address),
                "statistics": lambda: StatisticsView(self.store, self.address),
                "runs": lambda: RunsView(self.store, self.address, read_only=self._read_only),
            }
            self._views[name] = make[name]()
        self._place[:] = [self._views[name]]

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self._navigation, self._place, sizing_mode="stretch_width", margin=0)


def page(store: Store | None = None, read_only: bool = False, tab: str = VIEWS[0]) -> pn.template.FastListTemplate:
    """One session's page, opened at ``tab`` unless its URL names another."""
    load()
    shown = Page(store, read_only, tab)
    where = text(f"<span style='color:#d5e3ee;font-size:13px'>{shown.store.root}</span>", sizing_mode=None)
    return template(shown, header=[where])
