"""``cgplab model``: train, quantize, evaluate and look at models."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from cgplab.errors import InputError
from cgplab.models.datasets import Dataset, load_dataset, load_dataset_file
from cgplab.models.provenance import check_destination, data_record, save_with_provenance
from cgplab.models.stored import Layer, StoredModel, load_model, model_names, user_models

if TYPE_CHECKING:  # these modules load torch, which the quick commands must not wait for
    from cgplab.models.accuracy import Accuracy
    from cgplab.models.training import ProgressCallback, TrainingProgress

app = typer.Typer(help="Train, quantize, evaluate and look at models.", no_args_is_help=True)

Seed = Annotated[int, typer.Option(help="Same seed, same weights (on the same kind of machine).")]
Epochs = Annotated[int | None, typer.Option(help="Passes over the training set; default: 30 for train, 6 for qat.")]
Rate = Annotated[float | None, typer.Option(help="Peak learning rate; default: 0.05 for train, 0.01 for qat.")]
Name = Annotated[str | None, typer.Option(help="Name of the new model; default: made from method and seed.")]
Out = Annotated[Path | None, typer.Option(help="Directory for the model; default: your own model directory.")]
TrainingData = Annotated[Path | None, typer.Option("--data", help="Training .npz (x, y); default: fetched MNIST.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Model = Annotated[str, typer.Argument(help="Name of a model, or path of a .npz file.")]


@app.command()
def train(
    seed: Seed = 0,
    epochs: Epochs = None,
    learning_rate: Rate = None,
    name: Name = None,
    out: Out = None,
    data: TrainingData = None,
) -> None:
    """Train LeNet-5 in floating point."""
    from cgplab.models.training import TrainingSettings, train_float

    settings = TrainingSettings(seed, **_given(epochs=epochs, learning_rate=learning_rate))
    name = name or f"lenet5-float-seed{seed}"
    making = {
        "method": "float",
        "command": f"cgplab model train --name {name} --seed {seed} --epochs {settings.epochs} "
        f"--learning-rate {settings.learning_rate}",
        "settings": asdict(settings),
    }
    _make(name, out, data, making, lambda dataset, report: train_float(name, dataset, settings, progress=report))


@app.command()
def quantize(
    method: Annotated[str, typer.Option(help="ptq: after training; qat: by training on.")],
    source: Annotated[str, typer.Option("--from", help="Float model to start from.")] = "lenet5-float",
    seed: Seed = 0,
    epochs: Epochs = None,
    learning_rate: Rate = None,
    name: Name = None,
    out: Out = None,
    data: TrainingData = None,
) -> None:
    """Turn a float model into an int8 one."""
    if method not in ("ptq", "qat"):
        raise InputError(f"unknown method {method!r}; give ptq (after training) or qat (by training on)")
    if method == "ptq" and (epochs is not None or learning_rate is not None):
        raise InputError("ptq trains nothing; drop --epochs and --learning-rate, or give --method qat")
    parent = load_model(source)
    name = name or f"lenet5-{method}-seed{seed}"
    making: dict[str, Any] = {
        "method": method,
        "command": f"cgplab model quantize --method {method} --from {_portable(source)} --name {name} --seed {seed}",
        "parent": {"name": parent.name, "model_sha256": parent.sha256},
    }
    from cgplab.models.quantizing import (
        CALIBRATION_IMAGES,
        QAT_EPOCHS,
        QAT_LEARNING_RATE,
        quantize_after_training,
        quantize_by_training,
    )
    from cgplab.models.training import TrainingSettings

    if method == "ptq":
        making["settings"] = {"seed": seed, "calibration_images": CALIBRATION_IMAGES}
        _make(name, out, data, making, lambda dataset, _: quantize_after_training(name, parent, dataset, seed=seed))
        return
    defaults = {"epochs": QAT_EPOCHS, "learning_rate": QAT_LEARNING_RATE}
    settings = TrainingSettings(seed, **(defaults | _given(epochs=epochs, learning_rate=learning_rate)))
    making["command"] += f" --epochs {settings.epochs} --learning-rate {settings.learning_rate}"
    making["settings"] = asdict(settings) | {"calibration_images": CALIBRATION_IMAGES}
    _make(
        name,
        out,
        data,
        making,
        lambda dataset, report: quantize_by_training(name, parent, dataset, settings, progress=report),
    )


@app.command()
def evaluate(
    name: Model,
    data: Annotated[Path | None, typer.Option(help="A .npz with x and y; default: the MNIST test images.")] = None,
    as_json: AsJson = False,
) -> None:
    """Accuracy of a model."""
    model = load_model(name)
    dataset = load_dataset("mnist", split="test") if data is None else load_dataset_file(data)
    accuracy = _evaluate(model, dataset)
    if as_json:
        typer.echo(json.dumps({"model": model.name, "model_sha256": model.sha256, **_test_record(accuracy, dataset)}))
        return
    _print_accuracy(model, dataset, accuracy)


@app.command()
def layers(name: Model, as_json: AsJson = False) -> None:
    """Shape and weights of every layer of a model."""
    model = load_model(name)
    rows = [_layer_record(layer) for layer in model.layers]
    if as_json:
        typer.echo(json.dumps({"model": model.name, "model_sha256": model.sha256, "layers": rows}))
        return
    table = Table(title=f"{model.name} ({model.architecture}, {'int8' if model.is_quantized else 'float32'} weights)")
    table.add_column("Layer")
    table.add_column("Kind")
    for title in ("Shape", "Weights", "Distinct values", "Min", "Max", "Scale"):
        table.add_column(title, justify="right")
    for row in rows:
        table.add_row(
            row["name"],
            row["kind"],
            "×".join(map(str, row["shape"])),
            f"{row['weights']:,}",
            f"{row['distinct_values']:,}",
            *(f"{row[key]:.4g}" for key in ("min", "max")),
            _scale_text(row["scale"]),
        )
    Console().print(table)


@app.command("list")
def list_models() -> None:
    """Names of the models on this machine."""
    for name in model_names():
        typer.echo(name)


def _make(
    name: str,
    out: Path | None,
    data: Path | None,
    making: dict[str, Any],
    build: "Callable[[Dataset, ProgressCallback], StoredModel]",
) -> None:
    """Build a model with a progress bar, evaluate it and write both files; Ctrl-C before that writes nothing."""
    directory = user_models() if out is None else out
    check_destination(name, directory)
    dataset = load_dataset("mnist", split="train") if data is None else load_dataset_file(data)
    test_data = load_dataset("mnist", split="test")
    if out is not None:
        making["command"] += f" --out {_portable(str(out))}"
    if data is not None and (dataset.name, dataset.split) != ("mnist", "train"):
        making["command"] += f" --data {_portable(str(data))}"
    try:
        started = time.monotonic()
        with _training_bar() as report:
            model = build(dataset, report)
        making |= {"training_seconds": round(time.monotonic() - started, 1), "training_data": data_record(dataset)}
        accuracy = _evaluate(model, test_data)
    except KeyboardInterrupt:
        typer.echo("stopped; nothing was written", err=True)
        raise typer.Exit(130) from None
    path = save_with_provenance(model, directory, making, _test_record(accuracy, test_data))
    _print_accuracy(model, test_data, accuracy)
    typer.echo(f"wrote {path}")


@contextmanager
def _training_bar() -> "Iterator[ProgressCallback]":
    columns = (
        TextColumn("epoch {task.fields[epoch]}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TextColumn("{task.fields[rate]:,.0f} images/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
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


def _evaluate(model: StoredModel, dataset: Dataset) -> "Accuracy":
    from cgplab.models.accuracy import evaluate_accuracy

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"evaluating {model.name}", total=len(dataset.x))
        return evaluate_accuracy(model, dataset, progress=lambda done, _: bar.update(task, completed=done))


def _test_record(accuracy: "Accuracy", dataset: Dataset) -> dict[str, Any]:
    return {
        "top1_percent": accuracy.top1,
        "top5_percent": accuracy.top5,
        "loss": accuracy.loss,
        "data": data_record(dataset),
    }


def _print_accuracy(model: StoredModel, dataset: Dataset, accuracy: "Accuracy") -> None:
    table = Table(title=f"{model.name} on {' '.join(filter(None, (dataset.name, dataset.split)))}")
    for title in ("Top-1 (%)", "Top-5 (%)", "Loss (nats)", "Images"):
        table.add_column(title, justify="right")
    table.add_row(f"{accuracy.top1:.2f}", f"{accuracy.top5:.2f}", f"{accuracy.loss:.5f}", f"{accuracy.n:,}")
    Console().print(table)


def _layer_record(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": layer.kind,
        "shape": list(layer.weights.shape),
        "weights": layer.weights.size,
        "distinct_values": len(np.unique(layer.weights)),
        "min": layer.weights.min().item(),
        "max": layer.weights.max().item(),
        "scale": None if layer.scale is None else layer.scale.tolist(),
    }


def _scale_text(scale: float | list[float] | None) -> str:
    if scale is None:
        return "–"
    return f"{scale:.4g}" if isinstance(scale, float) else f"{min(scale):.4g} … {max(scale):.4g}"


def _given(**options: float | None) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _portable(path: str) -> str:
    """A path as a record may hold it: nothing of this machine's directories."""
    return Path(path).name if Path(path).is_absolute() else path
