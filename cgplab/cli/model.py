"""``cgplab model``: train, quantize, evaluate and look at models."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table

from cgplab.cli.model_building import (
    evaluate_with_bar,
    make_model,
    portable,
    print_accuracy,
    test_record,
)
from cgplab.cli.model_import import import_model
from cgplab.cli.model_sensitivity import sensitivity
from cgplab.cli.output import PlainConsole, say
from cgplab.errors import InputError
from cgplab.models.datasets import load_images
from cgplab.models.known_datasets import known_dataset
from cgplab.models.mobilenetv2.plan import MobileNetV2Plan
from cgplab.models.provenance import dataset_of
from cgplab.models.stored import Layer, load_model, model_names

app = typer.Typer(help="Train, quantize, evaluate and look at models.", no_args_is_help=True)

app.command("import")(import_model)
app.command()(sensitivity)

Seed = Annotated[int, typer.Option(help="Same seed, same weights (on the same kind of machine).")]
Epochs = Annotated[int | None, typer.Option(help="Passes over the training set; default by network and command.")]
Rate = Annotated[float | None, typer.Option(help="Peak learning rate; default by network and command.")]
Name = Annotated[str | None, typer.Option(help="Name of the new model; default: made from method and seed.")]
Out = Annotated[Path | None, typer.Option(help="Directory for the model; default: your own model directory.")]
TrainingData = Annotated[str | None, typer.Option("--data", help="Data set (mnist, fashion-mnist), or a .npz (x, y).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Model = Annotated[str, typer.Argument(help="Name of a model, or path of a .npz file.")]

# Epochs and peak learning rate of training and of quantization-aware training; data set.
DEFAULTS: dict[str, dict[str, Any]] = {
    "lenet5": {"train": (30, 0.05), "qat": (6, 0.01), "data": "mnist"},
    "mobilenetv2": {"train": (12, 0.1), "qat": (1, 0.005), "data": "fashion-mnist"},
}


@app.command()
def train(
    arch: Annotated[str, typer.Option(help="lenet5 or mobilenetv2.")] = "lenet5",
    width: Annotated[float | None, typer.Option(help="mobilenetv2: width multiplier; default 0.35.")] = None,
    least_channels: Annotated[int | None, typer.Option(help="mobilenetv2: no layer has fewer; default 16.")] = None,
    seed: Seed = 0,
    epochs: Epochs = None,
    learning_rate: Rate = None,
    name: Name = None,
    out: Out = None,
    data: TrainingData = None,
) -> None:
    """Train a network in floating point."""
    if arch not in DEFAULTS:
        raise InputError(f"unknown network {arch!r}; train {' or '.join(DEFAULTS)}")
    if arch == "lenet5" and (width is not None or least_channels is not None):
        raise InputError("lenet5 has one size; drop --width and --least-channels, or give --arch mobilenetv2")
    from cgplab.models.training import TrainingSettings, train_float

    data = data or DEFAULTS[arch]["data"]
    settings = TrainingSettings(seed, **_given(DEFAULTS[arch]["train"], epochs, learning_rate))
    name = name or f"{arch}-float-seed{seed}"
    command = f"cgplab model train --arch {arch} --name {name} --seed {seed}"
    plan = None
    if arch == "mobilenetv2":
        width = 0.35 if width is None else width
        least_channels = 16 if least_channels is None else least_channels
        classes = 10 if data.endswith(".npz") else known_dataset(data, "train").classes
        plan = MobileNetV2Plan.scaled(width, image=(1, 28, 28), classes=classes, least=least_channels)
        command += f" --width {width} --least-channels {least_channels}"
    making = {
        "method": "float",
        "command": f"{command} --epochs {settings.epochs} --learning-rate {settings.learning_rate}",
        "settings": asdict(settings),
    }
    make_model(
        name, out, data, making, lambda dataset, report: train_float(name, dataset, settings, plan, progress=report)
    )


@app.command()
def quantize(
    method: Annotated[str, typer.Option(help="ptq: after training; qat: by training on.")],
    source: Annotated[str, typer.Option("--from", help="Float model to start from.")] = "lenet5-float",
    granularity: Annotated[
        str | None, typer.Option(help="One weight scale per tensor or per channel; default: tensor for lenet5.")
    ] = None,
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
    name = name or f"{parent.architecture}-{method}-seed{seed}"
    from cgplab.models.quantizing import (
        calibration_count,
        default_granularity,
        parse_granularity,
        quantize_after_training,
        quantize_by_training,
    )
    from cgplab.models.training import TrainingSettings

    kind = default_granularity(parent) if granularity is None else parse_granularity(granularity)
    made: dict[str, Any] = {"granularity": kind, "calibration_images": calibration_count(parent)}
    making: dict[str, Any] = {
        "method": method,
        "command": f"cgplab model quantize --method {method} --from {portable(source)} --granularity {kind} "
        f"--name {name} --seed {seed}",
        "parent": {"name": parent.name, "model_sha256": parent.sha256},
    }
    data = data or dataset_of(source)
    if method == "ptq":
        making["settings"] = {"seed": seed} | made
        make_model(
            name,
            out,
            data,
            making,
            lambda dataset, _: quantize_after_training(name, parent, dataset, granularity=kind, seed=seed),
        )
        return
    defaults = DEFAULTS.get(parent.architecture, DEFAULTS["mobilenetv2"])["qat"]
    settings = TrainingSettings(seed, **_given(defaults, epochs, learning_rate))
    making["command"] += f" --epochs {settings.epochs} --learning-rate {settings.learning_rate}"
    making["settings"] = asdict(settings) | made
    make_model(
        name,
        out,
        data,
        making,
        lambda dataset, report: quantize_by_training(
            name, parent, dataset, settings, granularity=kind, progress=report
        ),
    )


@app.command()
def evaluate(
    name: Model,
    data: Annotated[
        str | None, typer.Option(help="Data set, .npz file or folder of pictures; default: what the model is made for.")
    ] = None,
    split: Annotated[str, typer.Option(help="Split of the data set, as `cgplab data list` names it.")] = "test",
    batch_size: Annotated[int | None, typer.Option(help="Images at a time; default by network.")] = None,
    batches: Annotated[int | None, typer.Option(help="Use only so many batches; default: all images.")] = None,
    device: Annotated[str, typer.Option(help="cpu, or cuda where there is one.")] = "cpu",
    as_json: AsJson = False,
) -> None:
    """Accuracy of a model."""
    from cgplab.models.accuracy import default_batch_size

    model = load_model(name)
    dataset = load_images(data or dataset_of(name), split=split, side=model.image[1])
    if batches is not None:
        if batches < 1:
            raise InputError(f"the number of batches must be at least 1, not {batches}")
        dataset = dataset.first(batches * (batch_size or default_batch_size(model)))
    accuracy = evaluate_with_bar(model, dataset, batch_size=batch_size, device=device)
    if as_json:
        typer.echo(json.dumps({"model": model.name, "model_sha256": model.sha256, **test_record(accuracy, dataset)}))
        return
    print_accuracy(model, dataset, accuracy)


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
    PlainConsole().print(table)


@app.command("list")
def list_models() -> None:
    """Names of the models on this machine."""
    for name in model_names():
        say(name)


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


def _given(defaults: tuple[int, float], epochs: int | None, learning_rate: float | None) -> dict[str, Any]:
    return {
        "epochs": defaults[0] if epochs is None else epochs,
        "learning_rate": defaults[1] if learning_rate is None else learning_rate,
    }
