"""``cgplab import-thesis`` and ``export-thesis``: the original program's files, in and out."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn
from ulid import ULID

from cgplab.cgp.evaluation import METRICS
from cgplab.cli.options import JsonOption, StoreOption
from cgplab.cli.output import Field, PlainConsole, say
from cgplab.cli.plain_table import print_table
from cgplab.errors import InputError
from cgplab.models.stored import model_path
from cgplab.numbers import whole_number
from cgplab.sealed import open_store
from cgplab.selections import selection_by_name
from cgplab.store import Store

if TYPE_CHECKING:
    from cgplab.thesis import Imported, ReadExperiment

SHOWN = 40
EXIT_DIFFERENT = 1


def import_thesis(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Experiment of the original, or a directory of them.")
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 if a logged value differs from what our core finds.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and compare, store nothing.")] = False,
    model: Annotated[str | None, typer.Option(help="Model whose weights these are, if it is here.")] = None,
    selection: Annotated[
        str | None, typer.Option(help="Selection; default: the one of the model that fits, or as the path says.")
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Parameter of the selection; repeatable.")
    ] = None,
    metric: Annotated[
        str | None, typer.Option(help="Error metric of the program: SE, MSE or AE. Default: the one that agrees.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import runs of the original program and evaluate every logged chromosome with our core."""
    from cgplab.thesis import find_experiments, find_origin, import_experiment, read_experiment

    if metric is not None and metric not in METRICS:
        raise InputError(f"unknown error metric {metric!r}; allowed: {', '.join(METRICS)}")
    # Reading can take minutes; a wrong name is told before.
    if selection is not None:
        selection_by_name(selection)
    if model is not None:
        model_path(model)
    target = Store.open(store, to_fill=True)
    given = dict(_parameter(text) for text in parameter or [])
    experiments = find_experiments(directory)
    if not dry_run:
        target.check_writable()
    columns = (SpinnerColumn(), Field("{task.description}"), TimeElapsedColumn())
    console = PlainConsole(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading")

        def report(file: str, rows: int, chromosomes: int) -> None:
            bar.update(task, description=f"{Path(file).name}: {rows:,} rows, {chromosomes:,} chromosomes evaluated")

        # Everything is read before anything is stored.
        read = []
        for experiment in experiments:
            one = read_experiment(experiment, metric, report)
            read.append((one, find_origin(one.problem, str(one.experiment.path), model, selection, given)))
        bar.update(task, description="storing")
        batch = str(ULID())
        imported = (
            [] if dry_run else [run for one, origin in read for run in import_experiment(target, one, origin, batch)]
        )
    differences = [difference for one, _ in read for run in one.runs for difference in run.differences]
    if as_json:
        typer.echo(json.dumps(_as_json([one for one, _ in read], imported), indent=2))
    else:
        _print_summary([one for one, _ in read], imported)
        for difference in differences[:SHOWN]:
            say(str(difference))
        if len(differences) > SHOWN:
            say(f"... and {len(differences) - SHOWN:,} more; all of them: --json")
        _print_verdict([one for one, _ in read], imported, len(differences), target)
    if check and differences:
        raise typer.Exit(EXIT_DIFFERENT)


def export_thesis(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Beginning or end of each run's id.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Directory to make; must not exist or be empty.")],
    archive: Annotated[bool, typer.Option("--zip", help="Write statistics as .csv.zip.")] = False,
    store: StoreOption = None,
) -> None:
    """Write stored runs as files of the original program."""
    from cgplab.thesis import export_runs

    source = open_store(store)
    chosen = {(found := source.find(run)).id: found for run in runs}
    for exported in export_runs(list(chosen.values()), out, archive):
        say(f"{exported.id} -> {out / exported.experiment}, run {exported.run}")


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise InputError(f"parameter {text!r} is not NAME=VALUE, e.g. channel=3")
    return name, whole_number(value, f"parameter {name}") if value.lstrip("-").isdecimal() else value


def _print_summary(read: "list[ReadExperiment]", imported: "list[Imported]") -> None:
    ids = {(run.experiment, run.run): run for run in imported}
    columns = (
        ("experiment", ""), ("run", ""), ("rows", ""), ("chromosomes", "evaluated"), ("metric", ""), ("error", ""),
        ("energy", "pJ"), ("delay", "ns"), ("gates", ""), ("differences", ""), ("stored as", ""),
    )  # fmt: skip
    rows = []
    for one in read:
        for run in one.runs:
            stored = ids.get((one.experiment.name, run.run))
            m = run.measures
            rows.append(
                (
                    one.experiment.name, str(run.run), f"{len(run.rows):,}", f"{len(run.logged):,}", one.metric,
                    "–" if m is None else f"{m.errors[one.metric]:,}", "–" if m is None else f"{m.energy:.4g}",
                    "–" if m is None else f"{m.delay:.4g}", "–" if m is None else f"{m.gate_count:,}",
                    f"{len(run.differences):,}",
                    "–" if stored is None else stored.id[-8:] if stored.new else f"{stored.id[-8:]} (already imported)",
                )
            )  # fmt: skip
    print_table("", columns, rows, left=(0, 4, 10))


def _print_verdict(read: "list[ReadExperiment]", imported: "list[Imported]", differences: int, store: Store) -> None:
    new = sum(run.new for run in imported)
    chromosomes = sum(len(run.logged) for one in read for run in one.runs)
    verdict = "all logged values agree with our core" if not differences else f"{differences:,} logged values differ"
    say(f"{chromosomes:,} chromosomes evaluated: {verdict}")
    if imported:
        old = len(imported) - new
        say(f"imported into {store.root}: {new} new" + (f", {old} already imported" if old else ""))


def _as_json(read: "list[ReadExperiment]", imported: "list[Imported]") -> dict[str, Any]:
    return {
        "experiments": [
            {
                "experiment": one.experiment.name,
                "metric": one.metric,
                "runs": [
                    {
                        "run": run.run,
                        "rows": len(run.rows),
                        "chromosomes": len(run.logged),
                        "differences": [asdict(difference) for difference in run.differences],
                    }
                    for run in one.runs
                ],
            }
            for one in read
        ],
        "imported": [{"experiment": r.experiment, "run": r.run, "id": r.id, "new": r.new} for r in imported],
    }
