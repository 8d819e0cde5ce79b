"""Results: every figure over the stored runs, to look at, to export and to take into a notebook."""

import io
from typing import Any

import pandas as pd
import panel as pn
import param

from cgplab.analysis import Frames
from cgplab.dashboard.address import Address
from cgplab.dashboard.code_box import CodeBox
from cgplab.dashboard.figure_pane import FigurePane
from cgplab.dashboard.frames import RunsFilter
from cgplab.dashboard.messages import heading, quiet
from cgplab.dashboard.theme import BUTTON, WIDGET, card, part, row, text
from cgplab.errors import InputError
from cgplab.figures import FIGURES
from cgplab.figures.captions import caption, chosen_runs
from cgplab.figures.files import FORMATS, drawing_bytes
from cgplab.figures.registry import experiments
from cgplab.markup import html
from cgplab.sealed import open_store
from cgplab.spreadsheets import csv_text
from cgplab.store import Store
from cgplab.words import counted


class ResultsView(pn.viewable.Viewer):
    """One figure at a time, over the runs that pass a filter.

    Parameters
    ----------
    store : Store, optional
        Default: the user's.
    address : Address, optional
        Holds the filter and the figure.
    """

    figure: Any = param.Selector(default=next(iter(FIGURES)), objects=list(FIGURES), label="Figure")

    def __init__(self, store: Store | None = None, address: Address | None = None, **params: Any) -> None:
        super().__init__(**params)
        self._address = address or Address()
        self._address.param.watch(lambda *_: self._choose_first(), "study")  # before the filter has it drawn
        self._filter = RunsFilter(store or open_store(), self._address, "results")
        self._frame = pd.DataFrame()
        self._conditions: list[str] = []
        self._choose_first()
        self._drawn, self._count, self._code = FigurePane(), text(), CodeBox("Take it along")
        self._told, self._caption = text(), ""
        self._marked = text("", sizing_mode=None, margin=(8, 5))
        self._watch = _button("Watch", lambda *_: self._address.show(runs=self._drawn.marked), 100)
        self._table = _button("Show in table", self._show_in_table, 150)
        self._chosen = row(self._marked, self._watch, self._table, gap="0")
        self._exports = [self._export(extension) for extension in (*FORMATS, "csv")]
        self.param.watch(self._choose, "figure")
        self._part = pn.widgets.Select(
            label="Experiment", options=[], stylesheets=[WIDGET], sizing_mode="stretch_width", visible=False
        )
        self._part.param.watch(self._choose_part, "value")
        self._filter.param.watch(lambda *_: self.draw(), "changed")
        self._drawn.param.watch(lambda *_: self._tell_marked(), "marked")
        self._tell_marked()
        self.draw()

    def _tell_marked(self) -> None:
        n = len(self._drawn.marked)
        self._watch.disabled = self._table.disabled = not n
        self._marked.object = (
            html("<p><b>{} marked</b>; marked runs stay marked in other figures</p>", counted(n, "run"))
            if n
            else quiet("Click or encircle points to mark their runs in every figure.")
        )

    def _show_in_table(self, _: Any) -> None:
        self._address.param.update(filters=f"id={','.join(self._drawn.marked)}", tab="runs")

    def _choose_first(self) -> None:
        """Begin with the figure that the address names, else with the first that the study's runs allow."""
        self._beginning = True
        try:
            wanted = self._address.figure
            self.figure = wanted if wanted in FIGURES else self._first()
        finally:
            self._beginning = False

    def _first(self) -> str:
        try:
            frames = self._filter.frames()
        except InputError:
            return next(iter(FIGURES))
        return next((name for name in FIGURES if _can_draw(name, frames)), next(iter(FIGURES)))

    def _choose(self, event: Any) -> None:
        if not self._beginning:
            self._address.figure = event.new
            self.draw()

    def _choose_part(self, event: Any) -> None:
        if event.new is not None and event.new != self._address.part:
            self._address.part = event.new
            self.draw()

    def draw(self) -> None:
        """Draw the figure anew."""
        try:
            plot = FIGURES[self.figure]
            experiment = self._experiment(self._filter.frames())
            frame = experiment[plot.frame]
            data = plot.data(frame)
            self._frame = frame  # files hold what is drawn, whatever becomes of the store
            self._drawn.draw(plot.interactive(frame))
        except InputError as error:
            self._drawn.say(text(heading("Nothing to draw yet") + quiet(error)))
            self._count.object = self._told.object = ""
            for button in self._exports:
                button.disabled = True
            return
        n = (
            f"n = {counted(len(data), 'row')} shown"
            if isinstance(data, pd.DataFrame)
            else f"n = {counted(data.n, 'value')} compared"
        )
        if plot.frame != "sensitivity":  # measured without runs
            runs = chosen_runs(plot, frame, data, experiment["runs"])
            n += f", of {counted(len(runs), 'run')}, {runs['within'].sum():,} within budget"
        scope = self._filter.scope()
        self._count.object = quiet(f"{n} · {scope.title}, {counted(len(scope.table.rows), 'run')}")
        self._caption = caption(plot, experiment)
        self._told.object = quiet(self._caption)
        self._code.write(self._notebook_code())
        for button in self._exports:
            button.disabled = button.label == "CSV" and not isinstance(data, pd.DataFrame)

    def _experiment(self, frames: Frames) -> Frames:
        """Frames over the experiment that is chosen, of those that must not be pooled."""
        found = {part.title: part for part in experiments(FIGURES[self.figure], frames)}
        title = self._address.part if self._address.part in found else next(iter(found))
        self._part.visible = len(found) > 1
        if list(self._part.options) != list(found) or self._part.value != title:
            self._part.param.update(options=list(found), value=title)
        self._conditions = [*self._filter.conditions(), *found[title].conditions]
        return frames if len(found) == 1 else frames.subset(found[title].ids)

    def _notebook_code(self) -> str:
        frame = FIGURES[self.figure].frame
        return (
            "from cgplab.figures import FIGURES\n"
            "from cgplab.sealed import open_store\n"
            "from cgplab.study.scope import scope_of\n\n"
            f"scope = scope_of(open_store({str(self._filter.store.root)!r}), {self._address.study or 'latest'!r})\n"
            f"frames = scope.frames({self._conditions!r})\n"
            f"FIGURES[{self.figure!r}].interactive(frames[{frame!r}])"
        )

    def _export(self, extension: str) -> Any:
        def write() -> io.BytesIO:
            plot = FIGURES[self.figure]
            if extension == "csv":
                return io.BytesIO(csv_text(plot.data(self._frame)).encode())
            return io.BytesIO(drawing_bytes(plot.publication(self._frame), extension, caption=self._caption))

        button = pn.widgets.FileDownload(
            label=extension.upper(), callback=write, filename=f"figure.{extension}", height=34, width=84,
            stylesheets=[BUTTON],
        )  # fmt: skip
        self.param.watch(lambda event: setattr(button, "filename", f"{event.new}.{extension}"), "figure")
        button.filename = f"{self.figure}.{extension}"
        return button

    def __panel__(self) -> pn.viewable.Viewable:
        options = {plot.title: name for name, plot in FIGURES.items()}
        choose = pn.widgets.Select.from_param(
            self.param.figure, options=options, stylesheets=[WIDGET], sizing_mode="stretch_width"
        )
        return pn.Column(
            card(row(part(choose, self._part, width=240), part(self._filter, width=380, share=2))),
            card(self._drawn, self._told, row(part(self._count, width=240), *self._exports, gap="0"), self._chosen),
            self._code,
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip


def _can_draw(name: str, frames: Frames) -> bool:
    plot = FIGURES[name]
    try:
        plot.data(frames[plot.frame])
    except InputError:
        return False
    return True


def _button(label: str, action: Any, width: int) -> Any:
    return pn.widgets.Button(label=label, on_click=action, height=34, width=width, stylesheets=[BUTTON])
