"""How a drawn figure becomes files."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cgplab.files import with_directory, write_atomic

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS: tuple[str, ...] = ("pdf", "png", "svg")


def save_drawing(figure: "Figure", name: str, out: Path, formats: Sequence[str]) -> list[Path]:
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

    Raises
    ------
    InputError
        The directory cannot be written.
    """
    paths = []
    for extension in formats:
        path = out / f"{name}.{extension}"
        write_atomic(with_directory(path), drawing_bytes(figure, extension))
        paths.append(path)
    return paths


def drawing_bytes(figure: "Figure", extension: str) -> bytes:
    """File of a drawn figure in one of :data:`FORMATS`."""
    from cgplab.figures.style import publication_style

    buffer = io.BytesIO()
    # Without the time of making, the same runs give the same file.
    undated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(extension, {})
    with publication_style():  # font types and resolution are looked up when the file is written
        figure.savefig(buffer, format=extension, metadata=undated)
    return buffer.getvalue()
