"""``cgplab figures``: figures over stored runs."""

from pathlib import Path
from typing import Annotated

import typer

from cgplab.analysis import runs
from cgplab.cli.options import BatchOption, StoreOption
from cgplab.errors import InputError
from cgplab.figures import FIGURES, FORMATS, save_figure
from cgplab.store import Store


def figures(
    names: Annotated[list[str] | None, typer.Argument(help=f"Any of {', '.join(FIGURES)}; default: all.")] = None,
    format: Annotated[str, typer.Option(help="Comma-separated: pdf, png, svg.")] = "pdf,png",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory for the files.")] = Path("out"),
    store: StoreOption = None,
    batch: BatchOption = None,
) -> None:
    """Draw figures over stored runs, for print and for screens."""
    chosen = names or list(FIGURES)
    formats = [text.strip() for text in format.split(",")]
    for what, given, allowed in (("figure", chosen, list(FIGURES)), ("format", formats, list(FORMATS))):
        unknown = [name for name in given if name not in allowed]
        if unknown:
            raise InputError(f"unknown {what} {unknown[0]!r}; allowed: {', '.join(allowed)}")
    table = runs(Store.open(store), batch)
    for name in chosen:
        for path in save_figure(name, table, out, formats):
            typer.echo(str(path))
