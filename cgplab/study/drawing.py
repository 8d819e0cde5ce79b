"""A figure that shows itself in a notebook."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from cgplab.figures.files import save_drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SCREEN_DPI = 110


class Drawing:
    """A matplotlib figure; notebooks show it, :meth:`save` writes it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        Of its files.
    """

    def __init__(self, figure: "Figure", name: str) -> None:
        self.figure, self.name = figure, name

    def save(self, out: str | Path = "out", formats: Sequence[str] = ("pdf",)) -> list[Path]:
        """Write it for print; see :func:`cgplab.figures.save_drawing`."""
        return save_drawing(self.figure, self.name, Path(out), formats)

    def _repr_png_(self) -> bytes:
        buffer = BytesIO()
        self.figure.savefig(buffer, format="png", dpi=_SCREEN_DPI, facecolor="white")
        return buffer.getvalue()
