"""Error and energy over generations or time, one line per run, growing as rows arrive."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, Range1d, Scatter, Span, Step
from bokeh.plotting import figure

from cgplab.dashboard.log_axis import LogAxis
from cgplab.dashboard.theme import colours, line_colours, style_plot
from cgplab.store import Manifest, Status

BOKEH_MARKERS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "plus", "x", "star")
AXES = {
    "generations, log": ("generation", "log"),
    "generations": ("generation", "linear"),
    "time, log": ("seconds", "log"),
    "time": ("seconds", "linear"),
}
_LABELS = {"generation": "generation", "seconds": "time spent searching [s]"}
_MEASURES = {"error": "error", "energy": "energy, power × delay [pJ]"}
_COLUMNS = ("generation", "seconds", "error", "energy", "error_y", "energy_y")
MOST_POINTS = 4000
"""Per line; more are thinned out, which no screen shows."""


class LiveCharts:
    """The two charts of some runs.

    Parameters
    ----------
    manifests : sequence of Manifest
        One line each.
    axis : str
        One of :data:`AXES`.
    """

    def __init__(self, manifests: Sequence[Manifest], axis: str) -> None:
        self._column, self._scale = AXES[axis]
        self._lines = {m.id: ColumnDataSource({name: [] for name in _COLUMNS}) for m in manifests}
        self._ends: dict[str, dict[str, float]] = {}
        self._looks = {m.id: look(index) for index, m in enumerate(manifests)}
        self._heads = ColumnDataSource({name: [] for name in (*_COLUMNS, "colour", "marker")})
        self._axes = {name: LogAxis(0, 1, False) for name in _MEASURES}
        self.plots = {name: self._plot(name, manifests) for name in _MEASURES}
        self._mark_budgets(manifests)

    def _plot(self, measure: str, manifests: Sequence[Manifest]) -> Any:
        plot: Any = figure(
            height=290, min_height=290, sizing_mode="stretch_width", x_axis_type=self._scale, y_range=Range1d(0, 1),
            x_axis_label=_LABELS[self._column], y_axis_label=_axis_label(measure, manifests),
            tools="xpan,xwheel_zoom,box_zoom,reset,save", active_scroll=None,
        )  # fmt: skip
        # Every glyph of the plotting interface brings three more for selections that these charts have not.
        x, y = self._column, f"{measure}_y"
        dots = []
        for manifest in manifests:
            colour, _ = self._looks[manifest.id]
            source = self._lines[manifest.id]
            plot.add_glyph(source, Step(x=x, y=y, line_color=colour, line_width=2, mode="after"))
            dot = Scatter(x=x, y=y, size=4, fill_color=colour, line_color=colour, fill_alpha=0.55, line_alpha=0.55)
            dots.append(plot.add_glyph(source, dot, name=f"t = {manifest.strategy:g}, seed {manifest.seed}"))
        head = Scatter(x=x, y=y, size=10, fill_color="colour", marker="marker", line_color=colours().card)
        plot.add_glyph(self._heads, head)
        tooltips = [("run", "$name"), ("generation", "@generation{0,0}"), ("error", "@error{0,0}"),
                    ("energy", "@energy{0.[000000000000]} pJ"), ("time", "@seconds{0.0} s")]  # fmt: skip
        plot.add_tools(HoverTool(renderers=dots, tooltips=tooltips))
        style_plot(plot)
        return plot

    def _mark_budgets(self, manifests: Sequence[Manifest]) -> None:
        self._budgets: dict[int, Span] = {}
        for threshold in {m.threshold for m in manifests}:
            span = Span(dimension="width", line_dash="dashed", line_color=colours().muted, line_width=1)
            self._budgets[threshold] = span
            self.plots["error"].add_layout(span)

    def add(self, run: str, rows: Sequence[dict[str, Any]], status: Status) -> None:
        """Append progress rows of a run, and note where it stands now; :meth:`settle` shows it."""
        if rows:
            new = {name: np.array([_real(row.get(name)) for row in rows]) for name in _COLUMNS[:4]}
            self._lines[run].stream(self._placed(new))
        if status.error is not None:
            now = {name: _real(getattr(status, name)) for name in _COLUMNS[:4]}
            self._ends[run] = now
            seen = self._lines[run].data["generation"]
            if len(seen) and now["generation"] > seen[-1]:  # the line goes on to where the run stands
                self._lines[run].stream(self._placed({name: np.array([value]) for name, value in now.items()}))
        self._thin(run)

    def _placed(self, new: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        least = {"generation": 1.0, "seconds": 1e-3}  # a logarithmic axis has no zero
        placed = {
            name: np.maximum(new[name], low) if self._scale == "log" else new[name] for name, low in least.items()
        }
        return {**new, **placed, **{f"{name}_y": self._axes[name].place(new[name]) for name in _MEASURES}}

    def _thin(self, run: str) -> None:
        source = self._lines[run]
        n = len(source.data["generation"])
        if n > MOST_POINTS:
            keep = np.unique(np.r_[np.arange(0, n, 2), n - 1])
            source.data = {name: np.asarray(values)[keep] for name, values in source.data.items()}

    def settle(self) -> None:
        """Fit the axes to what has arrived, and move the heads to where the runs stand."""
        for name, plot in self.plots.items():
            sources = self._lines.values()
            values = np.concatenate([np.asarray(source.data[name], dtype=float) for source in sources])
            ends = [end[name] for end in self._ends.values()]
            budgets = [float(threshold) for threshold in self._budgets] if name == "error" else []
            axis = LogAxis.holding(np.r_[values, ends, budgets])
            if axis == self._axes[name]:
                continue
            self._axes[name] = axis
            axis.label(plot)
            for source in sources:
                if len(source.data[name]):
                    source.data = {**source.data, f"{name}_y": axis.place(source.data[name])}
            if name == "error":
                for threshold, span in self._budgets.items():
                    span.location = float(axis.place(threshold))
        self._move_heads()

    def _move_heads(self) -> None:
        if not self._ends:
            return
        now = {name: np.array([end[name] for end in self._ends.values()]) for name in _COLUMNS[:4]}
        shapes = [self._looks[run] for run in self._ends]
        self._heads.data = {
            **self._placed(now), "colour": [colour for colour, _ in shapes], "marker": [marker for _, marker in shapes],
        }  # fmt: skip

    def panes(self) -> list[pn.pane.Bokeh]:
        """Both charts."""
        return [
            pn.pane.Bokeh(plot, sizing_mode="stretch_width", min_height=290, margin=0) for plot in self.plots.values()
        ]


def look(index: int) -> tuple[str, str]:
    """Colour and marker of the index-th run."""
    palette = line_colours()
    return palette[index % len(palette)], BOKEH_MARKERS[(index + index // len(palette)) % len(BOKEH_MARKERS)]


def _axis_label(measure: str, manifests: Sequence[Manifest]) -> str:
    metrics = "/".join(sorted({m.metric for m in manifests}))
    return f"error [{metrics}]" if measure == "error" else _MEASURES[measure]


def _real(value: float | None) -> float:
    return float("nan") if value is None else float(value)
