"""Captions of figures, made from what is drawn: scope, number of runs, aggregates, units, hollow marks."""

from typing import Any, Protocol

import pandas as pd

from cgplab.figures.outcomes import listed
from cgplab.figures.registry import Plot, drawn_runs
from cgplab.words import counted

_SCOPE = (
    ("model", "model"), ("layer", "layer"), ("kernel", "kernel"), ("selection", "selection"), ("search", "search"),
    ("budget", "search budget"), ("grid", "grid"), ("dataset", "accuracy on"), ("costs", "cost table"),
)  # fmt: skip
_MOST_LEVELS = 8
"""Strategies named one by one."""
_PLURAL = {"search": "searches", "search budget": "search budgets", "accuracy on": "data sets"}


class ByName(Protocol):
    """Frames by name, such as :class:`cgplab.analysis.Frames`."""

    def __getitem__(self, name: str, /) -> pd.DataFrame:
        """Frame of a name."""


def caption(plot: Plot, frames: ByName, part: str = "") -> str:
    """Caption of a figure.

    Parameters
    ----------
    plot : Plot
    frames : mapping of str to pandas.DataFrame
        ``runs``, and the frame that the figure takes; over the runs of one experiment.
    part : str
        Which experiment, where there are several.

    Raises
    ------
    InputError
        There is nothing to draw.
    """
    frame = frames[plot.frame]
    data = plot.data(frame)
    if plot.frame == "sensitivity":
        return sentences(_of_images(plot, data), plot.drawn, *plot.notes(data))
    chosen = chosen_runs(plot, frame, data, frames["runs"])
    within = int(chosen["within"].sum())
    which = f"{part}; " if part else ""
    first = f"{plot.title} ({which}n = {counted(len(chosen), 'run')}, {within:,} within budget)"
    above = len(chosen) - within
    hollow = (
        [f"hollow marks: error above the strategy's budget ({counted(above, 'run')})"] if plot.hollow and above else []
    )
    return sentences(first, plot.drawn, *plot.notes(data), *hollow, scope(chosen))


def chosen_runs(plot: Plot, frame: pd.DataFrame, data: Any, runs: pd.DataFrame) -> pd.DataFrame:
    """Runs that a figure shows or sums up, with ``within``.

    Parameters
    ----------
    plot : Plot
    frame : pandas.DataFrame
        That it takes.
    data : Any
        What :meth:`Plot.data` made of it.
    runs : pandas.DataFrame
        Table of the runs.
    """
    return drawn_runs(data if "id" in getattr(data, "columns", ()) else frame, runs)


def scope(runs: pd.DataFrame) -> str:
    """What the runs of a figure have in common, and how many values they have of the rest."""
    told = []
    for column, noun in _SCOPE:
        if column in runs and runs[column].notna().any():
            values = [text for value in runs[column].dropna().unique() if (text := str(value))]
            many = _PLURAL.get(noun, f"{noun}s")
            if values:
                named = noun if len(values) == 1 else many
                told.append(f"{named} {listed(values, many)}" if len(values) <= 2 else listed(values, many))
    strategies = sorted({float(t) for t in runs["strategy"]})
    levels = ", ".join(f"{t:g}" for t in strategies)
    if len(strategies) > _MOST_LEVELS:
        levels = f"{strategies[0]:g} to {strategies[-1]:g} ({len(strategies)} levels)"
    return f"Scope: {'; '.join(told)}; strategy t = {levels}"


def _of_images(plot: Plot, data: pd.DataFrame) -> str:
    first = data.iloc[0]
    layers = counted(data["layer"].nunique(), "layer")
    return (
        f"{plot.title} ({first['model']}, {layers}, n = {first['images']:,} images of "
        f"{first['dataset']}/{first['split']})"
    )


def sentences(*texts: str) -> str:
    """Texts as sentences, each with a capital letter and a full stop."""
    return " ".join(f"{text[0].upper()}{text[1:].rstrip('.')}." for text in texts)
