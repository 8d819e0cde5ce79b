"""Figures that show themselves in a notebook."""

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cgplab.figures.files import drawing_bytes, save_drawing
from cgplab.figures.registry import part_words
from cgplab.markup import Markup, html, joined

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN_DPI = 105
_DRAWN_DPI = 160
"""Finer than it is shown: at lower resolutions small texts become wider than the layout knows."""
_COLOURS = 256
"""Of a picture on a screen: figures are flat, so a palette makes them a third as large."""


class Drawing:
    """A matplotlib figure; notebooks show it, :meth:`save` writes it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        Of its files.
    title : str
        What it shows, for those who cannot see it.
    caption : str
        Shown below it, and written beside it as ``<name>.txt``.
    """

    def __init__(self, figure: "Figure", name: str, title: str, caption: str = "") -> None:
        self.figure, self.name, self.title, self.caption = figure, name, title, caption

    def save(self, out: str | Path = "out", formats: Sequence[str] = ("pdf",)) -> list[Path]:
        """Write it for print; see :func:`cgplab.figures.save_drawing`."""
        return save_drawing(self.figure, self.name, Path(out), formats, self.caption)

    def png(self) -> bytes:
        """Picture for a screen."""
        from PIL import Image

        buffer = io.BytesIO()
        with Image.open(io.BytesIO(drawing_bytes(self.figure, "png", _DRAWN_DPI))) as picture:
            picture.convert("RGB").quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
                buffer, "png", optimize=True
            )
        return buffer.getvalue()

    def _repr_html_(self) -> Markup:
        source = f"data:image/png;base64,{base64.b64encode(self.png()).decode()}"
        width = round(self.figure.get_figwidth() * _SHOWN_DPI)
        picture = html('<img alt="{}" width="{}" style="max-width: 100%" src="{}">', self.title, width, source)
        if not self.caption:
            return picture
        return html('{}<div style="max-width: {}px; font-size: 85%">{}</div>', picture, width, self.caption)


class Drawings:
    """One figure for each of several experiments; notebooks show them all, each under its title.

    Parameters
    ----------
    drawings : {title: Drawing}
    left_out : {title: reason}
        Experiments that have nothing to draw.
    """

    def __init__(self, drawings: Mapping[str, Drawing], left_out: Mapping[str, str]) -> None:
        self.drawings, self.left_out = dict(drawings), dict(left_out)

    def save(self, out: str | Path = "out", formats: Sequence[str] = ("pdf",)) -> list[Path]:
        """Write all for print, one file each; see :func:`cgplab.figures.save_figure`."""
        words = part_words(list(self.drawings))
        return [
            path
            for word, drawing in zip(words, self.drawings.values(), strict=True)
            for path in save_drawing(drawing.figure, f"{drawing.name}.{word}", Path(out), formats, drawing.caption)
        ]

    def _repr_html_(self) -> Markup:
        shown = [
            html("<div><b>{}</b></div>{}", title, drawing._repr_html_()) for title, drawing in self.drawings.items()
        ]
        untold = [html("<div>{}: {}</div>", title, reason) for title, reason in self.left_out.items()]
        return joined([*shown, *untold])
