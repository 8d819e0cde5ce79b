"""All figures by name, and how one becomes files."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cgplab.figures.files import save_drawing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIGURES: tuple[str, ...] = ("accuracy_loss", "missing_weights", "critical_difference")
"""Names; each is a module here with ``data(runs)`` and ``publication(runs)``."""


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
