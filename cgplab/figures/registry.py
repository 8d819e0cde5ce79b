"""All figures by name, and how one becomes files."""

import io
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cgplab.files import write_atomic

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIGURES: tuple[str, ...] = ("accuracy_loss", "missing_weights")
"""Names; each is a module here with ``data(runs)`` and ``publication(runs)``."""

FORMATS: tuple[str, ...] = ("pdf", "png", "svg")


def save_figure(name: str, runs: "pd.DataFrame", out: Path, formats: Sequence[str]) -> list[Path]:
    """Draw a figure for print and write it.

    Parameters
    ----------
    name : str
        One of :data:`FIGURES`.
    runs : pandas.DataFrame
        As :func:`cgplab.analysis.runs` gives it.
    out : Path
        Directory; made if needed.
    formats : sequence of str
        Of :data:`FORMATS`.

    Returns
    -------
    list of Path
        Files written, ``<name>.<format>``.

    Raises
    ------
    InputError
        The runs hold nothing to draw, or the directory cannot be written.
    """
    draw: Callable[[pd.DataFrame], Figure] = import_module(f"cgplab.figures.{name}").publication
    return save_drawing(draw(runs), name, out, formats)


def save_drawing(figure: "Figure", name: str, out: Path, formats: Sequence[str]) -> list[Path]:
    """Write a drawn figure as ``<name>.<format>``; see :func:`save_figure`."""
    from cgplab.figures.style import publication_style

    paths = []
    for extension in formats:
        buffer = io.BytesIO()
        # Without the time of making, the same runs give the same file.
        undated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(extension, {})
        with publication_style():  # font types and resolution are looked up when the file is written
            figure.savefig(buffer, format=extension, metadata=undated)
        path = out / f"{name}.{extension}"
        write_atomic(path, buffer.getvalue())
        paths.append(path)
    return paths
