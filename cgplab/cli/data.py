"""``cgplab data``: the data sets on this machine, and how to get more."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from cgplab.errors import InputError
from cgplab.models.datasets import KNOWN_DATASETS, KnownDataset, find_dataset, known_dataset, read_images
from cgplab.models.fetching import MIRRORS, fetch_dataset, import_dataset

app = typer.Typer(help="Fetch and list data sets.", no_args_is_help=True)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="Name of the data set, as in: mnist.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="A .npz, or the gzipped IDX images; default: download.")
    ] = None,
) -> None:
    """Bring a training set to this machine and check its content."""
    known = known_dataset(name, "train")
    path = _download(name) if source is None else import_dataset(known, source)
    typer.echo(f"stored the {known.split} split of {known.name}: {known.images:,} images in {path}")


@app.command("list")
def list_datasets() -> None:
    """What is present, and where; contents are checked."""
    table = Table()
    table.add_column("Data set")
    table.add_column("Split")
    table.add_column("Images", justify="right")
    table.add_column("State")
    table.add_column("Place", overflow="fold")
    for known in KNOWN_DATASETS:
        path = find_dataset(known)
        place = f"get it with: cgplab data fetch {known.name}" if path is None else str(path)
        table.add_row(known.name, known.split, f"{known.images:,}", _state(known, path), place)
    Console().print(table)


def _state(known: KnownDataset, path: Path | None) -> str:
    if path is None:
        return "absent"
    try:
        return "genuine" if read_images(path).sha256 == known.sha256 else "altered"
    except InputError:
        return "damaged"


def _download(name: str) -> Path:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def report(file: str, done: int, total: int | None) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=total)
            bar.update(tasks[file], completed=done, total=total)

        return fetch_dataset(known_dataset(name, "train"), mirrors=MIRRORS[name], progress=report)
