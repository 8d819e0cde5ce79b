"""Draw a circuit on its grid: active gates by energy, wires, the critical path."""

from typing import Any

import numpy as np
import pandas as pd
import panel as pn
from bokeh.models import (
    BasicTickFormatter,
    Bezier,
    ColorBar,
    ColumnDataSource,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    Range1d,
    Scatter,
)
from bokeh.plotting import figure

from cgplab.analysis.circuit_layout import CircuitLayout
from cgplab.dashboard.palette import blend
from cgplab.dashboard.theme import FONT, colours, is_dark, style_plot
from cgplab.markup import html

_SCALE_LIGHT = ("#fde8c8", "#fdc67a", "#f39b3d", "#d9691c", "#a63a06", "#6b1d02")
_SCALE_DARK = ("#5b3a1a", "#8a531a", "#b86f1c", "#e08f2c", "#f6b861", "#ffe3b0")
_FREE_LIGHT, _FREE_DARK = "#9ecae9", "#2f5f83"
_PATH_LIGHT, _PATH_DARK = "#c2185b", "#ff6db6"
_CURVE = ("x0", "y0", "x1", "y1", "cx0", "cx1")

# Bokeh fills these in, escaping what it fills in.
_GATE_HOVER = html("""
<div style="font-size:12px;line-height:1.4"><b>@operator</b> &nbsp;<span style="opacity:.75">@symbol</span><br>
value <b>@value</b><br>@reads<br>energy @energy{0.0000} pJ · area @area{0.0} µm² · delay @delay{0.0000} ns<br>
ready after @arrival{0.0000} ns · serves @serves{0,0} weights · pin @pin</div>
""")
_INPUT_HOVER = html("""
<div style="font-size:12px">kept weight, pin @pin<br>value <b>@value</b><br>serves @serves{0,0} weights</div>
""")


class CircuitDrawing:
    """Plot of one circuit; :meth:`show` replaces it."""

    def __init__(self) -> None:
        scale = blend(_SCALE_DARK if is_dark() else _SCALE_LIGHT)
        self._mapper = LinearColorMapper(palette=scale, low=0, high=1)
        self.plot: Any = style_plot(
            figure(
                height=300, min_height=300, sizing_mode="stretch_width", tools="pan,wheel_zoom,box_zoom,reset,save",
                active_scroll=None, x_range=Range1d(-1, 2), y_range=Range1d(1, -1),
                x_axis_label="column", y_axis_label="row",
            )
        )  # fmt: skip
        self.plot.grid.visible = False
        self._idle, self._free, self._gates, self._inputs, self._critical = (
            ColumnDataSource({"x": [], "y": [], "energy": []}) for _ in range(5)
        )
        self._wires, self._path = (ColumnDataSource({name: [] for name in _CURVE}) for _ in range(2))
        self._add_marks()
        self._bar = ColorBar(
            color_mapper=self._mapper, width=10, padding=8, formatter=BasicTickFormatter(precision="auto"),
            major_label_text_font=FONT, major_label_text_font_size="11px", major_label_text_color=colours().muted,
            background_fill_color=None, major_tick_line_color=None,
        )  # fmt: skip
        self.plot.add_layout(self._bar, "right")

    def _add_marks(self) -> None:
        c, plot = colours(), self.plot
        accent, free_colour = (_PATH_DARK, _FREE_DARK) if is_dark() else (_PATH_LIGHT, _FREE_LIGHT)
        curve: dict[str, Any] = {**{name: name for name in _CURVE}, "cy0": "y0", "cy1": "y1"}
        edge: dict[str, Any] = {"line_color": c.text, "line_width": 0.8}
        by_energy: Any = {"field": "energy", "transform": self._mapper}
        # Every glyph of the plotting interface brings three more for selections that this plot has not.
        place: dict[str, Any] = {"x": "x", "y": "y"}
        plot.add_glyph(self._idle, Scatter(**place, size=3, fill_color=c.idle, line_color=c.idle))
        plot.add_glyph(self._wires, Bezier(**curve, line_color=c.muted, line_alpha=0.4, line_width=1.1))
        plot.add_glyph(self._path, Bezier(**curve, line_color=accent, line_width=3))
        frame = Scatter(**place, marker="square", fill_color=None, line_color=accent, line_width=2.5)
        frames = plot.add_glyph(self._critical, frame)
        free = plot.add_glyph(self._free, Scatter(**place, marker="circle", fill_color=free_colour, **edge))
        gates = plot.add_glyph(self._gates, Scatter(**place, marker="square", fill_color=by_energy, **edge))
        kept = Scatter(**place, marker="triangle", angle=-np.pi / 2, fill_color=c.card, line_color=c.text)
        inputs = plot.add_glyph(self._inputs, kept)
        self._sizes = {frames: 1.5, free: 0.95, gates: 1.0, inputs: 0.7}
        plot.add_tools(
            HoverTool(renderers=[free, gates], tooltips=str(_GATE_HOVER), attachment="horizontal"),
            HoverTool(renderers=[inputs], tooltips=str(_INPUT_HOVER)),
        )

    def show(self, layout: CircuitLayout) -> None:
        """Show a circuit."""
        rows, cols = layout.rows, layout.cols
        self.plot.height = self.plot.min_height = int(np.clip(12 * rows + 80, 300, 680))
        size = float(np.clip(0.85 * (self.plot.height - 80) / rows, 6, 17))
        for renderer, share in self._sizes.items():
            renderer.glyph.size = share * size
        self._idle.data = {
            "x": [float(1 + col) for col in range(cols) for _ in range(rows)],
            "y": [float(row) for _ in range(cols) for row in range(rows)],
        }
        edges = layout.edges.assign(
            cx0=lambda e: e["x0"] + 0.45 * (e["x1"] - e["x0"]), cx1=lambda e: e["x1"] - 0.45 * (e["x1"] - e["x0"])
        )
        critical = edges["critical"].astype(bool)
        for source, chosen in ((self._wires, edges[~critical]), (self._path, edges[critical])):
            source.data = {name: chosen[name].to_numpy(dtype=float) for name in _CURVE}
        gates = layout.gates
        costly = gates["energy"] > 0
        self._mapper.high = float(gates["energy"].max()) if costly.any() else 1.0
        self._bar.visible = bool(costly.any())
        self._gates.data = _columns(gates[costly])
        self._free.data = _columns(gates[~costly])
        on_path = gates[gates["critical"].astype(bool)]
        self._critical.data = {"x": list(on_path["x"]), "y": list(on_path["y"])}
        self._inputs.data = _columns(layout.inputs)
        self.plot.x_range.update(start=-0.7, end=cols + 0.8, reset_start=-0.7, reset_end=cols + 0.8)
        margin = max(0.8, 0.03 * rows)
        self.plot.y_range.update(start=rows - 1 + margin, end=-margin, reset_start=rows - 1 + margin, reset_end=-margin)
        self.plot.xaxis.ticker = FixedTicker(ticks=[0, *_every(cols)])
        self.plot.xaxis.major_label_overrides = {0: "in"}
        self.plot.yaxis.ticker = FixedTicker(ticks=[row - 1 for row in _every(rows)])
        self.plot.yaxis.major_label_overrides = {row - 1: str(row) for row in _every(rows)}

    def pane(self) -> pn.pane.Bokeh:
        """The plot as a pane."""
        return pn.pane.Bokeh(self.plot, sizing_mode="stretch_width", min_height=self.plot.min_height, margin=0)


def _columns(frame: pd.DataFrame) -> dict[str, Any]:
    return {str(name): values.tolist() for name, values in frame.items()}


def _every(n: int) -> list[int]:
    """Round numbers from 1 to n, a dozen at most."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**6) if n / s <= 12)
    return sorted({1, *range(step, n + 1, step)})
