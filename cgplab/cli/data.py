"""``cgplab data``: the data sets on this machine, and how to get more."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from cgplab.cli.output import Field, PlainConsole, say
from cgplab.cli.plain_table import print_table
from cgplab.errors import InputError
from cgplab.models.datasets import checked, find_dataset, load_images, read_images, user_datasets
from cgplab.models.fetching import fetch_dataset, import_dataset
from cgplab.models.known_datasets import KNOWN_DATASETS, KnownDataset, known_dataset
from cgplab.words import counted

app = typer.Typer(help="Fetch and list data sets.", no_args_is_help=True)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="Name of the data set, as in: mnist.")],
    split: Annotated[str, typer.Option(help="Which part, as `cgplab data list` names it.")] = "train",
    source: Annotated[
        Path | None, typer.Option("--from", help="A .npz, or the packed IDX images; default: find or download them.")
    ] = None,
) -> None:
    """Bring a data set to this machine and check its content."""
    known = known_dataset(name, split)
    path = _download(known) if source is None else import_dataset(known, source)
    say(f"stored the {known.split} split of {known.name}: {known.images:,} images in {path}")


@app.command("list")
def list_datasets() -> None:
    """What is present, and where; contents are checked."""
    rows = []
    for known in KNOWN_DATASETS:
        paths = find_dataset(known)
        place = str(paths[0].parent) if paths else ""
        rows.append((known.name, known.split, f"{known.images:,}", _state(known, paths), place))
    folder = user_datasets() / "imagenet"
    own = sorted(folder.iterdir()) if folder.is_dir() else []
    rows += [("imagenet", path.name, "", "folder", str(folder)) for path in own]
    print_table(
        "", [(title, "") for title in ("data set", "split", "images", "state", "place")], rows, left=(0, 1, 3, 4)
    )
    say("Get what is absent: cgplab data fetch NAME --split SPLIT")
    if by_hand := sorted({known.name for known in KNOWN_DATASETS if not known.mirrors}):
        example = next(known for known in KNOWN_DATASETS if known.name == by_hand[0]).files[0]
        say(f"For {', '.join(by_hand)}, get the packed files yourself and add: --from {example}")
    if not folder.is_dir():
        say(f"Put or link pictures of ImageNet: {folder}/SPLIT/CLASS/*.jpg")


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="Data set, .npz file or folder of pictures.")],
    split: Annotated[str, typer.Option(help="Which part, as `cgplab data list` names it.")] = "test",
) -> None:
    """Whether a data set is here and whole, and what it holds."""
    images = load_images(name, split=split)
    channels, height, width = images.image
    labels = images.labels
    say(
        f"{' '.join(filter(None, (images.name, images.split)))}: {len(images):,} images of {height}x{width} pixels, "
        f"{counted(channels, 'channel')}, labels {labels.min()}..{labels.max()}, SHA-256 {images.sha256}"
    )


def _state(known: KnownDataset, paths: tuple[Path, ...] | None) -> str:
    if paths is None:
        return "absent"
    try:
        checked(read_images(*paths), known, origin=known.name)
    except InputError as error:
        return "altered" if "does not hold" in str(error) else "damaged"
    return "genuine" if known.sha256 is not None else "present"


def _download(known: KnownDataset) -> Path:
    columns = (
        Field("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=PlainConsole(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def report(file: str, done: int, total: int | None) -> None:
            if file not in tasks:
                tasks[file] = bar.add_task(file, total=total)
            bar.update(tasks[file], completed=done, total=total)

        return fetch_dataset(known, progress=report)
