"""Results: every figure over the stored runs, to look at, to export and to take into a notebook."""

import io
from html import escape
from typing import Any

import pandas as pd
import panel as pn
import param

from cgplab.dashboard.address import Address
from cgplab.dashboard.frames import RunsFilter
from cgplab.dashboard.theme import BUTTON, WIDGET, card, part, row, text
from cgplab.errors import InputError
from cgplab.figures import FIGURES
from cgplab.figures.files import FORMATS, drawing_bytes
from cgplab.store import Store


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
        if self._address.figure in FIGURES:
            self.figure = self._address.figure
        self._filter = RunsFilter(store or Store.open(), self._address)
        self._place = pn.Column(sizing_mode="stretch_width", min_height=420, margin=0)
        self._count, self._code = text(), pn.pane.Markdown("", sizing_mode="stretch_width", margin=0)
        self._exports = [self._export(extension) for extension in (*FORMATS, "csv")]
        self.param.watch(self._choose, "figure")
        self._filter.param.watch(lambda *_: self.draw(), "changed")
        self.draw()

    def _choose(self, event: Any) -> None:
        self._address.figure = event.new
        self.draw()

    def draw(self) -> None:
        """Draw the figure anew."""
        try:
            plot = FIGURES[self.figure]
            frame = self._filter.frame(plot.frame)
            data = plot.data(frame)
            drawn = pn.pane.HoloViews(
                plot.interactive(frame), backend="bokeh", linked_axes=False, sizing_mode="stretch_width", min_height=420
            )
        except InputError as error:
            self._place[:] = [text(f"<h2>Nothing to draw yet</h2><p class='muted'>{escape(str(error))}</p>")]
            self._count.object = ""
            for button in self._exports:
                button.disabled = True
            return
        self._place[:] = [drawn]
        n = f"n = {len(data):,} rows shown" if isinstance(data, pd.DataFrame) else f"n = {data.n:,} values compared"
        self._count.object = f"<p class='muted'>{n} · {len(self._filter.everything()):,} runs in the store</p>"
        self._code.object = f"```python\n{self._notebook_code()}\n```"
        for button in self._exports:
            button.disabled = button.name == "csv" and not isinstance(data, pd.DataFrame)

    def _notebook_code(self) -> str:
        frame = FIGURES[self.figure].frame
        return (
            "from cgplab.analysis import Frames\n"
            "from cgplab.figures import FIGURES\n"
            "from cgplab.store import Store\n\n"
            f"frames = Frames(Store.open({str(self._filter.store.root)!r}), conditions={self._filter.conditions()!r})\n"
            f"FIGURES[{self.figure!r}].interactive(frames[{frame!r}])"
        )

    def _export(self, extension: str) -> Any:
        def write() -> io.BytesIO:
            plot = FIGURES[self.figure]
            frame = self._filter.frame(plot.frame)
            if extension == "csv":
                return io.BytesIO(plot.data(frame).to_csv(index=False).encode())
            return io.BytesIO(drawing_bytes(plot.publication(frame), extension))

        button = pn.widgets.FileDownload(
            label=extension.upper(), callback=write, filename=f"figure.{extension}", height=34, width=84,
            stylesheets=[BUTTON], button_type="default", name=extension,
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
            card(row(part(choose, width=240), part(self._filter, width=380, share=2))),
            card(self._place, row(part(self._count, width=240), *self._exports, gap="0")),
            card(text("<h2>As notebook code</h2>"), self._code),
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip
