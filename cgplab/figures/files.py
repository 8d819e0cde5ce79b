"""How a drawn figure becomes files."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgplab.files import with_directory, write_atomic

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PRINT_DPI = 300
# Without the time of making, the same runs give the same file.
_UNDATED: dict[str, Any] = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}
_DESCRIPTION = {"pdf": "Subject", "png": "Description", "svg": "Description"}
FORMATS: tuple[str, ...] = ("pdf", "png", "svg")


def save_drawing(figure: "Figure", name: str, out: Path, formats: Sequence[str], caption: str = "") -> list[Path]:
    """Write a figure as ``<name>.<format>``; the same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    name : str
        Of the files, without extension.
    out : Path
        Directory; made if needed.
    formats : sequence of str
        Of :data:`FORMATS`.
    caption : str
        Written beside the figure as ``<name>.txt``, and into its files as their description.

    Raises
    ------
    InputError
        The directory cannot be written.
    """
    paths = []
    for extension in formats:
        path = out / f"{name}.{extension}"
        write_atomic(with_directory(path), drawing_bytes(figure, extension, caption=caption))
        paths.append(path)
    if caption:
        path = out / f"{name}.txt"
        write_atomic(with_directory(path), f"{caption}\n".encode())
        paths.append(path)
    return paths


def drawing_bytes(figure: "Figure", extension: str, dpi: float | None = None, caption: str = "") -> bytes:
    """File of a drawn figure in one of :data:`FORMATS`; ``dpi`` is the resolution of pixels, if not that of print."""
    from cgplab.figures.style import publication_style

    buffer = io.BytesIO()
    metadata = _UNDATED.get(extension, {}) | ({_DESCRIPTION[extension]: caption} if caption else {})
    with publication_style():  # font types are looked up when the file is written
        _lay_out(figure)
        figure.savefig(buffer, format=extension, metadata=metadata, dpi=dpi or PRINT_DPI)
    return buffer.getvalue()


def pages_bytes(figures: Sequence["Figure"]) -> bytes:
    """PDF with a page for each figure; its fonts are embedded once, which takes longer than drawing."""
    from matplotlib.backends.backend_pdf import PdfPages

    from cgplab.figures.style import publication_style

    buffer = io.BytesIO()
    with publication_style(), PdfPages(buffer, metadata=_UNDATED["pdf"]) as pages:
        for figure in figures:
            _lay_out(figure)
            pages.savefig(figure)
    return buffer.getvalue()


def _lay_out(figure: "Figure") -> None:
    """Lay a figure out once for all formats; matplotlib would draw it whole before each to do so."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine(None)
