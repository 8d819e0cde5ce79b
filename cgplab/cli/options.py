"""Options that several commands share."""

from typing import Annotated

import typer

StoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="DIR", help="Run store; default: $CGPLAB_STORE, else your data directory."),
]
BatchOption = Annotated[
    str | None,
    typer.Option("--batch", metavar="ID", help="Only the runs of one `cgplab evolve`: part of its id, or 'last'."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
CostsOption = Annotated[
    str,
    typer.Option("--costs", metavar="TABLE", help="Cost table: a name of `cgplab costs list`, a .csv or a .txt file."),
]
