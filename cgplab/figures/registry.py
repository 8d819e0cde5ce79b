"""All figures by name: what each shows, which frame it draws, and how it becomes files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgplab.figures.files import save_drawing
from cgplab.files import with_directory, write_atomic

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_MOST_WORD = 100
_STRANGE = re.compile(r"[^0-9A-Za-z.+]+")


@dataclass(frozen=True)
class Plot:
    """One figure.

    Attributes
    ----------
    name : str
        Of the module here that draws it, and of its files.
    title : str
        What it shows, for menus.
    frame : str
        Frame of :data:`cgplab.analysis.FRAMES` that its functions take.
    shows : tuple of str
        Columns of :data:`cgplab.analysis.mixture.SETUP` that it keeps apart itself.
    """

    name: str
    title: str
    frame: str = "runs"
    shows: tuple[str, ...] = ()

    def data(self, frame: "pd.DataFrame") -> Any:
        """What is drawn; InputError when the frame holds nothing to draw."""
        return self.module.data(frame)

    def interactive(self, frame: "pd.DataFrame") -> Any:
        """HoloViews object for a screen, to be shown with its Bokeh backend."""
        return self.module.interactive(frame)

    def publication(self, frame: "pd.DataFrame") -> "Figure":
        """Matplotlib figure for print."""
        drawn: Figure = self.module.publication(frame)
        return drawn

    def table(self, frame: "pd.DataFrame") -> str | None:
        """What is drawn as a LaTeX table, with booktabs; None where a picture says it all."""
        made: str | None = self.module.table(frame) if hasattr(self.module, "table") else None
        return made

    @property
    def module(self) -> Any:
        """Module that draws it."""
        return import_module(f"cgplab.figures.{self.name}")


FIGURES: dict[str, Plot] = {
    plot.name: plot
    for plot in (
        Plot("accuracy_loss", "Accuracy loss by strategy"),
        Plot("accuracy_loss_by_layer", "Accuracy loss by layer and strategy"),
        Plot("energy_by_layer", "Energy by layer and strategy"),
        Plot("missing_weights", "Energy over missing weights"),
        Plot("measures_by_strategy", "All measures by strategy"),
        Plot("measures_by_grid", "All measures by grid", shows=("grid", "l_back")),
        Plot("lowest_energy", "Lowest energy of each layer beside missing weights"),
        Plot("best_solutions", "Best solution of each layer"),
        Plot("pareto", "Pareto front of energy and accuracy loss"),
        Plot("pareto_by_layer", "Pareto fronts layer by layer"),
        Plot("rate_accuracy", "Bits, memory energy and accuracy beside int4, tables and entropy", "compression"),
        Plot("accuracy_error", "Accuracy loss over error"),
        Plot("accuracy_loss_by_dataset", "Accuracy loss by strategy and data set", "accuracies"),
        Plot("convergence", "Error and energy over generations", "progress"),
        Plot("gate_usage", "Gates and energy by operator", "gate_usage"),
        Plot("sensitivity", "Accuracy loss over errors added to a layer's weights", "sensitivity"),
        Plot("synthesis", "Sum of gates against synthesis of the whole circuit", "synthesis"),
        Plot("critical_difference", "Strategies compared over layers (critical difference)"),
    )
}
"""Figures by name, in the order of menus."""


def save_figure(name: str, frame: "pd.DataFrame", out: Path, formats: Sequence[str], part: str = "") -> list[Path]:
    """Draw a figure for print and write it.

    Parameters
    ----------
    name : str
        One of :data:`FIGURES`.
    frame : pandas.DataFrame
        The frame that the figure takes, see :attr:`Plot.frame`.
    out : Path
        Directory; made if needed.
    formats : sequence of str
        Of :data:`cgplab.figures.FORMATS`.
    part : str
        Which of several experiments the frame holds, a word of :func:`part_words`; empty where there is only one.

    Returns
    -------
    list of Path
        Files written, ``<name>.<format>`` or ``<name>.<part>.<format>``.

    Raises
    ------
    InputError
        The frame holds nothing to draw, or the directory cannot be written.
    """
    return save_drawing(FIGURES[name].publication(frame), _file(name, part), out, formats)


def save_table(name: str, frame: "pd.DataFrame", out: Path, part: str = "") -> list[Path]:
    """Write the LaTeX table of a figure as ``<name>.tex``; nothing if it has none. See :func:`save_figure`."""
    text = FIGURES[name].table(frame)
    if text is None:
        return []
    path = out / f"{_file(name, part)}.tex"
    write_atomic(with_directory(path), text.encode())
    return [path]


def part_words(titles: Sequence[str]) -> list[str]:
    """Parts as :func:`save_figure` takes them: each title as a short word of letters, digits, points and hyphens.

    No two are the same, even where letters of either case are.
    """
    words: list[str] = []
    taken: set[str] = set()
    for title in titles:
        word = _STRANGE.sub("-", title).strip("-.")[:_MOST_WORD]
        number, found = 1, word
        while found.lower() in taken:
            number += 1
            found = f"{word}-{number}".strip("-")
        taken.add(found.lower())
        words.append(found)
    return words


def _file(name: str, part: str) -> str:
    """Name of a figure's files."""
    return f"{name}.{part}" if part else name
