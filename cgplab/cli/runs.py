"""``cgplab runs``: look at stored runs."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cgplab.analysis import run_rows, select_runs
from cgplab.cli.options import BatchOption, JsonOption, StoreOption
from cgplab.cli.table import cell, print_runs
from cgplab.errors import InputError
from cgplab.store import RUN_COLUMNS, Run, Store

app = typer.Typer(help="List and show stored runs.", no_args_is_help=True)


@app.command("list")
def list_runs(store: StoreOption = None, batch: BatchOption = None, as_json: JsonOption = False) -> None:
    """All stored runs, oldest first."""
    target = Store.open(store)
    rows = readable_rows(select_runs(target, batch))
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif rows:
        print_runs(rows)
        typer.echo(f"{len(rows)} runs in {target.root}")
    else:
        typer.echo(f"no runs in {target.root} yet; make some with: cgplab evolve")


@app.command()
def show(
    run: Annotated[str, typer.Argument(help="Beginning or end of a run's id.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everything about one run."""
    found = Store.open(store).find(run)
    row = found.row()
    circuit = found.best() if found.has_weights() else None
    if as_json:
        extra: dict[str, Any] = {
            "parameters": found.manifest.parameters,
            "settings": found.manifest.settings,
            "model_sha256": found.manifest.model_sha256,
            "costs_sha256": found.manifest.costs_sha256,
            "versions": found.manifest.versions,
            "git": found.manifest.git,
            "kernel": found.status.kernel,
            "metrics": found.metrics(),
            "circuit": None if circuit is None else circuit.to_text(),
            "directory": str(found.directory),
        }
        typer.echo(json.dumps({**row, **extra}, indent=2))
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim")
    for column in RUN_COLUMNS:
        value = row[column.name]
        text = str(value) if column.name in ("id", "batch") else cell(column.name, value)
        unit = f" {column.unit}" if column.unit and value is not None else ""
        table.add_row(column.name.replace("_", " "), text + unit, column.meaning)
    for name, value in found.manifest.settings.items():
        table.add_row(name.replace("_", " "), escape("–" if value is None else str(value)), "setting")
    table.add_row("directory", escape(str(found.directory)), "files of the run")
    Console(highlight=False).print(table)


def readable_rows(runs: list[Run]) -> list[dict[str, Any]]:
    """Rows of the runs that can be read; a line on standard error for each that cannot."""
    rows = []
    for run in runs:
        try:
            rows += run_rows([run])
        except InputError as error:
            typer.echo(f"cgplab: run {run.id} left out: {error}", err=True)
    return rows
