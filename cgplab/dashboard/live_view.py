"""Live: error and energy as they fall, the state of every run, the best circuit and its weights."""

from typing import Any

import panel as pn
import param

from cgplab.analysis.pace import pace
from cgplab.analysis.run_table import RunTable
from cgplab.dashboard.address import MOST_COMPARED, Address
from cgplab.dashboard.live_charts import AXES, LiveCharts, look
from cgplab.dashboard.live_circuit import CircuitPanel
from cgplab.dashboard.live_table import events_table, runs_table, tiles
from cgplab.dashboard.messages import heading, quiet, warning
from cgplab.dashboard.run_control import RunControl
from cgplab.dashboard.theme import WIDGET, card, part, row, text
from cgplab.dashboard.watcher import Watching
from cgplab.dashboard.wording import short
from cgplab.errors import InputError
from cgplab.markup import html, joined
from cgplab.running.standing import standing_of
from cgplab.sealed import open_store
from cgplab.store import Run, RunWatch, Store
from cgplab.store.remedies import with_remedy
from cgplab.study.kept_scopes import KeptScopes
from cgplab.words import counted

_EMPTY = html(
    "<h2>No run to watch yet</h2><p class='muted'>Start one in <b>Evolve</b>, or choose some in <b>Runs</b>. "
    "From a terminal: <code>cgplab evolve --model lenet5-qat --selection layer_bypass</code></p>"
)
_SIGNS = {"circle": "●", "square": "■", "triangle": "▲", "diamond": "◆", "inverted_triangle": "▼", "plus": "✚",
          "x": "✖", "star": "★"}  # fmt: skip


class LiveView(pn.viewable.Viewer):
    """Watch runs while they go on, or look at finished ones.

    Parameters
    ----------
    store : Store, optional
        Default: the user's.
    address : Address, optional
        Says which runs to show; default: the newest batch of the study in view.
    read_only : bool
        Whether runs may only be looked at.
    refresh : int
        Milliseconds between two looks at the files.
    """

    read_only = param.Boolean(False, constant=True)
    refresh = param.Integer(500, bounds=(100, 60_000), label="Refresh [ms]")
    axis: Any = param.Selector(default="generations, log", objects=list(AXES), label="Horizontal axis")

    def __init__(self, store: Store | None = None, address: Address | None = None, **params: Any) -> None:
        super().__init__(**params)
        self._store = store or open_store()
        self._address, self._kept = address or Address(), KeptScopes.of(self._store)
        self._watches: dict[str, RunWatch] = {}
        self._charts: LiveCharts | None = None
        self._rows = 0
        self._head, self._tiles, self._table, self._events = text(_EMPTY), text(), text(), text()
        self._points, self._warnings = text(), text()
        self._complaints: dict[str, str] = {}
        """By run, why it cannot be read now."""
        self._damaged: list[Run] = []
        """Runs asked for of which nothing can be shown, though a command may bring them back."""
        self._focus = pn.widgets.Select(
            label="Run in focus", options={}, stylesheets=[WIDGET], sizing_mode="stretch_width"
        )
        self._control = RunControl(self._watched, self._tick, read_only=self.read_only)
        self._chart_place = row()
        self._circuit = CircuitPanel()
        self._body = pn.Column(sizing_mode="stretch_width", margin=0)
        self._focus.param.watch(self._choose_focus, "value")
        self._address.param.watch(lambda *_: self._open(), ["study", "batch", "runs"])
        self._address.param.watch(lambda *_: self._follow(), "run")
        self.param.watch(lambda *_: self._draw_charts(), "axis")
        self.watching = Watching(self._store, self._take_over, address, "live", self.refresh / 1000)
        self.param.watch(lambda event: setattr(self.watching, "period", event.new / 1000), "refresh")
        self._open()

    # What is shown

    def _chosen(self) -> list[Run]:
        """Runs that the address names; when it names none, those of the study's newest batch."""
        if self._address.runs:
            return [run for name in self._address.runs.split(",") if (run := self._find(name)) is not None]
        if self._address.batch:
            return RunTable.of(self._store).batch(self._address.batch)
        try:
            table = self._kept.scope(self._address.study).table
        except InputError:
            return []  # the page tells why
        newest = max((row["batch"] for row in table.rows), default=None)
        return [run for run, row in zip(table.runs, table.rows, strict=True) if row["batch"] == newest]

    def _find(self, name: str) -> Run | None:
        try:
            return self._store.find(name)
        except InputError as error:
            self._complaints[name] = str(error)
            return None

    def _watched(self) -> list[Run]:
        return [watch.run for watch in self._watches.values()] + self._damaged

    def _open(self) -> None:
        self._complaints, self._damaged = {}, []
        runs = self._chosen()
        watches, manifests = {}, []
        for run in runs[:MOST_COMPARED]:
            try:
                manifests.append(run.manifest)
                watches[run.id] = RunWatch(run, self.watching.signs([run]))
            except InputError as error:
                self._complaints[run.id] = str(error)
                self._damaged.append(run)
        self._complain()
        if not watches:
            self._watches = {}
            # With a first run, or one that was brought back, there will be something to see.
            self.watching.watch(self._kept)
            self._head.object = "" if self._damaged else _EMPTY
            self._control.fit(map(standing_of, self._damaged))
            self._body[:] = [card(self._warnings, self._head, *[self._controls()] * bool(self._damaged))]
            return
        first = manifests[0]
        more = f" · the first {MOST_COMPARED} of {len(runs):,} runs" if len(runs) > MOST_COMPARED else ""
        self._head.object = heading(f"{first.model} · {first.layer} · {first.selection}") + quiet(
            f"{first.n_inputs:,} kept weights infer {first.n_outputs:,} · {first.missing_weights} missing · "
            f"grid {first.grid}{more}"
        )
        options = {
            f"t = {watch.run.manifest.strategy:g}, seed {watch.run.manifest.seed} · {short(name)}": name
            for name, watch in watches.items()
        }
        self._watches = {}  # nothing follows the focus until its run is there
        self._focus.param.update(options=options, value=_one_of(watches, self._address.run))
        self._watches = watches
        self.watching.watch(*(watch.signs for watch in watches.values() if watch.signs is not None))
        self._body[:] = self._panels()
        self._draw_charts()
        self._follow()

    def _panels(self) -> list[Any]:
        axis = pn.widgets.Select.from_param(self.param.axis, stylesheets=[WIDGET], sizing_mode="stretch_width")
        refresh = pn.widgets.IntInput.from_param(
            self.param.refresh, step=100, stylesheets=[WIDGET], sizing_mode="stretch_width"
        )
        options = row(part(self._focus, width=220, share=2), part(axis, width=150), part(refresh, width=110))
        return [
            card(self._warnings, self._head, self._controls(), self._tiles, options),
            card(self._chart_place, self._points, self._table),
            self._circuit,
            card(text(heading("Events")), self._events),
        ]

    def _controls(self) -> pn.Column:
        return pn.Column(self._control, sizing_mode="stretch_width", max_width=450, margin=0)

    def _draw_charts(self) -> None:
        if not self._watches:
            return
        self._charts = LiveCharts([watch.run.manifest for watch in self._watches.values()], self.axis)
        self._chart_place[:] = [part(pane, width=380) for pane in self._charts.panes()]
        self._rows = 0
        for name, watch in self._watches.items():
            watch.rewind()
            self._take(name, watch)
        self._charts.settle()
        self._tell()

    def _choose_focus(self, event: Any) -> None:
        if event.new and event.new != self._address.run:
            self._address.run = event.new

    def _follow(self) -> None:
        if not self._watches:
            return
        name = _one_of(self._watches, self._address.run)
        if self._focus.value != name:
            self._focus.value = name
        self._watches[name].new_best()
        self._circuit.follow(self._watches[name].run)
        self._tell()

    # As time goes on

    def _take(self, name: str, watch: RunWatch) -> bool:
        try:
            rows, changed = watch.look()
        except InputError as error:  # damaged or deleted meanwhile: what was seen of it stays
            self._complaints[name] = str(error)
            return False
        self._complaints.pop(name, None)
        self._rows += len(rows)
        if self._charts is not None and (rows or changed):
            self._charts.add(name, rows, watch.status)
        return bool(rows) or changed

    def _tick(self) -> None:
        """Look at the runs now, and show what is new."""
        for watch in self._watches.values():
            if watch.signs is not None:
                watch.signs.look()
        self._take_over()

    def _take_over(self) -> None:
        """Show what the last look at the runs found, whoever looked."""
        if not self._watches:
            self._open()
            return
        with pn.io.hold():
            news = [self._take(name, watch) for name, watch in self._watches.items()]  # every run, not the first
            if any(news):
                assert self._charts is not None
                self._charts.settle()
                self._tell()
            self._complain()
            focus = self._watches.get(self._focus.value)
            if focus is not None and focus.new_best():
                self._circuit.refresh()

    def _complain(self) -> None:
        self._warnings.object = joined(
            warning(f"run {short(name)}: {with_remedy(name, why)}") for name, why in self._complaints.items()
        )

    def _tell(self) -> None:
        focus = self._watches.get(self._focus.value) or next(iter(self._watches.values()))
        paces = {name: pace(w.run.manifest.settings, w.status) for name, w in self._watches.items()}
        self._tiles.object = tiles(focus.run, focus.status, paces[focus.run.id])
        chips = {}
        for index, name in enumerate(self._watches):
            colour, marker = look(index)
            chips[name] = html("<span style='color:{}'>{}</span>", colour, _SIGNS[marker])
        self._points.object = quiet(f"{counted(self._rows, 'point')} · dashed: allowed error")
        self._table.object = runs_table([(w.run, w.status, paces[n], chips[n]) for n, w in self._watches.items()])
        self._events.object = events_table(focus.run, focus.status)
        shown = [standing_of(watch.run, watch.status) for watch in self._watches.values()]
        self._control.fit([*shown, *map(standing_of, self._damaged)])

    def __panel__(self) -> pn.viewable.Viewable:
        return self._body


def _one_of(watches: dict[str, RunWatch], wanted: str) -> str:
    """Id of the run that is wanted, or of the first."""
    return wanted if wanted in watches else next(iter(watches))
