"""Make a stored model of a network that somebody else has trained."""

import hashlib
import importlib
import importlib.util
import pickletools
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import torch
from torch import Tensor, nn

from cgplab.errors import InputError
from cgplab.models.architectures import IMPORTED, NORMALIZATION, Normalization
from cgplab.models.inference import logits, real_images
from cgplab.models.program import to_json
from cgplab.models.quantized_network import to_array
from cgplab.models.stored import InputQuantization, Layer, StoredModel
from cgplab.models.tracing import trace
from cgplab.system_errors import explained
from cgplab.unpacked_size import check_zip

_MOST_WORD = 4096
"""Characters of a name in a state dict."""

UNIT_PIXELS = InputQuantization(1 / 255, 0)  # 0 .. 1, as torchvision's ToTensor
TOLERANCE = 1e-3  # of the largest score; folding batch normalization rounds otherwise than computing it


def check_file(path: Path, sha256: str | None) -> str:
    """SHA-256 of a file's bytes.

    Raises
    ------
    InputError
        The file cannot be read, or its checksum is not ``sha256``.
    """
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise explained(f"cannot read {path}", error) from error
    if sha256 is not None and found != sha256.strip().lower():
        raise InputError(f"the SHA-256 of {path} is {found}, not {sha256}; get the file again")
    return found


def load_state(path: Path) -> dict[str, Any]:
    """The state dict in a file of ``torch.save``, alone or under ``state_dict`` or ``model``; no code in it is run.

    Raises
    ------
    InputError
        Not such a file, or it holds anything but tensors and plain values.
    """
    try:
        if is_zipfile(path):
            with ZipFile(path) as archive:
                check_zip(archive, path.stat().st_size, str(path), "save model.state_dict() with torch.save")
                _check_words(archive, path)
        value = torch.load(path, map_location="cpu", weights_only=True)
    except InputError:
        raise
    except Exception as error:  # what torch raises on damaged files is of any type
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            f"{path} is not a state dict that torch can load safely ({first[:160]}); save model.state_dict()"
        ) from error
    for key in ("state_dict", "model"):
        if isinstance(value, Mapping) and isinstance(value.get(key), Mapping):
            value = value[key]
    if not isinstance(value, Mapping) or not any(isinstance(item, Tensor) for item in value.values()):
        raise InputError(f"{path} holds no state dict; save model.state_dict(), not the model itself")
    return {str(key).removeprefix("module."): item for key, item in value.items()}


def _check_words(archive: ZipFile, path: Path) -> None:
    """Raise InputError where a pickle holds a word that no state dict has.

    torch searches its own message, which quotes the word, with a pattern that takes quadratic time.
    """
    for info in archive.infolist():
        if info.filename.endswith(".pkl"):
            for _, word, _ in pickletools.genops(archive.read(info)):
                if isinstance(word, str | bytes) and len(word) > _MOST_WORD:
                    raise InputError(f"{path} holds a name of {len(word):,} characters; {_MOST_WORD:,} are allowed")


def build_module(reference: str, arguments: Mapping[str, Any]) -> nn.Module:
    """Make the user's network.

    Parameters
    ----------
    reference : str
        ``package.module:Class`` or ``path/to/file.py:Class``; a module is looked for in the working directory too.
    arguments : mapping
        Keyword arguments of the class.

    Raises
    ------
    InputError
        No such module or class, or it cannot be made with these arguments.
    """
    place, _, name = reference.rpartition(":")
    if not place or not name:
        raise InputError(f"--arch must be module:Class or file.py:Class, not {reference!r}")
    try:
        made = getattr(_module(place), name)(**arguments)
    except InputError:
        raise
    except Exception as error:  # whatever the user's code raises
        raise InputError(f"cannot make {reference}: {type(error).__name__}: {error}") from error
    if not isinstance(made, nn.Module):
        raise InputError(f"{reference} is no torch.nn.Module, but {type(made).__name__}")
    return made.eval()


def import_module(
    name: str,
    module: nn.Module,
    state: Mapping[str, Any],
    image: tuple[int, int, int],
    *,
    normalization: Normalization | None = None,
    reference: str = "",
) -> StoredModel:
    """The float model of a module with its trained parameters, batch normalization folded.

    Parameters
    ----------
    name : str
        Name of the model.
    module : nn.Module
        Takes (n, channels, height, width) float32, gives (n, classes); changed: gets the parameters.
    state : mapping
        State dict; must have every key of the module's and no other.
    image : (int, int, int)
        Channels, height and width.
    normalization : (means, deviations), optional
        As in `cgplab.models.architectures.Architecture`; default: pixels become 0..1.
    reference : str
        Where the class comes from, for the record.

    Raises
    ------
    InputError
        Missing or unknown keys, other shapes, other than floating-point weights, or a network that cgplab cannot run.
    """
    _load(module.eval(), state)
    traced = trace(module)
    with torch.inference_mode():
        try:
            scores = module(torch.zeros(1, *image))
        except RuntimeError as error:
            raise InputError(f"{reference or name} does not take images of {image}: {error}") from error
    if scores.ndim != 2:
        raise InputError(f"{reference or name} must give (n, classes) scores, not {tuple(scores.shape)}")
    options: dict[str, Any] = {"image": list(image), "classes": scores.shape[1], "program": to_json(traced.program)}
    if normalization is not None:
        options[NORMALIZATION] = [list(values) for values in normalization]
    layers = [
        Layer(layer, to_array(weights.float()), to_array(bias.float()), None, 0, None)
        for layer, (weights, bias) in traced.parameters.items()
    ]
    if normalization is None:
        layers[0] = replace(layers[0], input=UNIT_PIXELS)
    model = StoredModel(name, IMPORTED, tuple(layers), options)
    _compare(model, module)
    return model


def _load(module: nn.Module, state: Mapping[str, Any]) -> None:
    for key, value in state.items():
        if isinstance(value, Tensor) and (value.is_quantized or not (value.is_floating_point() or value.ndim == 0)):
            raise InputError(
                f"{key} is {value.dtype}; import a float state dict, which cgplab quantizes itself, "
                "or torchvision's quantized MobileNetV2 with --arch mobilenetv2"
            )
    own = module.state_dict()
    missing = [key for key in own if key not in state and not key.endswith("num_batches_tracked")]
    unknown = [key for key in state if key not in own]
    if missing or unknown:
        told = [f"lacks {', '.join(missing[:3])}"] * bool(missing) + [f"has besides {', '.join(unknown[:3])}"] * bool(
            unknown
        )
        raise InputError(f"the state dict does not fit {type(module).__name__}: it {' and '.join(told)}")
    try:
        module.load_state_dict(dict(state), strict=False)
    except RuntimeError as error:
        raise InputError(f"the state dict does not fit: {' '.join(str(error).split())}") from error


def _compare(model: StoredModel, module: nn.Module) -> None:
    """Hold the steps that were followed against the module itself, on random pixels."""
    pixels = torch.randint(0, 256, (2, *model.image), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = module(real_images(model, pixels))
    difference = float((logits(model, pixels) - expected).abs().max())
    if difference > TOLERANCE * max(1.0, float(expected.abs().max())):
        raise InputError(
            f"cgplab computes other scores than {type(module).__name__} (by {difference:.2g}); "
            "does its forward depend on values of the data, or on random numbers?"
        )


def _module(place: str) -> Any:
    if place.endswith(".py"):
        path = Path(place).expanduser()
        if not path.is_file():
            raise InputError(f"no file {place}")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(place)
    finally:
        sys.path.pop(0)
