"""The batch that was started last: its states in one line, Pause, Resume, Stop, Retry, and the way to see it live."""

from collections.abc import Sequence
from typing import Any

import panel as pn
import param

from cgplab.analysis.pace import pace
from cgplab.analysis.run_table import RunTable
from cgplab.dashboard.address import Address
from cgplab.dashboard.messages import quiet, warning
from cgplab.dashboard.run_control import RunControl
from cgplab.dashboard.theme import BUTTON, icon, text
from cgplab.dashboard.watcher import Watching
from cgplab.dashboard.wording import sign, tally
from cgplab.errors import InputError
from cgplab.markup import Markup, html, joined
from cgplab.running.standing import standing_of
from cgplab.store import Run, State, Status, Store
from cgplab.words import duration, number

_NONE = quiet("Nothing started yet in this window.")


class BatchControl(pn.viewable.Viewer):
    """Controls the batch that the address names.

    Parameters
    ----------
    store : Store
    address : Address
    watching : Watching
        Is given the batch to watch.
    read_only : bool
        Whether runs may only be looked at.
    watchable : bool
        Whether there is a live view to go to.
    """

    read_only = param.Boolean(False, constant=True)
    watchable = param.Boolean(True, constant=True)

    def __init__(self, store: Store, address: Address, watching: Watching, **params: Any) -> None:
        super().__init__(**params)
        self._table, self._address, self._watching = RunTable.of(store), address, watching
        self._runs: list[Run] = []
        self.waits = False
        """Whether no run of the batch has begun yet."""
        self._line = text(_NONE)
        self._control = RunControl(lambda: self._runs, self.look, read_only=self.read_only)
        self._watch = pn.widgets.Button(
            name="Watch live", icon=icon("chart"), height=34, margin=(2, 0), sizing_mode="stretch_width",
            stylesheets=[BUTTON], on_click=lambda _: address.show(batch=address.batch),
        )  # fmt: skip
        address.param.watch(lambda *_: self.find(), "batch")
        self.find()

    def find(self) -> None:
        """Take up the runs of the address's batch."""
        self._runs = self._table.batch(self._address.batch) if self._address.batch else []
        self._watching.watch(*(self._watching.signs(self._runs),) if self._runs else ())
        self.look()

    def look(self) -> None:
        """Show where the runs stand now."""
        self._watch.visible = bool(self._runs) and self.watchable
        self.waits = False
        if not self._runs:
            self._line.object = _NONE
            self._control.fit([])
            return
        try:
            statuses = [run.observed() for run in self._runs]
        except InputError as error:
            self._line.object = warning(error)
            self._control.fit(map(standing_of, self._runs))  # a damaged status can be rebuilt
            return
        self.waits = all(status.state is State.PENDING for status in statuses)
        with pn.io.hold():
            self._line.object = html("<p>{}</p>", _told(self._runs, statuses))
            self._control.fit(map(standing_of, self._runs, statuses))

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(self._control, self._line, self._watch, sizing_mode="stretch_width", margin=0)


def _told(runs: Sequence[Run], statuses: Sequence[Status]) -> Markup:
    if len(runs) > 1:
        return html("<b>{}</b>", tally(status.state for status in statuses))
    (run,), (status,) = runs, statuses
    parts: list[str] = [html("<b>{} {}</b>", sign(status.state), status.state.value)]
    if status.reason:
        parts.append(status.reason)
    if status.error is not None:
        parts.append(f"generation {number(status.generation)}, error {number(status.error)}")
    left = pace(run.manifest.settings, status).remaining
    if status.state is State.RUNNING and left is not None:
        parts.append(f"about {duration(left)} left")
    return joined(parts, " · ")
