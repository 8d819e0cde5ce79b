"""``cgplab figures``: figures over stored runs."""

from pathlib import Path
from typing import Annotated

import typer

from cgplab.analysis import Frames
from cgplab.cli.options import BatchOption, StoreOption, WhereOption, check_formats
from cgplab.cli.output import say
from cgplab.errors import InputError
from cgplab.figures import FIGURES, save_figure, save_table
from cgplab.sealed import open_store


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
    batch: BatchOption = None,
) -> None:
    """Draw figures over stored runs, for print and for screens."""
    if everything and names:
        raise InputError(f"give --all or names, not both; names: {', '.join(names)}")
    chosen = names or list(FIGURES)
    formats = check_formats(format)
    unknown = [name for name in chosen if name not in FIGURES]
    if unknown:
        raise InputError(f"unknown figure {unknown[0]!r}; allowed: {', '.join(FIGURES)}")
    target = open_store(store)
    frames = Frames(target, batch, conditions or [])
    left_out: list[str] = []
    for name in chosen:
        try:
            frame = frames[FIGURES[name].frame]
            paths = save_figure(name, frame, out, formats) + (save_table(name, frame, out) if latex else [])
        except InputError as error:
            if names:
                raise
            left_out.append(f"cgplab: {name} left out: {error}")
            continue
        for path in paths:
            say(str(path))
    if len(left_out) == len(chosen):
        raise InputError("no run has anything to draw yet; make some with: cgplab evolve")
    for line in left_out:
        say(line, err=True)
