"""A figure over the runs of a study: one, or one for each of its experiments."""

from cgplab.analysis import Frames
from cgplab.analysis.mixture import MixedError, Part
from cgplab.errors import InputError
from cgplab.figures import FIGURES
from cgplab.figures.captions import caption
from cgplab.figures.registry import Plot, Sheet, experiments, sheets
from cgplab.study.drawing import Drawing, Drawings

MOST = 8
"""Figures shown at once."""


def drawn(name: str, frames: Frames) -> Drawing | Drawings:
    """Draw a figure; runs of different experiments are never pooled.

    Parameters
    ----------
    name : str
        One of :data:`cgplab.figures.FIGURES`.
    frames : Frames
        Over the runs.

    Returns
    -------
    Drawing or Drawings
        The latter if the runs belong to several experiments, or have more rows than a page holds.

    Raises
    ------
    MixedError
        The runs belong to more than :data:`MOST` experiments.
    InputError
        There is no such figure, or no experiment has anything to draw.
    """
    if name not in FIGURES:
        raise InputError(f"unknown figure {name!r}; allowed: {', '.join(FIGURES)}")
    plot = FIGURES[name]
    found = experiments(plot, frames)
    if len(found) > MOST:
        raise _too_many(name, found)
    shown = sheets(plot, frames)
    if len(shown) == 1:
        return Drawing(plot.publication(frames[plot.frame]), name, plot.title, caption(plot, frames))
    return _one_each(plot, frames, shown)


def _one_each(plot: Plot, frames: Frames, found: list[Sheet]) -> Drawings:
    drawings: dict[str, Drawing] = {}
    left_out: dict[str, str] = {}
    for sheet in found:
        try:
            own = frames.subset(sheet.ids)
            figure, told = plot.publication(own[plot.frame]), caption(plot, own, sheet.title)
        except InputError as error:
            left_out[sheet.title] = str(error)
        else:
            drawings[sheet.title] = Drawing(figure, plot.name, f"{plot.title}: {sheet.title}", told)
    if not drawings:
        raise InputError("; ".join(dict.fromkeys(left_out.values())))
    return Drawings(drawings, left_out)


def _too_many(name: str, found: list[Part]) -> MixedError:
    columns: dict[str, dict[str, None]] = {}
    for part in found:
        for column, value in part.values.items():
            columns.setdefault(column, {})[value] = None
    told = "; ".join(f"{column}: {', '.join(values)}" for column, values in columns.items())
    column, values = next(iter(columns.items()))
    return MixedError(
        f"{name} would be {len(found)} figures, one for each experiment ({told}); at most {MOST} are shown at once: "
        f"narrow the runs, for example with .where({column}={next(iter(values))!r})",
        [f"{column}={value}" for column, values in columns.items() for value in values],
        None,
    )
