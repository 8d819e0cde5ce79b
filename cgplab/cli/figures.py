"""``cgplab figures``: figures over stored runs."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cgplab.analysis import Frames
from cgplab.analysis.mixture import Part
from cgplab.cli.options import BatchOption, StoreOption, StudyOption, WhereOption, check_formats
from cgplab.cli.output import complain, say
from cgplab.errors import InputError
from cgplab.figures import FIGURES, part_words, save_drawing, save_figure, save_table
from cgplab.figures.registry import Sheet, sheets
from cgplab.files import with_directory, write_atomic
from cgplab.sealed import open_store
from cgplab.study.comparing import left_of, planned_comparison
from cgplab.study.scope import Scope, scope_of
from cgplab.words import counted


def figures(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Any of {', '.join(FIGURES)}; default: all that the runs allow.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All that the runs allow; the same as naming no figure.")
    ] = False,
    format: Annotated[str, typer.Option(help="Comma-separated: pdf, png, svg.")] = "pdf,png",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory for the files.")] = Path("out"),
    latex: Annotated[bool, typer.Option("--latex", help="Write the tables for LaTeX too.")] = False,
    conditions: WhereOption = None,
    store: StoreOption = None,
    study: StudyOption = None,
    batch: BatchOption = None,
) -> None:
    """Draw figures over the runs of a study or batch, one for each experiment in it, with captions as text files."""
    if everything and names:
        raise InputError(f"give --all or names, not both; names: {', '.join(names)}")
    chosen = names or list(FIGURES)
    formats = check_formats(format)
    unknown = [name for name in chosen if name not in FIGURES]
    if unknown:
        raise InputError(f"unknown figure {unknown[0]!r}; allowed: {', '.join(FIGURES)}")
    scope = scope_of(open_store(store), study, batch)
    frames = scope.frames(conditions or [])
    if frames.runs:
        say(f"{scope.title}: {counted(len(frames.runs), 'run')}", err=True)
    left_out: dict[tuple[str, str], list[str]] = {}
    drawn = 0
    for name in chosen:
        if name == "critical_difference" and scope.document is not None and scope.document.comparison is not None:
            drawings, single = [("", partial(_planned, scope, conditions or [], out, formats, latex))], True
        else:
            found = sheets(FIGURES[name], frames)
            drawings = [
                (sheet.title, partial(_draw, name, sheet, word, frames, out, formats))
                for sheet, word in zip(found, part_words([sheet.title for sheet in found]), strict=True)
            ]
            single = len(found) == 1
            if latex and hasattr(FIGURES[name].module, "table"):
                whole = {sheet.part.title: sheet.part for sheet in found}  # a table runs over pages by itself
                drawings += [
                    (title, partial(_tabulate, name, part, word, frames, out))
                    for (title, part), word in zip(whole.items(), part_words(list(whole)), strict=True)
                ]
        for title, draw in drawings:
            try:
                paths = draw()
            except InputError as error:
                if names and single:
                    raise
                titles = left_out.setdefault((name, str(error)), [])
                titles += [] if title in titles else [title]  # figure and table have one reason
                continue
            drawn += 1
            for path in paths:
                say(str(path))
    if not drawn:
        nothing = "no run has anything to draw yet; make some with: cgplab evolve"
        raise InputError("; ".join(why for _, why in left_out) if names and left_out else nothing)
    for (name, why), titles in left_out.items():
        which = titles[0] if len(titles) == 1 else f"{len(titles)} experiments"
        complain(f"{name}{f' of {which}' if which else ''} left out: {why}")


def _draw(name: str, sheet: Sheet, word: str, frames: Frames, out: Path, formats: list[str]) -> list[Path]:
    """Files of one figure over one experiment, or over some of its rows."""
    from cgplab.figures.captions import caption  # pandas and matplotlib take a second to load

    own, plot = frames.subset(sheet.ids), FIGURES[name]
    return save_figure(name, own[plot.frame], out, formats, word, caption(plot, own, sheet.title))


def _tabulate(name: str, part: Part, word: str, frames: Frames, out: Path) -> list[Path]:
    """File of the table of one experiment."""
    return save_table(name, frames.subset(part.ids)[FIGURES[name].frame], out, word)


def _planned(scope: Scope, conditions: Sequence[str], out: Path, formats: list[str], latex: bool) -> list[Path]:
    """Files of the comparison that the study was planned for."""
    from cgplab.figures.critical_difference import caption_of, diagram

    found = planned_comparison(scope, conditions)
    assert scope.document is not None  # it plans the comparison
    assert scope.document.comparison is not None
    of = "; ".join([scope.title, *conditions, *left_of(scope.document.comparison.where, conditions)])
    paths = save_drawing(diagram(found), "critical_difference", out, formats, caption_of(found, of))
    if latex:
        path = out / "critical_difference.tex"
        write_atomic(with_directory(path), found.to_latex().encode())
        paths.append(path)
    return paths
