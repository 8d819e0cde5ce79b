"""``cgplab model import``: take over a network that somebody else has trained."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cgplab.cli.model_building import evaluate_with_bar, portable, print_accuracy, test_record
from cgplab.cli.options import EXIT_INTERRUPTED
from cgplab.cli.output import say
from cgplab.errors import InputError
from cgplab.models.datasets import Images, check_fit, load_images
from cgplab.models.provenance import check_destination, data_record, load_provenance, save_with_provenance
from cgplab.models.resized import Resized
from cgplab.models.stored import StoredModel, from_arrays, user_models
from cgplab.numbers import real_number, shortened, whole_number
from cgplab.schema import MOST_DATA_BYTES, read_arrays

if TYPE_CHECKING:  # torch loads when a file of torch is read
    from cgplab.models.architectures import Normalization

IMAGENET = (3, 224, 224)
MOST_PIXELS = 4096
"""Image that MobileNetV2 takes unless told otherwise."""


def import_model(
    file: Annotated[Path, typer.Argument(help="State dict (.pt, .pth) or .npz.")],
    arch: Annotated[
        str, typer.Option(help="mobilenetv2, or the class: package.module:Class or file.py:Class.")
    ] = "mobilenetv2",
    arguments: Annotated[str, typer.Option(help="Keyword arguments of the class, as JSON.")] = "{}",
    data: Annotated[
        str, typer.Option(help="Data set, .npz file or folder of pictures: sets the ranges of the activations.")
    ] = "mnist",
    split: Annotated[str, typer.Option(help="Its split on which accuracy is measured.")] = "test",
    calibration_split: Annotated[
        str | None, typer.Option(help="Its split that sets the ranges, best train; default: the one measured on.")
    ] = None,
    test: Annotated[
        bool, typer.Option("--test/--no-test", help="Measure accuracy. Without, images of any size and kind will do.")
    ] = True,
    image: Annotated[
        str | None,
        typer.Option(help="CHANNELSxHEIGHTxWIDTH the network takes; default: as the data, mobilenetv2: 3x224x224."),
    ] = None,
    mean: Annotated[str | None, typer.Option(help="Subtracted from pixels in 0..1, one per channel: .485,.456")] = None,
    deviation: Annotated[str | None, typer.Option(help="Divides them then, one per channel.")] = None,
    granularity: Annotated[str, typer.Option(help="One weight scale per tensor or per channel.")] = "channel",
    seed: Annotated[int, typer.Option(help="Chooses the images for calibration.")] = 0,
    sha256: Annotated[str | None, typer.Option(help="Refuse the file unless its SHA-256 is this.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the new model; default: the file's.")] = None,
    out: Annotated[Path | None, typer.Option(help="Directory for the model; default: your own models.")] = None,
) -> None:
    """Import a trained network: quantize it to int8 where it is not, choose the activations' ranges, measure, store.

    Nothing is stored unless all of it succeeds.
    """
    from cgplab.models.importing import check_file
    from cgplab.models.quantizing import parse_granularity

    name = name or file.stem
    directory = user_models() if out is None else out
    found = check_file(file, sha256)
    check_destination(name, directory)
    kind = parse_granularity(granularity)
    images = load_images(data, split=calibration_split or split)
    shape = None if image is None else _shape(image)
    if ":" in arch and shape is None:
        shape = images.image
    model = _read(file, name, arch, _arguments(arguments), shape or IMAGENET, _normalization(mean, deviation))
    if test:
        try:
            check_fit(model, load_images(data, split=split, side=model.image[1]))
        except InputError as error:
            raise InputError(f"{error}; or import with --no-test, which takes images of any size and kind") from error
    making: dict[str, Any] = {
        "method": "import",
        "command": f"cgplab model import {portable(str(file))} --arch {_portable_arch(arch)} --name {name} "
        f"--data {portable(data)} --split {split}",
        "arguments": {"class": _arguments(arguments), "image": image, "mean": mean, "deviation": deviation},
        "file": {"name": file.name, "sha256": found},
    }
    try:
        calibrated, used = _quantize(model, images, kind, seed)
        making["settings"] = used | {"seed": seed}
        record: dict[str, Any] = {}
        if test:
            tested = load_images(data, split=split, side=model.image[1])
            accuracy = evaluate_with_bar(calibrated, tested)
            record = test_record(accuracy, tested)
            print_accuracy(calibrated, tested, accuracy)
    except KeyboardInterrupt:
        say("stopped; nothing was written", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None
    path = save_with_provenance(calibrated, directory, making, record)
    say(f"wrote {path}: {len(model.layers)} layers, {sum(x.weights.size for x in model.layers):,} int8 weights")


def _read(
    file: Path,
    name: str,
    arch: str,
    arguments: Mapping[str, Any],
    image: tuple[int, int, int],
    normalization: "Normalization | None",
) -> StoredModel:
    if file.suffix == ".npz":
        arrays = read_arrays(file, most=MOST_DATA_BYTES)
        if "architecture" in arrays:
            if file.with_suffix(".json").is_file():
                load_provenance(file)  # its checksum must fit
            return from_arrays(name, arrays, origin=str(file))
        from cgplab.models.mobilenetv2.convert import from_tensorflow

        return from_tensorflow(name, arrays, origin=str(file))
    from cgplab.models.importing import build_module, import_module, load_state

    state = load_state(file)
    if ":" in arch:
        return import_module(
            name, build_module(arch, arguments), state, image, normalization=normalization, reference=arch
        )
    if arch != "mobilenetv2":
        raise InputError(f"unknown --arch {arch!r}; give mobilenetv2, package.module:Class or file.py:Class")
    from cgplab.models.mobilenetv2 import convert

    read = convert.from_quantized if convert.is_quantized(state) else convert.from_float
    return read(name, state, origin=str(file), side=image[1])


def _quantize(model: StoredModel, images: Images, kind: Any, seed: int) -> tuple[StoredModel, dict[str, Any]]:
    """The int8 model with ranges for its activations, and how it was made."""
    if model.is_quantized and all(layer.input is not None for layer in model.layers):
        return model, {}
    from cgplab.models.quantizing import calibrate_int8, calibration_count, quantize_after_training

    fitting = images if images.image == model.image else Resized(images, model.image)
    used = {"calibration_images": calibration_count(model), "calibration_data": data_record(images)}
    if model.is_quantized:
        return calibrate_int8(model, fitting, seed=seed), used
    quantized = quantize_after_training(model.name, model, fitting, granularity=kind, seed=seed)
    return quantized, used | {"granularity": kind}


def _portable_arch(arch: str) -> str:
    place, colon, name = arch.rpartition(":")
    return f"{portable(place)}{colon}{name}" if place.endswith(".py") else arch


def _arguments(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_arguments(text) from error
    if not isinstance(value, dict):
        raise _no_arguments(text)
    return value


def _no_arguments(text: str) -> InputError:
    return InputError(f"--arguments must be a JSON object such as '{{\"width\": 0.5}}', not {shortened(text)!r}")


def _shape(text: str) -> tuple[int, int, int]:
    sides = text.lower().split("x")
    if len(sides) != 3:
        raise InputError(f"--image must be CHANNELSxHEIGHTxWIDTH such as 3x224x224, not {shortened(text)!r}")
    channels, height, width = (
        whole_number(side, f"--image {shortened(text)!r}: {what}", 1, MOST_PIXELS)
        for side, what in zip(sides, ("channels", "height", "width"), strict=True)
    )
    return channels, height, width


def _normalization(mean: str | None, deviation: str | None) -> "Normalization | None":
    if mean is None and deviation is None:
        return None
    if mean is None or deviation is None:
        raise InputError("give both --mean and --deviation, or neither")
    means, deviations = (
        tuple(real_number(value, f"{name}, numbers with commas between:") for value in text.split(","))
        for name, text in (("--mean", mean), ("--deviation", deviation))
    )
    return means, deviations
