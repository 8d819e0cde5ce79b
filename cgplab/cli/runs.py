"""``cgplab runs``: look at stored runs."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table

from cgplab.analysis import where
from cgplab.cli.options import BatchOption, JsonOption, StoreOption, StudyOption, WhereOption
from cgplab.cli.output import PlainConsole, complain, say
from cgplab.cli.table import cell, print_runs
from cgplab.errors import InputError
from cgplab.running.standing import standing_of_row
from cgplab.sealed import open_store
from cgplab.store import RUN_COLUMNS, Store
from cgplab.store.commands import Command, Standing, changes, ways_on
from cgplab.store.remedies import with_remedy
from cgplab.study.scope import Scope, inventory
from cgplab.words import counted

T = TypeVar("T")

app = typer.Typer(help="Look at stored runs, label, share, check and remove them.", no_args_is_help=True)
_SHOWN_EVENTS = 8


@app.command("list")
def list_runs(
    conditions: WhereOption = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Only runs with this tag; repeatable.")] = None,
    store: StoreOption = None,
    study: StudyOption = None,
    batch: BatchOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stored runs, oldest first; all of them, or those that meet conditions."""
    target = open_store(store)
    rows = chosen_rows(inventory(target, study, batch), conditions, tag)
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif rows:
        print_runs(rows)
        say(f"{counted(len(rows), 'run')} in {target.root}")
        if still := _standing_still(target, rows):
            say(still)
    elif conditions or tag:
        say(f"no such run in {target.root}")
    else:
        say(f"no runs in {target.root} yet; make some with: cgplab evolve")


@app.command()
def show(
    run: Annotated[str, typer.Argument(help="Beginning or end of a run's id.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everything about one run."""
    found = open_store(store).find(run)
    row = found.row()
    metrics: dict[str, Any] = _or_damage(found.metrics, {})
    events: list[dict[str, Any]] = _or_damage(found.events, [])
    circuit = _or_damage(found.best, None) if found.has_weights() else None
    if as_json:
        extra: dict[str, Any] = {
            "parameters": found.manifest.parameters,
            "settings": found.manifest.settings,
            "model_sha256": found.manifest.model_sha256,
            "costs_sha256": found.manifest.costs_sha256,
            "versions": found.manifest.versions,
            "git": found.manifest.git,
            "kernel": found.status.kernel,
            "metrics": metrics,
            "events": events,
            "circuit": None if circuit is None else circuit.to_text(),
            "directory": found.place,
        }
        typer.echo(json.dumps({**row, **extra}, indent=2))
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim")
    for column in RUN_COLUMNS:
        value = row[column.name]
        shown = str(value) if column.name in ("id", "batch") else cell(column.name, value)
        unit = f" {column.unit}" if column.unit and value is not None else ""
        table.add_row(column.name.replace("_", " "), shown + unit, column.meaning)
    for name, value in found.manifest.settings.items():
        table.add_row(name.replace("_", " "), "–" if value is None else str(value), "setting")
    for event in events[-_SHOWN_EVENTS:]:
        details = ", ".join(
            f"{name} {value}"
            for name, value in event.items()
            if name not in ("time", "event", "text") and value is not None
        )
        table.add_row(str(event["event"]), details, str(event["time"]))
    table.add_row("directory", found.place, "files of the run")
    PlainConsole().print(table)


def _standing_still(store: Store, rows: list[dict[str, Any]]) -> str:
    """How many of the runs have not ended and have no worker, and what lets them go on; empty if there are none."""
    found = (standing_of_row(store.run(row["id"]), row) for row in rows)
    counts = Counter(each for each in found if changes(each, Command.RESUME) and each is not Standing.ASKED)
    if not counts:
        return ""
    return f"{', '.join(f'{count} {standing}' for standing, count in counts.items())}; go on with: {ways_on(counts)}"


def _or_damage(read: Callable[[], Any], otherwise: T) -> T:
    """What a file of a run holds; where it is damaged, a line on standard error, for the others are still good."""
    try:
        found: T = read()
        return found
    except InputError as error:
        complain(f"left out: {error}")
        return otherwise


def chosen_rows(
    scope: Scope, conditions: list[str] | None = None, tags: list[str] | None = None
) -> list[dict[str, Any]]:
    """Rows of the runs that are wanted and can be read; a line on standard error for each that cannot."""
    table = scope.table
    for name, reason in table.damaged.items():
        complain(f"run {name} left out: {with_remedy(name, reason)}")
    rows = [row for row in table.rows if set(tags or ()) <= set(row["tags"].split())]
    if conditions and rows:
        import pandas as pd

        ids = set(where(pd.DataFrame(rows), conditions)["id"])
        rows = [row for row in rows if row["id"] in ids]
    return rows
