"""Build a model with progress, measure it and store it with its record; shared by the commands that make models."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TimeRemainingColumn
from rich.table import Table

from cgplab.cli.options import EXIT_INTERRUPTED
from cgplab.cli.output import Field, PlainConsole, say
from cgplab.errors import InputError
from cgplab.models.datasets import Dataset, Images, load_dataset, load_images
from cgplab.models.provenance import DEFAULT_DATASET, check_destination, data_record, save_with_provenance
from cgplab.models.stored import StoredModel, user_models

if TYPE_CHECKING:  # these modules load torch, which the quick commands must not wait for
    from cgplab.models.accuracy import Accuracy
    from cgplab.models.training import ProgressCallback, TrainingProgress


def make_model(
    name: str,
    out: Path | None,
    data: str,
    making: dict[str, Any],
    build: "Callable[[Dataset, ProgressCallback], StoredModel]",
) -> None:
    """Train or quantize with a progress bar, evaluate and write both files; Ctrl-C before that writes nothing.

    ``data`` is a known data set, trained on its ``train`` and measured on its ``test`` split, or a training ``.npz``.
    """
    directory = user_models() if out is None else out
    check_destination(name, directory)
    dataset = load_images(data, split="train")
    if not isinstance(dataset, Dataset):
        raise InputError(f"cannot train on {data}; give a data set of grey images, or a .npz with x and y")
    test_data = load_dataset(tested_on(data), split="test")
    making["command"] += f" --data {portable(data)}"
    if out is not None:
        making["command"] += f" --out {portable(str(out))}"
    try:
        started = time.monotonic()
        with _training_bar() as report:
            model = build(dataset, report)
        making |= {"training_seconds": round(time.monotonic() - started, 1), "training_data": data_record(dataset)}
        accuracy = evaluate_with_bar(model, test_data)
    except KeyboardInterrupt:
        say("stopped; nothing was written", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    path = save_with_provenance(model, directory, making, test_record(accuracy, test_data))
    print_accuracy(model, test_data, accuracy)
    say(f"wrote {path}")


def tested_on(data: str) -> str:
    """Name of the data set whose test split judges a model trained on ``data``; MNIST for a file of one's own."""
    return DEFAULT_DATASET if data.endswith(".npz") else data


@contextmanager
def _training_bar() -> "Iterator[ProgressCallback]":
    columns = (
        Field("epoch {task.fields[epoch]}"),
        BarColumn(),
        Field("loss {task.fields[loss]:.4f}"),
        Field("{task.fields[rate]:,.0f} images/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=PlainConsole(stderr=True), transient=True) as bar:
        task: TaskID | None = None
        started = time.monotonic()

        def report(state: "TrainingProgress") -> None:
            nonlocal task
            fields: dict[str, Any] = {
                "epoch": f"{state.epoch}/{state.epochs}",
                "loss": state.loss,
                "rate": state.images / (time.monotonic() - started),
            }
            if task is None:
                task = bar.add_task("training", total=state.total_images, **fields)
            bar.update(task, completed=state.images, **fields)

        yield report


def evaluate_with_bar(
    model: StoredModel, dataset: Images, *, batch_size: int | None = None, device: str = "cpu"
) -> "Accuracy":
    """Accuracy of ``model``, with a bar on stderr."""
    from cgplab.models.accuracy import evaluate_accuracy

    columns = (Field("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=PlainConsole(stderr=True), transient=True) as bar:
        task = bar.add_task(f"evaluating {model.name}", total=len(dataset))

        def report(done: int, _: int) -> None:
            bar.update(task, completed=done)

        return evaluate_accuracy(model, dataset, batch_size=batch_size, device=device, progress=report)


def test_record(accuracy: "Accuracy", dataset: Images) -> dict[str, Any]:
    """What a record says about an accuracy."""
    return {
        "top1_percent": accuracy.top1,
        "top5_percent": accuracy.top5,
        "loss": accuracy.loss,
        "data": data_record(dataset),
    }


def print_accuracy(model: StoredModel, dataset: Images, accuracy: "Accuracy") -> None:
    """Show an accuracy as a table."""
    table = Table(title=f"{model.name} on {' '.join(filter(None, (dataset.name, dataset.split)))}")
    for title in ("Top-1 (%)", "Top-5 (%)", "Loss (nats)", "Images"):
        table.add_column(title, justify="right")
    table.add_row(f"{accuracy.top1:.2f}", f"{accuracy.top5:.2f}", f"{accuracy.loss:.5f}", f"{accuracy.n:,}")
    PlainConsole().print(table)


def portable(path: str) -> str:
    """A path as a record may hold it: nothing of this machine's directories."""
    return Path(path).name if Path(path).is_absolute() else path
