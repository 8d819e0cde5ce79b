"""All figures by name: what each shows, which frame it draws, and how it becomes files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgplab.analysis import Frames, solved
from cgplab.analysis.mixture import Part, parts
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
    drawn : str
        What its signs mean, which aggregates they are, and in which units; for captions.
    frame : str
        Frame of :data:`cgplab.analysis.FRAMES` that its functions take.
    shows : tuple of str
        Columns of :data:`cgplab.analysis.mixture.SETUP` that the figure itself shows separately.
    apart : tuple of str
        Further columns of which each value gets a figure of its own.
    hollow : bool
        Whether it draws runs above their budget, as hollow marks.
    rows : str
        What has a row of its own in it, with a mark for each strategy: ``layer``, or ``weights`` where the kernels of a
        layer have one each; empty where nothing has. See :func:`sheets`.
    """

    name: str
    title: str
    drawn: str
    frame: str = "runs"
    shows: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    hollow: bool = True
    rows: str = ""

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

    def table(self, frame: "pd.DataFrame", part: str = "") -> str | None:
        """What is drawn as a LaTeX table, with booktabs; None where a picture says it all.

        Parameters
        ----------
        frame : pandas.DataFrame
        part : str
            Which of several experiments it holds, a word of :func:`part_words`: it ends the label, so that one document
            can hold the tables of all.
        """
        if not hasattr(self.module, "table"):
            return None
        label = f"tab:{self.name.replace('_', '-')}{f'-{part}' if part else ''}"
        made: str = self.module.table(frame, label)
        return made

    def notes(self, data: Any) -> list[str]:
        """Sentences of the caption that follow from what is drawn, without full stops; see :meth:`data`."""
        made: list[str] = self.module.notes(data) if hasattr(self.module, "notes") else []
        return made

    @property
    def module(self) -> Any:
        """Module that draws it."""
        return import_module(f"cgplab.figures.{self.name}")


_BOXES = (
    "one point per run; boxes show the median and quartiles, whiskers reach to the last run within 1.5 interquartile "
    "ranges; boxes of costs and accuracies are over the runs within budget, those of errors, generations and times "
    "over all runs"
)
_POINTS = "one point per run"
_SPANS = (
    "filled marks show the median of the runs of a layer and strategy that are within budget, thick bars their "
    "quartiles, thin bars their range"
)
_GRIDS = ("grid", "l_back")

FIGURES: dict[str, Plot] = {
    plot.name: plot
    for plot in (
        Plot("accuracy_loss", "Accuracy loss by strategy", f"Accuracy loss in percentage points; {_BOXES}"),
        Plot(
            "accuracy_loss_by_layer",
            "Accuracy loss by layer and strategy",
            f"In percentage points; {_SPANS}",
            rows="layer",
        ),
        Plot("energy_by_layer", "Energy by layer and strategy", f"In pJ; {_SPANS}", rows="layer"),
        Plot(
            "success",
            "Runs within budget by layer and strategy",
            "Runs whose error is within what their strategy allows, of all runs with a circuit",
            hollow=False,
        ),
        Plot("missing_weights", "Energy over missing weights", f"Energy in pJ; {_POINTS}"),
        Plot("measures_by_strategy", "All measures by strategy", f"Units are given above the panels; {_BOXES}"),
        Plot(
            "measures_by_grid",
            "All measures by grid",
            f"Units are given above the panels; {_BOXES}",
            shows=_GRIDS,
            apart=("strategy",),
        ),
        Plot(
            "lowest_energy",
            "Lowest energy of each layer beside missing weights",
            "The lowest energy in pJ among the runs of a layer or kernel and strategy that are within budget, beside "
            "the number of missing weights; no mark where no run is within budget",
            hollow=False,
            rows="weights",
        ),
        Plot(
            "best_solutions",
            "Best solution of each layer",
            "For each layer or kernel, the run within budget with the lowest energy in pJ among those without accuracy "
            "loss; if all lose accuracy, the run with the smallest loss; no mark where no run is within budget",
            hollow=False,
        ),
        Plot(
            "pareto",
            "Pareto fronts of energy and accuracy loss",
            f"Energy in pJ, accuracy loss in percentage points; {_POINTS}",
        ),
        Plot(
            "pareto_by_layer",
            "Pareto fronts layer by layer",
            f"One panel per layer: energy in pJ, accuracy loss in percentage points; {_POINTS}",
        ),
        Plot(
            "rate_accuracy",
            "Bits, memory energy and accuracy beside other ways to store the weights",
            "Bits per weight and accuracy loss in percentage points; two points per run, its circuit in wires and "
            "configured; colour shows the memory energy saved relative to int8 in per cent (grey if unknown)",
            "compression",
        ),
        Plot(
            "accuracy_error",
            "Accuracy loss over error",
            f"Accuracy loss in percentage points over the mean squared error of the inferred weights; {_POINTS}",
        ),
        Plot(
            "accuracy_loss_by_dataset",
            "Accuracy loss by strategy and data set",
            "Accuracy loss in percentage points; one point per run and data set",
            "accuracies",
        ),
        Plot(
            "convergence",
            "Error and energy over generations",
            "Median (line) and quartiles (band) of the values that the runs of a strategy, all seeds and layers, have "
            "reached by each generation; energy in pJ, from the generation at which half of the runs are within budget",
            "progress",
            hollow=False,
        ),
        Plot(
            "hitting_times",
            "Run-time profile: targets hit over generations",
            "Empirical distribution of the generation at which a run hits a target error (left), and at which it is "
            "within its budget (right)",
            "progress",
            hollow=False,
        ),
        Plot(
            "attainment",
            "Attainment curves of energy",
            "Energy in pJ over generations",
            "progress",
            hollow=False,
        ),
        Plot(
            "expected_time",
            "Expected running time until the budget is met",
            "Expected generations with restarts after failures",
            "progress",
            hollow=False,
            rows="weights",
        ),
        Plot(
            "performance_profile",
            "Performance profile of the searches",
            "Share of the problems in which a search's energy is at most a factor of the least energy of any search",
            shows=("search", "budget"),
            hollow=False,
        ),
        Plot(
            "gate_usage",
            "Gates and energy by operator",
            "Mean number of active gates and mean energy in pJ per circuit, by operator and strategy, over the "
            "circuits within budget",
            "gate_usage",
            hollow=False,
        ),
        Plot(
            "sensitivity",
            "Accuracy loss over errors added to a layer's weights",
            "Accuracy loss in percentage points when the same error is added to every weight of a part of a layer; one "
            "measurement per error, no runs",
            "sensitivity",
            hollow=False,
        ),
        Plot(
            "synthesis",
            "Sum of gates against synthesis of the whole circuit",
            "The sum of the costs of a circuit's gates against the result of logic synthesis for the whole circuit, "
            "one mark per run; on the dashed line both agree; ratios are medians over the runs within budget that cost "
            "something",
            "synthesis",
        ),
        Plot(
            "critical_difference",
            "Strategies compared within blocks (critical difference)",
            "Average ranks; levels joined by a bar do not differ significantly",
            frame="image_losses",
            hollow=False,
        ),
    )
}
"""Figures by name, in the order of menus."""


def experiments(plot: Plot, frames: Frames) -> list[Part]:
    """Experiments that a figure is drawn for, each by itself; see :func:`cgplab.analysis.mixture.parts`.

    A frame that is read from the runs' files is read once for all of them.
    """
    runs = frames["runs"]
    if plot.frame == "sensitivity":  # measured without runs
        return [Part({}, frozenset(runs["id"]))]
    found = parts(runs, plot.shows, plot.apart)
    if len(found) > 1:
        _ = frames[plot.frame]
    return found


@dataclass(frozen=True)
class Sheet:
    """Runs that one printed figure shows.

    Attributes
    ----------
    part : Part
        Their experiment.
    ids : frozenset of str
        All of its runs, or those of some of its rows, where one page cannot hold all of them legibly.
    rows : str
        Which rows; empty for all.
    """

    part: Part
    ids: frozenset[str]
    rows: str = ""

    @property
    def title(self) -> str:
        """Experiment and rows, in a few words."""
        return ", ".join(filter(None, (self.part.title, self.rows)))


def sheets(plot: Plot, frames: Frames) -> list[Sheet]:
    """Printed figures of a kind over some runs: of each experiment one, or several with some of its rows each."""
    return [sheet for part in experiments(plot, frames) for sheet in _sheets(plot, part, frames)]


def _sheets(plot: Plot, part: Part, frames: Frames) -> list[Sheet]:
    if not plot.rows:
        return [Sheet(part, part.ids)]
    runs = frames["runs"]
    found = pages(plot, runs[runs["id"].isin(part.ids)])
    if len(found) > 1:
        _ = frames[plot.frame]  # read from the runs' files once for all
    return [Sheet(part, ids, rows) for rows, ids in found.items()]


def pages(plot: Plot, runs: "pd.DataFrame") -> dict[str, frozenset[str]]:
    """Runs of an experiment by the rows that a page holds; see :func:`cgplab.figures.layers.most_rows`."""
    from cgplab.figures.layers import most_rows
    from cgplab.figures.outcomes import layers_of, rows_of

    names, order = rows_of(runs) if plot.rows == "weights" else (runs["layer"], layers_of(runs))
    n = -(-len(order) // most_rows(runs["strategy"].nunique()))
    if n <= 1:
        return {"": frozenset(runs["id"])}
    each = -(-len(order) // n)
    found = {}
    for start in range(0, len(order), each):
        shown = order[start : start + each]
        title = f"rows {start + 1} to {start + len(shown)} of {len(order)}"
        found[title] = frozenset(runs.loc[names.isin(shown), "id"])
    return found


def drawn_runs(data: Any, runs: "pd.DataFrame") -> "pd.DataFrame":
    """Runs that a figure shows, with ``within``; see :func:`cgplab.analysis.solved`.

    Parameters
    ----------
    data : Any
        What :meth:`Plot.data` gave; where it names no runs, the figure sums up all of them.
    runs : pandas.DataFrame
        Table of the runs of the experiment.
    """
    named = getattr(data, "columns", ())
    return solved(runs[runs["id"].isin(data["id"])] if "id" in named else runs)


def save_figure(
    name: str, frame: "pd.DataFrame", out: Path, formats: Sequence[str], part: str = "", caption: str = ""
) -> list[Path]:
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
    caption : str
        See :func:`cgplab.figures.captions.caption`.

    Returns
    -------
    list of Path
        Files written, ``<name>.<format>`` or ``<name>.<part>.<format>``, and ``.txt`` with the caption if there is
        one.

    Raises
    ------
    InputError
        The frame holds nothing to draw, or the directory cannot be written.
    """
    return save_drawing(FIGURES[name].publication(frame), _file(name, part), out, formats, caption)


def save_table(name: str, frame: "pd.DataFrame", out: Path, part: str = "") -> list[Path]:
    """Write the LaTeX table of a figure as ``<name>.tex``; nothing if it has none. See :func:`save_figure`."""
    text = FIGURES[name].table(frame, part)
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
