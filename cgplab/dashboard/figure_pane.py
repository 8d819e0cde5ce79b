"""An interactive figure in the page's look, whose points can be marked: marked runs stay marked in the next figure."""

from collections.abc import Callable
from math import ceil
from typing import Any
from weakref import WeakMethod

import holoviews as hv
import panel as pn
import param
from bokeh.models import (
    BoxSelectTool,
    ColumnDataSource,
    CustomJS,
    FixedTicker,
    GlyphRenderer,
    LassoSelectTool,
    Legend,
    TapTool,
)

from cgplab.dashboard.theme import FONT, ON_DARK, colours, is_dark, style_plot
from cgplab.figures.scales import STRIP
from cgplab.figures.screens import EDGE, PAPER
from cgplab.figures.style import OKABE_ITO, ORDERED, ORDERED_ON_DARK

HEIGHT = 420
_MOST_LEVEL = 10
"""Labels of an axis, or entries of a legend, that fit in a row."""
_INKS = ("#222222", "#000000", "#444444", "black")
"""Colours of lines that figures draw for a white page."""
_GLYPHS = ("glyph", "selection_glyph", "nonselection_glyph", "muted_glyph", "hover_glyph")
_COLOUR_COLUMNS = {"color", "fill_color", "line_color"}
"""Where HoloViews puts colours that differ from mark to mark."""
# Beside the plot, the legend would leave a phone no room for the data; words of the usual size would be cut off.
_FIT = """
const narrow = figure.outer_width < 560
for (const legend of beside) legend.visible = !narrow
for (const legend of below) legend.visible = narrow
figure.title.text_font_size = narrow ? "11px" : "13.5px"
for (const part of [...figure.below, ...figure.left]) {
  if (part.type !== "Legend") part.axis_label_text_font_size = narrow ? "10.5px" : "12.5px"
}
"""


class FigurePane(pn.viewable.Viewer):
    """Shows what ``Plot.interactive`` returns.

    Attributes
    ----------
    marked : tuple of str
        Ids of the runs whose points are marked.
    """

    marked: Any = param.Parameter(())

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._sources: list[ColumnDataSource] = []
        self._place = pn.Column(sizing_mode="stretch_width", min_height=HEIGHT, margin=0)

    def draw(self, drawn: Any) -> None:
        """Show another figure."""
        self._sources = []
        height = _height(drawn)
        pane = pn.pane.HoloViews(
            drawn.opts(hv.opts.Overlay(hooks=[_weakly(self._dress)], backend="bokeh"), clone=True),
            backend="bokeh", linked_axes=False, sizing_mode="stretch_width", min_height=height,
        )  # fmt: skip
        self._place.min_height = height
        self._place[:] = [pane]

    def say(self, message: Any) -> None:
        """Show a message in place of a figure."""
        self._sources = []
        self._place.min_height = HEIGHT
        self._place[:] = [message]

    def _dress(self, plot: Any, _: Any) -> None:
        figure = style_plot(plot.state)
        figure.toolbar.autohide = False
        c = colours()
        for legend in figure.legend:
            legend.update(background_fill_color=c.card, border_line_color=c.line, label_text_color=c.text)
            legend.label_text_font, legend.label_text_font_size = FONT, "12px"
            legend.ncols = max(1, ceil(len(legend.items) / _MOST_LEVEL))
        beside = [part for part in figure.right if isinstance(part, Legend)]
        below = [legend.clone(visible=False) for legend in beside]
        for legend in below:
            figure.add_layout(legend, "below")
        models = {"figure": figure, "beside": beside, "below": below}
        figure.js_on_change("outer_width", CustomJS(args=models, code=_FIT))
        ticker = figure.xaxis[0].ticker
        if isinstance(ticker, FixedTicker) and len(ticker.ticks) > _MOST_LEVEL:
            figure.xaxis.major_label_orientation = 0.8
        if is_dark():
            _turn_to_dark(figure)
        marking = False
        for renderer in figure.renderers:
            source = getattr(renderer, "data_source", None)
            if isinstance(source, ColumnDataSource) and "id" in source.data and len(source.data["id"]):
                self._link(source)
                marking = True
        if marking:
            have = {type(tool) for tool in figure.tools}
            figure.add_tools(*(tool() for tool in (TapTool, BoxSelectTool, LassoSelectTool) if tool not in have))

    def _link(self, source: ColumnDataSource) -> None:
        ids = [str(name) for name in source.data["id"]]
        source.selected.indices = [place for place, name in enumerate(ids) if name in self.marked]
        self._sources.append(source)
        source.selected.on_change("indices", self._collect(source))

    def _collect(self, changed: ColumnDataSource) -> Callable[[str, Any, Any], None]:
        def collect(_: str, __: Any, new: list[int]) -> None:
            names = {str(changed.data["id"][place]) for place in new}
            for source in self._sources:
                if source is not changed:
                    names |= {str(source.data["id"][place]) for place in source.selected.indices}
            self.marked = tuple(sorted(names))

        return collect

    def __panel__(self) -> pn.viewable.Viewable:
        return self._place


def _height(drawn: Any) -> int:
    """Height in pixels: without one of its own a tall figure would be squeezed, or run over what comes below it."""
    if isinstance(drawn, hv.Layout):
        return HEIGHT * int(drawn.shape[0]) + 70
    options: dict[str, int] = hv.Store.lookup_options("bokeh", drawn, "plot").kwargs
    return max(HEIGHT, options.get("min_height", HEIGHT))


def _weakly(method: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Hook that does not keep its pane: HoloViews remembers the options that it looked up, also of closed sessions."""
    reference = WeakMethod(method)

    def hook(plot: Any, element: Any) -> None:
        found = reference()
        if found is not None:
            found(plot, element)

    return hook


def _turn_to_dark(figure: Any) -> None:
    """Let ink and pale strips, which are chosen for paper, show on a dark page."""
    c = colours()
    lighter = {
        **dict(zip((*ORDERED, *OKABE_ITO), (*ORDERED_ON_DARK, *ON_DARK), strict=True)),
        **dict.fromkeys(_INKS, c.text),
        **dict.fromkeys((PAPER, EDGE), c.card),
    }
    for renderer in (renderer for renderer in figure.renderers if isinstance(renderer, GlyphRenderer)):
        for kind in _GLYPHS:
            glyph = getattr(renderer, kind)
            for name in ("line_color", "fill_color", "text_color"):
                colour = getattr(glyph, name, None)
                if isinstance(colour, str) and colour in lighter:
                    setattr(glyph, name, lighter[colour])
        for name in _COLOUR_COLUMNS & renderer.data_source.data.keys():
            colours_of_marks = renderer.data_source.data[name]
            renderer.data_source.data[name] = [lighter.get(colour, colour) for colour in colours_of_marks]
    for band in (*figure.renderers, *figure.center, *figure.above, *figure.below):
        if getattr(band, "fill_color", None) == STRIP:
            band.fill_color = band.line_color = c.idle
