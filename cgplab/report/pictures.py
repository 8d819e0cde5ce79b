"""Every figure that the study's data allow, for each of its experiments."""

import re

from cgplab.errors import InputError
from cgplab.figures import FIGURES
from cgplab.figures.captions import caption
from cgplab.figures.registry import Plot, Sheet, sheets
from cgplab.report.content import Block, Picture, Prose
from cgplab.report.subject import Made, Subject, section

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
        for sheet in sheets(plot, subject.frames):
            picture = _picture(subject, plot, sheet)
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


def _picture(subject: Subject, plot: Plot, sheet: Sheet) -> Picture | str:
    """Figure of an experiment or some of its rows, or why there is none."""
    frames = subject.frames.subset(sheet.ids)
    try:
        told = caption(plot, frames, sheet.title)
        figure = plot.publication(frames[plot.frame])
    except InputError as error:
        return str(error)
    return Picture(told, figure)


def _first_clause(reason: str) -> str:
    return re.split("[;:]", reason)[0]
