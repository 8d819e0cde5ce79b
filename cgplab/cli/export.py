"""``cgplab export``: circuits as Verilog, C, LLVM IR, Python, LaTeX, drawings; each proved equal."""

from pathlib import Path
from typing import Annotated

import typer

from cgplab.cli.options import EXIT_MISSING_TOOL, StoreOption
from cgplab.cli.output import complain, say
from cgplab.errors import MissingToolError
from cgplab.export import FORMATS, format_by_name
from cgplab.export import export as export_as
from cgplab.running import circuit_source
from cgplab.sealed import open_store


def export(
    run: Annotated[str, typer.Argument(help="Beginning or end of a run's id.")],
    format: Annotated[
        list[str] | None, typer.Option("--format", help=f"{', '.join(FORMATS)}, or all; repeatable. Default: verilog.")
    ] = None,
    verify: Annotated[
        bool | None,
        typer.Option(
            "--verify/--no-verify",
            help="Prove each export on the kept weights and 1,024 random vectors. Default: if the tool is there.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the module or function. Default: circuit_ and the end of the run's id.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory for the files.")] = Path("out"),
    store: StoreOption = None,
) -> None:
    """Write the circuit of a stored run in other languages, and prove what was written."""
    chosen = list(FORMATS) if format and "all" in format else list(dict.fromkeys(format or ["verilog"]))
    formats = [format_by_name(text) for text in chosen]
    source = circuit_source(open_store(store).find(run), name)
    missing = False
    for each in formats:
        try:
            exported = export_as(source, each, out, check=verify is not False)
        except MissingToolError as error:
            complain(f"no {each.name} export: {error}")
            missing = True
            continue
        say(f"{exported.path}  {exported.verification or exported.remark}")
        missing |= verify is True and exported.verification is None
    if missing:
        raise typer.Exit(EXIT_MISSING_TOOL)
