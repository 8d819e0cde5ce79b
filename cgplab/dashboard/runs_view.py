"""Runs: those of the study in view in one table; filter, sort, choose columns, compare, control, annotate, delete."""

from typing import Any

import pandas as pd
import panel as pn
import param

from cgplab.analysis.run_table import RunTable
from cgplab.analysis.runs import table_of
from cgplab.dashboard import control
from cgplab.dashboard.address import MOST_COMPARED, Address
from cgplab.dashboard.compare import ComparePanel
from cgplab.dashboard.messages import quiet, warning
from cgplab.dashboard.runs_actions import ActionsPanel
from cgplab.dashboard.theme import TABLE, WIDGET, card, fold, table_theme, text
from cgplab.dashboard.watcher import Watching
from cgplab.dashboard.wording import sign, tally
from cgplab.errors import InputError
from cgplab.markup import Markup, html, joined
from cgplab.sealed import open_store
from cgplab.store import COLUMN_BY_NAME, RUN_COLUMNS, Run, State, Store
from cgplab.store.remedies import with_remedy
from cgplab.study.document import EVERYTHING
from cgplab.study.kept_scopes import KeptScopes
from cgplab.words import counted

SHOWN = (
    "state", "reason", "layer", "selection", "strategy", "grid", "method", "seed", "error", "energy", "gate_count",
    "missing_weights", "accuracy_loss", "seconds", "tags", "id",
)  # fmt: skip
_ORDER = (*SHOWN, *(column.name for column in RUN_COLUMNS if column.name not in SHOWN))
_NUMBERS = ("strategy", "seed", "error", "energy", "area", "delay", "depth", "gate_count", "missing_weights", "seconds",
            "accuracy", "accuracy_loss", "top5", "loss", "generation", "threshold", "n_inputs", "n_outputs", "l_back",
            "bound")  # fmt: skip
_PERIOD = 2.0
"""Seconds between two looks at the store."""
_READ_ONLY = warning("This dashboard is read-only.")


class RunsView(pn.viewable.Viewer):
    """The table of runs.

    Parameters
    ----------
    store : Store, optional
        Default: the user's.
    address : Address, optional
        Holds the filter and is sent to the live view.
    read_only : bool
        Whether runs may only be looked at.
    """

    read_only = param.Boolean(False, constant=True)

    def __init__(self, store: Store | None = None, address: Address | None = None, **params: Any) -> None:
        super().__init__(**params)
        self._store = store or open_store()
        self._address = address or Address()
        self._kept, self._source = KeptScopes.of(self._store), RunTable.of(self._store)
        self._read: object = None
        """Study, and version of the kept scopes, that are shown."""
        self._frame, self._damaged = pd.DataFrame(), dict[str, str]()
        self._filter = pn.widgets.TextInput(
            label="Filter: words that a row must contain, or column=value", value=self._address.filters,
            placeholder="e.g. conv2 finished strategy=5", stylesheets=[WIDGET], sizing_mode="stretch_width",
        )  # fmt: skip
        self._filter.link(self._address, value="filters", bidirectional=True)
        self._columns = pn.widgets.CheckBoxGroup(
            options={name.replace("_", " "): name for name in _ORDER}, value=list(SHOWN), inline=True,
            sizing_mode="stretch_width",
        )  # fmt: skip
        self._count = text()
        self._table = pn.widgets.Tabulator(
            pd.DataFrame(columns=list(_ORDER)), show_index=False, disabled=True,
            pagination="remote",
            page_size=20, selectable="checkbox", layout="fit_data_fill", theme=table_theme(), stylesheets=[TABLE],
            hidden_columns=self._hidden(), titles={c.name: c.label for c in RUN_COLUMNS}, sizing_mode="stretch_width",
            min_height=200, formatters=_formatters(), text_align=dict.fromkeys(_NUMBERS, "right"),
            header_tooltips={c.name: c.meaning for c in RUN_COLUMNS},
        )  # fmt: skip
        self._actions = ActionsPanel(self)
        self._compare = ComparePanel(self._store)
        self._columns.param.watch(lambda *_: self._choose_columns(), "value")
        self._address.param.watch(lambda *_: self._show(), "filters")
        self._address.param.watch(lambda *_: self._take_over(), "study")
        self._table.param.watch(lambda *_: self._selected(), "selection")
        self.refresh(force=True)
        self.watching = Watching(self._store, self._take_over, address, "runs", _PERIOD)
        self.watching.watch(self._kept)

    def _hidden(self) -> list[str]:
        return [name for name in _ORDER if name not in self._columns.value]

    def _choose_columns(self) -> None:
        self._table.hidden_columns = self._hidden()

    def refresh(self, force: bool = False) -> None:
        """Show what the store holds now; keeps the selection."""
        self._kept.look()
        self._take_over(force)

    def _take_over(self, force: bool = False) -> None:
        """Show what the last look at the store found, whoever looked."""
        read = (self._address.study, self._kept.version)
        if force or read != self._read:
            self._read = read
            self._frame, self._damaged = self._of_study()
            self._show()

    def _of_study(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """Runs of the study in view, and which of them cannot be read."""
        if self._store.changes and self._address.study == EVERYTHING:
            return self._source.last, self._source.complaints  # those that repeat others too
        try:
            table = self._kept.last_scope(self._address.study).table
        except InputError:
            return self._source.last.iloc[:0], {}  # the page tells why
        return table_of(table.rows), dict(table.damaged)

    def _show(self) -> None:
        """Show the rows that pass the filter, of what was in the store at the last look."""
        everything = self._frame
        chosen = {run.id for run in self.chosen()}
        shown = matching(everything, self._address.filters).loc[::-1, list(_ORDER)].reset_index(drop=True)
        with pn.io.hold():
            self._table.value = shown
            self._table.selection = [index for index, name in enumerate(shown["id"]) if name in chosen]
            self._count.object = self._said(shown, everything)

    def _said(self, shown: pd.DataFrame, everything: pd.DataFrame) -> Markup:
        damaged = joined(
            html("<p class='warn'>⚠ run {} is left out: {}</p>", name, with_remedy(name, why))
            for name, why in self._damaged.items()
        )
        if everything.empty:
            return html(
                "<h2>No runs yet</h2><p class='muted'>Start some in <b>Evolve</b>, or from a terminal: "
                "<code>cgplab evolve --model lenet5-qat --selection layer_bypass</code></p>{}",
                damaged,
            )
        parts = tally(State(str(state)) for state in shown["state"])
        return html(
            "<p><b>{:,} of {}</b> &nbsp; <span class='muted'>{}</span></p>{}",
            len(shown), counted(len(everything), "run"), parts, damaged,
        )  # fmt: skip

    def shown(self) -> pd.DataFrame:
        """Rows that pass the filter."""
        value: pd.DataFrame = self._table.value
        return value

    def chosen(self) -> list[Run]:
        """Runs that are ticked."""
        value = self._table.value
        names = [value["id"].iloc[index] for index in self._table.selection if index < len(value)]
        return [self._store.run(name) for name in names]

    def _selected(self) -> None:
        runs = self.chosen()
        try:
            self._compare.compare(runs[:MOST_COMPARED])
            self._actions.update(runs)
        except InputError as error:  # deleted or damaged since the table was read
            self._compare.compare([])
            self._actions.update([])
            self._actions.say(warning(error))

    def watch_live(self) -> None:
        """Show the ticked runs in the live view."""
        self._address.show(runs=tuple(run.id for run in self.chosen()))

    def act(self, action: str) -> Markup:
        """Ask an action of the ticked runs; returns what came of it."""
        if self.read_only:
            return _READ_ONLY
        try:
            done = control.act(action, self.chosen())
        except InputError as error:
            return warning(error)
        self.refresh(force=True)
        return quiet(f"{action}: requested for {counted(done, 'run')}.")

    def delete(self) -> Markup:
        """Delete the ticked runs; returns what came of it."""
        if self.read_only:
            return _READ_ONLY
        said = Markup()
        runs = self.chosen()
        for run in runs:
            try:
                self._store.delete(run)
            except InputError as error:
                said += warning(error)
        self.refresh(force=True)
        return said or quiet(f"{counted(len(runs), 'run')} deleted.")

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(
            card(
                self._filter,
                fold("Columns", self._columns, margin=(4, 2)),
                self._count, self._actions, self._table,
            ),
            self._compare,
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip


def matching(frame: pd.DataFrame, wanted: str) -> pd.DataFrame:
    """Rows that contain every word, or have one of the values that a word ``column=value[,value]`` names."""
    for word in wanted.split():
        name, equals, value = word.partition("=")
        if equals and name in COLUMN_BY_NAME:
            column, wanted_ones = frame[name], value.lower().split(",")
            numbers = pd.to_numeric(pd.Series(wanted_ones), errors="coerce").dropna()
            same = column.astype(str).str.lower().isin(wanted_ones)
            frame = frame[same | pd.to_numeric(column, errors="coerce").isin(numbers)]
        else:
            found = pd.Series(False, index=frame.index)
            for text_column in frame.select_dtypes(exclude="number"):
                found |= frame[text_column].astype(str).str.contains(word, case=False, regex=False)
            frame = frame[found]
    return frame


def _formatters() -> dict[str, Any]:
    from bokeh.models.widgets.tables import NumberFormatter, ScientificFormatter

    wide = {name: ScientificFormatter(precision=3, power_limit_low=-3, power_limit_high=6)
            for name in ("energy", "area", "delay", "bound", "loss")}  # fmt: skip
    two = {name: NumberFormatter(format="0.00") for name in ("accuracy", "top5", "accuracy_loss", "seconds")}
    whole = {name: NumberFormatter(format="0,0") for name in ("error", "generation", "threshold", "n_outputs")}
    states = {"type": "lookup", **{state.value: f"{sign(state)} {state.value}" for state in State}}
    return {**wide, **two, **whole, "strategy": NumberFormatter(format="0.[00]"), "state": states}
