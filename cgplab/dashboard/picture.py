"""Draw pictures of weights: one image with its colour bar."""

from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColorBar, ColumnDataSource, HoverTool, Image, LinearColorMapper
from bokeh.plotting import figure
from numpy.typing import NDArray

from cgplab.dashboard.palette import blend
from cgplab.dashboard.theme import FONT, colours, is_dark, style_plot


def weight_colours(limit: int) -> LinearColorMapper:
    """Blue below, orange above zero; told apart under every common kind of colour blindness."""
    middle = "#242b34" if is_dark() else "#f7f7f7"
    low, high = ("#56B4E9", "#E69F00") if is_dark() else ("#0072B2", "#D55E00")
    return LinearColorMapper(palette=blend((low, middle, high)), low=-limit, high=limit, nan_color="rgba(0,0,0,0)")


class Picture:
    """An image of weights in a plot of fixed height; :meth:`show` replaces what it shows.

    Parameters
    ----------
    title, label : str
        Above the plot; for the colour bar and hover.
    height : int
    """

    def __init__(self, title: str, label: str = "weight", height: int = 240) -> None:
        self._source = ColumnDataSource({"image": [], "x": [], "y": [], "dw": [], "dh": []})
        self._mapper = weight_colours(128)
        self.plot: Any = style_plot(
            figure(height=height, min_height=height, sizing_mode="stretch_width", title=title, toolbar_location=None,
                   tools="", x_axis_type=None, y_axis_type=None, match_aspect=True)
        )  # fmt: skip
        self.plot.grid.visible = False
        self.plot.min_border = 4
        glyph = Image(image="image", x="x", y="y", dw="dw", dh="dh", color_mapper=self._mapper)
        image = self.plot.add_glyph(self._source, glyph)
        self.plot.add_tools(HoverTool(tooltips=[(label, "@image")], renderers=[image]))
        bar = ColorBar(
            color_mapper=self._mapper, width=8, padding=6, major_label_text_font=FONT,
            major_label_text_font_size="11px", major_label_text_color=colours().muted,
            background_fill_color=None, major_tick_line_color=None,
        )  # fmt: skip
        self.plot.add_layout(bar, "right")

    def show(self, picture: NDArray[np.float32] | None, limit: int = 128) -> None:
        """Show an image, first row on top; None clears the plot."""
        if picture is None:
            self._source.data = {name: [] for name in self._source.data}
            return
        height, width = picture.shape
        self._mapper.update(low=-limit, high=limit)
        self._source.data = {"image": [picture[::-1]], "x": [0], "y": [0], "dw": [width], "dh": [height]}

    def pane(self) -> pn.pane.Bokeh:
        """The plot as a pane."""
        return pn.pane.Bokeh(self.plot, sizing_mode="stretch_width", min_height=self.plot.min_height, margin=0)
