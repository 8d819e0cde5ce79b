"""Error and energy over generations or time, one line per run, growing as rows arrive."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, Range1d, Span
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
        self._heads = {m.id: ColumnDataSource({name: [] for name in _COLUMNS}) for m in manifests}
        self._axes = {name: LogAxis(0, 1, False) for name in _MEASURES}
        self.plots = {name: self._plot(name, manifests) for name in _MEASURES}
        self._mark_budgets(manifests)

    def _plot(self, measure: str, manifests: Sequence[Manifest]) -> Any:
        plot: Any = figure(
            height=290, min_height=290, sizing_mode="stretch_width", x_axis_type=self._scale, y_range=Range1d(0, 1),
            x_axis_label=_LABELS[self._column], y_axis_label=_axis_label(measure, manifests),
            tools="xpan,xwheel_zoom,box_zoom,reset,save", active_scroll=None,
        )  # fmt: skip
        for index, manifest in enumerate(manifests):
            colour, marker = look(index)
            label = f"t = {manifest.strategy:g}, seed {manifest.seed}"
            common: dict[str, Any] = {"x": self._column, "y": f"{measure}_y"}
            plot.step(**common, source=self._lines[manifest.id], color=colour, line_width=2, mode="after")
            heads = plot.scatter(
                **common, source=self._heads[manifest.id], size=10, color=colour, marker=marker,
                line_color=colours().card,
            )  # fmt: skip
            dots = plot.scatter(
                self._column, f"{measure}_y", source=self._lines[manifest.id], size=4, color=colour, alpha=0.55
            )
            tooltips = [("run", label), ("generation", "@generation{0,0}"), ("error", "@error{0,0}"),
                        ("energy", "@energy{0.[000000000000]} pJ"), ("time", "@seconds{0.0} s")]  # fmt: skip
            plot.add_tools(HoverTool(renderers=[heads, dots], tooltips=tooltips))
        style_plot(plot)
        return plot

    def _mark_budgets(self, manifests: Sequence[Manifest]) -> None:
        self._budgets: dict[int, Span] = {}
        for threshold in {m.threshold for m in manifests}:
            span = Span(dimension="width", line_dash="dashed", line_color=colours().muted, line_width=1)
            self._budgets[threshold] = span
            self.plots["error"].add_layout(span)

    def add(self, run: str, rows: Sequence[dict[str, Any]], status: Status) -> None:
        """Append progress rows of a run and move its head to where it stands now."""
        if rows:
            new = {name: np.array([_real(row.get(name)) for row in rows]) for name in _COLUMNS[:4]}
            self._lines[run].stream(self._placed(new))
        if status.error is not None:
            now = {name: np.array([_real(getattr(status, name))]) for name in _COLUMNS[:4]}
            self._heads[run].data = self._placed(now)
            self._lines[run].stream(self._placed(now)) if self._extends(run, now) else None
        self._thin(run)

    def _extends(self, run: str, now: dict[str, np.ndarray]) -> bool:
        """Whether the line has to go on to where the run stands."""
        seen = self._lines[run].data["generation"]
        return bool(len(seen)) and now["generation"][0] > seen[-1]

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
        """Fit the axes to what has arrived."""
        for name, plot in self.plots.items():
            sources = [*self._lines.values(), *self._heads.values()]
            values = np.concatenate([np.asarray(source.data[name], dtype=float) for source in sources])
            if name == "error":
                values = np.r_[values, [float(threshold) for threshold in self._budgets]]
            axis = LogAxis.holding(values)
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
