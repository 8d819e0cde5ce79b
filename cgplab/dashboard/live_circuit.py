"""The circuit of one run: drawn on its grid, its weights beside the original ones, any stored improvement."""

from typing import Any

import numpy as np
import panel as pn
from bokeh.models import BasicTicker, ColumnDataSource, HoverTool
from bokeh.plotting import figure

from cgplab.analysis.circuit_layout import circuit_layout
from cgplab.analysis.weight_picture import error_counts, weight_picture
from cgplab.cgp import Circuit, evaluate
from cgplab.dashboard.circuit_drawing import CircuitDrawing
from cgplab.dashboard.messages import heading, quiet, warning
from cgplab.dashboard.picture import Picture
from cgplab.dashboard.scrubber import Scrubber
from cgplab.dashboard.theme import card, line_colours, part, row, style_plot, text
from cgplab.dashboard.wording import energy
from cgplab.errors import InputError
from cgplab.markup import html
from cgplab.store import Run
from cgplab.words import number
from cgplab.work import Work, load_work


class CircuitPanel(pn.viewable.Viewer):
    """Circuit, weights and errors of the run given to :meth:`follow`."""

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._run: Run | None = None
        self._work: Work | None = None
        self._drawing = CircuitDrawing()
        self._summary = text(quiet("No circuit is stored yet; the first one appears with the first checkpoint."))
        self._scrubber = Scrubber()
        self._scrubber.param.watch(lambda *_: self._show_chosen(), "place")
        self._original = Picture("original", height=210)
        self._inferred = Picture("inferred", height=210)
        self._difference = Picture("difference", "difference", height=210)
        self._bars = ColumnDataSource({"difference": [], "count": []})
        self._histogram = self._make_histogram()
        self._layers = pn.widgets.Select(label="Layer", options=[], visible=False, sizing_mode="stretch_width")
        self._layers.param.watch(lambda *_: self._show_weights(), "value")
        self._weights: dict[str, np.ndarray] = {}
        panes = [self._original.pane(), self._inferred.pane(), self._difference.pane(),
                 pn.pane.Bokeh(self._histogram, sizing_mode="stretch_width", min_height=210, margin=0)]  # fmt: skip
        self._weight_card = card(
            text(heading("Weights")), self._layers, row(*(part(pane, width=270) for pane in panes))
        )

    def _make_histogram(self) -> Any:
        plot: Any = figure(
            height=210, min_height=210, sizing_mode="stretch_width", title="errors",
            x_axis_label="inferred − original", y_axis_label="weights", tools="", toolbar_location=None,
        )  # fmt: skip
        bars = plot.vbar(
            "difference", top="count", width=0.9, source=self._bars, color=line_colours()[0], line_color=None
        )
        plot.add_tools(
            HoverTool(renderers=[bars], tooltips=[("difference", "@difference"), ("weights", "@count{0,0}")])
        )
        plot.y_range.start = 0
        plot.xaxis.ticker = BasicTicker(min_interval=1)
        return style_plot(plot)

    def follow(self, run: Run) -> None:
        """Show another run's circuit."""
        self._run = None
        self._scrubber.offer([])
        try:
            self._work = load_work(run.manifest)
        except InputError as error:  # of a model or cost table that is not here, say
            self._summary.object = warning(error)
            return
        self._run = run
        self.refresh()

    def refresh(self) -> None:
        """Show what is stored now: the best circuit, if there is one, or the improvement that was chosen."""
        if self._run is None or not self._run.has_best():
            return
        try:
            self._scrubber.offer(self._run.history())
        except InputError:
            self._scrubber.offer([])  # verify names the file; the best circuit is there all the same
        self._show_chosen()

    def _show_chosen(self) -> None:
        if self._run is None or not self._run.has_best():
            return
        chosen = self._scrubber.chosen
        try:
            self._show(self._run.best() if chosen is None else chosen.circuit)
        except InputError as error:
            self._summary.object = warning(error)

    def _show(self, circuit: Circuit) -> None:
        work = self._work
        assert work is not None
        result = evaluate(circuit, work.problem, work.costs, work.settings.metric)
        with pn.io.hold():
            self._drawing.show(circuit_layout(circuit, work.problem.inputs, work.costs))
            usage = ", ".join(
                f"{n} {name}" for name, n in sorted(result.gate_usage.items(), key=lambda item: -item[1])[:6]
            )
            measures = (
                f"of {number(circuit.geometry.n_gates)}, depth {result.depth} · error {number(result.error)} · "
                f"{energy(result.energy)} · {number(result.area)} µm² · {number(result.delay)} ns"
            )
            self._summary.object = html("<p><b>{} active gates</b> {}</p>", result.gate_count, measures) + quiet(usage)
            self._weights = work.selected.put_back(work.model, result.outputs)
            names = list(self._weights)
            self._weight_card.visible = bool(names)  # a worst case belongs to no layer
            if names and self._layers.options != names:
                self._layers.param.update(options=names, value=names[-1], visible=len(names) > 1)
            self._show_weights()

    def _show_weights(self) -> None:
        name = self._layers.value
        if self._work is None or name not in self._weights:
            return
        original, inferred = self._work.model.int8_weights(name), self._weights[name]
        limit = int(max(np.abs(original.astype(int)).max(), np.abs(inferred.astype(int)).max())) or 1
        difference = inferred.astype(np.int64) - original
        self._original.show(weight_picture(original), limit)
        self._inferred.show(weight_picture(inferred), limit)
        self._difference.show(weight_picture(difference), int(np.abs(difference).max()) or 1)
        values, counts = error_counts(original, inferred)
        self._bars.data = {"difference": values.tolist(), "count": counts.tolist()}
        wrong = int((difference != 0).sum())
        self._histogram.title.text = f"{number(wrong)} of {number(difference.size)} weights differ"

    def __panel__(self) -> pn.viewable.Viewable:
        return pn.Column(
            card(
                text(heading("Best circuit on its grid")), self._scrubber, self._summary, self._drawing.pane(),
                text(_LEGEND),
            ),
            self._weight_card,
            sizing_mode="stretch_width", margin=0,
        )  # fmt: skip


_LEGEND = html(
    "<p class='muted' style='font-size:12.5px'>▸ kept weight · ● gate that costs nothing (shift, constant, wire) · "
    "■ gate coloured by its energy [pJ] · thick line and frame: critical path · dots: gates not in use. "
    "Hover for operator and value.</p>"
)
