"""``cgplab stats``: compare what runs found, with the test that fits."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgplab.analysis import HIGH_IS_GOOD, runs, where
from cgplab.cli.options import BatchOption, StoreOption, WhereOption, check_formats
from cgplab.cli.output import say, say_lines
from cgplab.errors import InputError
from cgplab.figures import save_drawing
from cgplab.files import with_directory, write_atomic
from cgplab.sealed import open_store

if TYPE_CHECKING:
    import pandas as pd

_MEASURED = ("accuracy", "accuracy_loss", "top5", "loss")
_SETUP = ("model", "selection", "layer", "kernel", "grid", "method", "wiring", "costs", "dataset", "strategy")


def stats(
    response: Annotated[str, typer.Option(metavar="COLUMN", help="What is compared, e.g. energy.")] = "accuracy_loss",
    factor: Annotated[str, typer.Option(metavar="COLUMN", help="Its levels are compared.")] = "strategy",
    block: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="What every level was tried on, e.g. layer; runs of a cell: median."),
    ] = None,
    posthoc: Annotated[
        str | None, typer.Option(help="conover or dunn; with blocks nemenyi or wilcoxon. First is default.")
    ] = None,
    drop_incomplete: Annotated[
        bool, typer.Option("--drop-incomplete", help="Leave out blocks in which a level has no run.")
    ] = False,
    alpha: Annotated[float, typer.Option(help="Level of the tests.")] = 0.05,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory for the diagram.")] = Path("out"),
    format: Annotated[str, typer.Option(help="Comma-separated: pdf, png, svg.")] = "pdf,png,svg",
    latex: Annotated[bool, typer.Option("--latex", help="Write the tables for LaTeX too.")] = False,
    conditions: WhereOption = None,
    store: StoreOption = None,
    batch: BatchOption = None,
) -> None:
    """Compare a measure between strategies, grids, methods: tests, effect sizes, critical-difference diagram."""
    from cgplab.figures.critical_difference import diagram
    from cgplab.statistics import compare

    formats = check_formats(format)
    table = where(runs(open_store(store), batch), conditions or [])
    if len(table) and response in table and table[response].isna().all():
        hint = "; measure it with: cgplab metrics" if response in _MEASURED else ""
        raise InputError(f"no run has {response} yet{hint}")
    best = "highest" if response in HIGH_IS_GOOD else "lowest"
    found = compare(
        table, response, factor, block, best=best, posthoc=posthoc, drop_incomplete=drop_incomplete, alpha=alpha
    )
    say_lines(found.report())
    pooled = _pooled(table.dropna(subset=[response]), {factor, block})
    if pooled:
        say(f"The runs differ also in {'; '.join(pooled)}. Narrow with --where.", err=True)
    say()
    name = f"stats_{response}_by_{factor}"
    paths = save_drawing(diagram(found), name, out, formats)
    if latex:
        path = out / f"{name}.tex"
        write_atomic(with_directory(path), found.to_latex().encode())
        paths.append(path)
    for path in paths:
        say(str(path))


def _pooled(table: "pd.DataFrame", used: set[str | None]) -> list[str]:
    """What else varies among the runs compared."""
    parts = []
    for name in _SETUP:
        values = table[name].dropna().unique()
        if name not in used and len(values) > 1:
            shown = ", ".join(map(str, sorted(values)[:4])) + (" …" if len(values) > 4 else "")
            parts.append(f"{name} ({shown})")
    return parts
