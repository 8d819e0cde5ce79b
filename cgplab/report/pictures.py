"""Every figure that the study's data allow, for each of its experiments."""

import re

import pandas as pd

from cgplab.analysis.mixture import Part
from cgplab.errors import InputError
from cgplab.figures import FIGURES
from cgplab.figures.registry import Plot, drawn_runs, experiments
from cgplab.report.content import Block, Picture, Prose
from cgplab.report.subject import Made, Subject, section
from cgplab.words import counted

_COMPARED = "critical_difference"
"""Drawn with the planned comparison."""


def pictures_section(subject: Subject) -> Made:
    """Figures with captions, and one line on those for which there is nothing to draw."""
    blocks: list[Block] = []
    left_out: dict[str, str] = {}
    drawn: set[str] = set()
    for name, plot in FIGURES.items():
        if name == _COMPARED:
            continue
        for part in experiments(plot, subject.frames):
            picture = _picture(subject, plot, part)
            if isinstance(picture, str):
                left_out[plot.title] = picture
            else:
                blocks.append(picture)
                drawn.add(plot.title)
    left_out = {title: reason for title, reason in left_out.items() if title not in drawn}
    if left_out:
        told = "; ".join(f"{title}: {_first_clause(reason)}" for title, reason in left_out.items())
        blocks.append(Prose(f"Not drawn, because data are missing: {told}."))
    return section("Figures", blocks)


def _picture(subject: Subject, plot: Plot, part: Part) -> Picture | str:
    """Figure of an experiment, or why there is none."""
    frames = subject.frames.subset(part.ids)
    try:
        frame = frames[plot.frame]
        data = plot.data(frame)
        figure = plot.publication(frame)
    except InputError as error:
        return str(error)
    return Picture(_caption(plot, part, data, frames["runs"]), figure)


def _caption(plot: Plot, part: Part, data: object, runs: pd.DataFrame) -> str:
    """What is drawn, of how many runs, how many of them within budget."""
    if plot.frame == "sensitivity":
        assert isinstance(data, pd.DataFrame)
        first = data.iloc[0]
        layers = counted(data["layer"].nunique(), "layer")
        return f"{plot.title} ({first['model']}, {layers}, n = {first['images']:,} images). {plot.drawn}"
    chosen = drawn_runs(data, runs)
    which = f"{part.title}; " if part.title else ""
    within = int(chosen["within"].sum())
    return f"{plot.title} ({which}n = {counted(len(chosen), 'run')}, {within:,} within budget). {plot.drawn}"


def _first_clause(reason: str) -> str:
    return re.split("[;:]", reason)[0]
