"""Models as stored on disk: int8 weights and their quantization, read with numpy alone.

Format
------
One ``.npz`` archive per model with, for every layer ``L``:

=================  ========================================================================================
``L.weights``      int8 (float32 for a float model), (out, in / groups, kh, kw) or (out, in)
``L.bias``         float32 (out,), in real units
``L.scale``        float32, () per tensor or (out,) per channel; real weight = (weight - zero point) * scale
``L.zero_point``   int32 ()
``L.input``        float32 (2,): scale and zero point of the layer's uint8 input, real = (u8 - zero) * scale
=================  ========================================================================================

and ``architecture``, a string; where the architecture has choices, also ``options``, their JSON text
(`cgplab.models.architectures`). A float model has no ``scale`` and ``zero_point``, and only its first layer
has an ``input``, which says how a pixel becomes a real number. Beside it, ``<name>.json`` tells where the
model came from (`cgplab.models.provenance`).
"""

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.files import with_directory, write_atomic
from cgplab.models.architectures import Architecture, Kind, Normalization, architecture, kind_of
from cgplab.paths import shipped_data, user_data
from cgplab.schema import MOST_DATA_BYTES, parsed_json, read_arrays


@dataclass(frozen=True)
class InputQuantization:
    """How a layer's uint8 input stands for real numbers: real = (u8 - zero_point) * scale."""

    scale: float
    zero_point: int


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of a stored model; arrays are read-only.

    Attributes
    ----------
    name : str
    weights : int8 array, or float32 in a float model
        (out, in, kernel height, kernel width) or (out, in).
    bias : (out,) float32
        In real units.
    scale : float32 array or None
        () per tensor or (out,) per output channel; None in a float model.
    zero_point : int
        Stored weight that stands for 0; 0 when quantization is symmetric.
    input : InputQuantization or None
        Quantization of the activations that enter the layer; None in a float model after its first layer.
    """

    name: str
    weights: NDArray[np.int8] | NDArray[np.float32]
    bias: NDArray[np.float32]
    scale: NDArray[np.float32] | None
    zero_point: int
    input: InputQuantization | None

    @property
    def kind(self) -> Kind:
        """``conv`` or ``linear``."""
        return kind_of(self.weights.shape)

    @property
    def is_quantized(self) -> bool:
        """Whether the weights are int8."""
        return self.weights.dtype == np.int8


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A model's layers in the order they run.

    Attributes
    ----------
    name : str
    architecture : str
        ``lenet5``, ``mobilenetv2`` or ``imported``.
    layers : tuple of Layer
    options : mapping
        What tells this network from others of its architecture, as JSON; empty for ``lenet5``.
    """

    name: str
    architecture: str
    layers: tuple[Layer, ...]
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Names of the layers in the order they run."""
        return tuple(layer.name for layer in self.layers)

    @property
    def is_quantized(self) -> bool:
        """Whether the weights are int8."""
        return self.layers[0].is_quantized

    @property
    def image(self) -> tuple[int, int, int]:
        """Channels, height and width of an image."""
        return self._architecture.image

    @property
    def background(self) -> bool:
        """Whether class 0 is none of the data set's; see `cgplab.models.architectures.Architecture`."""
        return self._architecture.background

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self._architecture.classes

    @property
    def normalization(self) -> Normalization | None:
        """Means and deviations of the pixels' channels; None when the first layer's ``input`` tells all."""
        return self._architecture.normalization

    @cached_property
    def _architecture(self) -> Architecture:
        return architecture(self.architecture, self.options, origin=f"model {self.name}")

    def layer(self, name: str) -> Layer:
        """Layer ``name``; InputError when the model has none such."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise InputError(f"model {self.name} has no layer {name!r}; its layers are {', '.join(self.layer_names)}")

    def int8_weights(self, name: str) -> NDArray[np.int8]:
        """Int8 weights of layer ``name``, read-only; InputError when the model is not quantized."""
        weights = self.layer(name).weights
        if weights.dtype != np.int8:
            raise InputError(
                f"model {self.name} has float weights; quantize it first: "
                f"cgplab model quantize --method ptq --from {self.name}"
            )
        return weights.astype(np.int8, copy=False)

    def with_weights(self, weights: Mapping[str, NDArray[np.int8]]) -> "StoredModel":
        """The same model with other int8 weights in the named layers.

        Parameters
        ----------
        weights : mapping of layer name to int8 array
            Each shaped like the layer's own weights; copied.

        Raises
        ------
        InputError
            Unknown layer, float model, or an array of another dtype or shape.
        """
        changed = {}
        for name, array in weights.items():
            own = self.int8_weights(name)
            if array.dtype != np.int8 or array.shape != own.shape:
                raise InputError(
                    f"new weights of {name} must be int8 {own.shape}, not {array.dtype} {array.shape}; convert them"
                )
            changed[name] = replace(self.layer(name), weights=_read_only(array.copy()))
        return replace(self, layers=tuple(changed.get(layer.name, layer) for layer in self.layers))

    @cached_property
    def sha256(self) -> str:
        """The model hash of run manifests: over architecture, and every array's name, dtype, shape and values."""
        digest = hashlib.sha256()
        for name, array in to_arrays(self).items():
            digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def load_model(name: str | Path) -> StoredModel:
    """Read a stored model.

    Parameters
    ----------
    name : str or Path
        A name of `model_names` or of published weights, or the path of a ``.npz`` file. A shipped model goes before
        a model of the user with the same name.

    Raises
    ------
    InputError
        No such model, or its file is damaged or not a cgplab model.
    """
    path = model_path(name)
    state = path.stat()
    return _read(path, (state.st_mtime_ns, state.st_ino, state.st_size))


# Hundreds of runs ask for the same model, which checks its content against theirs.
@lru_cache(maxsize=4)
def _read(path: Path, _mark: tuple[int, ...]) -> StoredModel:
    """A model's file as it is now: another content makes another model."""
    return from_arrays(path.stem, read_arrays(path, most=MOST_DATA_BYTES), origin=str(path))


def model_names() -> list[str]:
    """Names of the shipped models and of those in the user's model directory, sorted."""
    return sorted({path.stem for directory in (shipped_models(), user_models()) for path in directory.glob("*.npz")})


def model_path(name: str | Path) -> Path:
    """Where the named model is stored; InputError when there is none."""
    text = str(name)
    # Of os.path, whose functions take any text for the name of a file that may be there.
    if text.endswith(".npz"):
        path = Path(os.path.expanduser(name))
        if not os.path.isfile(path):
            raise InputError(f"no model file {text}; give an existing .npz or one of {_listed(model_names())}")
        return path
    for directory in (shipped_models, published_weights, user_models):
        # A name is no path: it must not lead out of the directories.
        if os.path.isfile(path := directory() / f"{text}.npz") and path.stem == text:
            return path
    raise InputError(f"no model named {text!r}; known are {_listed(model_names())}, or give the path of a .npz file")


def user_models() -> Path:
    """Directory of the user's own models; not created here."""
    return user_data() / "models"


def shipped_models() -> Path:
    """Directory of the models that ship with cgplab."""
    return shipped_data() / "models"


def published_weights() -> Path:
    """Directory of published weights that ship with cgplab: parts of networks, of which no accuracy can be told."""
    return shipped_data() / "published"


def save_model(model: StoredModel, path: Path) -> None:
    """Write ``model`` as a ``.npz`` archive, whole or not at all."""
    write_atomic(with_directory(path), archive(model))


def archive(model: StoredModel) -> bytes:
    """The ``.npz`` archive of ``model``; the same model gives the same bytes with the same NumPy and zlib."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **to_arrays(model))  # type: ignore[arg-type]
    return buffer.getvalue()


def to_arrays(model: StoredModel) -> dict[str, np.ndarray]:
    """The named arrays of the file format, in a fixed order."""
    arrays: dict[str, np.ndarray] = {"architecture": np.array(model.architecture)}
    if model.options:
        arrays["options"] = np.array(json.dumps(model.options, sort_keys=True))
    for layer in model.layers:
        arrays[f"{layer.name}.weights"] = layer.weights
        arrays[f"{layer.name}.bias"] = layer.bias
        if layer.scale is not None:
            arrays[f"{layer.name}.scale"] = layer.scale
            arrays[f"{layer.name}.zero_point"] = np.array(layer.zero_point, dtype=np.int32)
        if layer.input is not None:
            arrays[f"{layer.name}.input"] = np.array([layer.input.scale, layer.input.zero_point], dtype=np.float32)
    return arrays


def from_arrays(name: str, arrays: Mapping[str, np.ndarray], *, origin: str) -> StoredModel:
    """Build a model from the arrays of the file format.

    Parameters
    ----------
    name : str
        Name of the model.
    arrays : mapping
        As `to_arrays` gives them.
    origin : str
        What an error message calls the source of the arrays.

    Raises
    ------
    InputError
        An array is missing, or has another dtype, shape or range than the format asks for.
    """
    reader = _Reader(arrays, origin)
    named = str(reader.take("architecture", "U", ()))
    options = reader.options()
    needed = architecture(named, options, origin=origin)
    layers = tuple(reader.layer(layer, shape) for layer, shape in needed.shapes.items())
    if len({layer.is_quantized for layer in layers}) != 1:
        raise InputError(f"{origin} mixes int8 and float layers; store all layers of a model alike")
    if layers[0].input is None and needed.normalization is None:
        raise InputError(f"{origin} lacks the array '{layers[0].name}.input', which says how to read a pixel")
    return StoredModel(name, named, layers, options)


class _Reader:
    """Takes arrays by name and complains about those that do not fit the format."""

    def __init__(self, arrays: Mapping[str, np.ndarray], origin: str) -> None:
        self.arrays = arrays
        self.origin = origin

    def take(self, name: str, kinds: str, *shapes: tuple[int, ...]) -> np.ndarray:
        """Array ``name``, checked against dtypes (as in ``dtype.str``, or ``U`` for text) and shapes."""
        if name not in self.arrays:
            raise InputError(f"{self.origin} is not a cgplab model: array {name!r} is missing; recreate the model")
        array = self.arrays[name]
        found = "U" if array.dtype.kind == "U" else array.dtype.name
        if found not in kinds.split("|") or array.shape not in shapes:
            raise InputError(
                f"{self.origin}: array {name!r} is {array.dtype} {array.shape}, "
                f"but must be {kinds.replace('|', ' or ')} {' or '.join(map(str, shapes))}; recreate the model"
            )
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise InputError(f"{self.origin}: array {name!r} holds values that are not finite; recreate the model")
        return _read_only(array.view())

    def options(self) -> dict[str, Any]:
        """The architecture's options; none where the archive holds none."""
        if "options" not in self.arrays:
            return {}
        try:
            options = parsed_json(str(self.take("options", "U", ())).encode(), f"{self.origin}: its options")
        except UnicodeEncodeError as error:
            raise InputError(f"{self.origin}: its options are not JSON ({error}); recreate the model") from error
        if not isinstance(options, dict):
            raise InputError(f"{self.origin}: its options are no JSON object; recreate the model")
        return options

    def layer(self, name: str, shape: tuple[int, ...] | None) -> Layer:
        """Layer ``name``, of the given shape or, for None, of any shape a layer can have."""
        if shape is None:
            shape = self.arrays[f"{name}.weights"].shape if f"{name}.weights" in self.arrays else ()
            if len(shape) not in (2, 4) and shape:
                raise InputError(f"{self.origin}: array '{name}.weights' has {len(shape)} dimensions, not 2 or 4")
        weights = self.take(f"{name}.weights", "int8|float32", shape)
        bias = self.take(f"{name}.bias", "float32", shape[:1])
        if weights.dtype != np.int8:
            optional = self._input(name) if f"{name}.input" in self.arrays else None
            return Layer(name, weights, bias, None, 0, optional)
        scale = self.take(f"{name}.scale", "float32", (), shape[:1])
        zero_point = int(self.take(f"{name}.zero_point", "int32", ()))
        if not (scale > 0).all() or not -128 <= zero_point <= 127:
            raise InputError(
                f"{self.origin}: layer {name} needs scales above 0 and a zero point in -128..127; recreate it"
            )
        return Layer(name, weights, bias, scale, zero_point, self._input(name))

    def _input(self, name: str) -> InputQuantization:
        scale, zero_point = (float(value) for value in self.take(f"{name}.input", "float32", (2,)))
        if scale <= 0 or zero_point not in range(256):
            raise InputError(
                f"{self.origin}: array '{name}.input' must hold a scale above 0 and a whole zero point in 0..255, "
                f"not {scale:g} and {zero_point:g}; recreate the model"
            )
        return InputQuantization(scale, int(zero_point))


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "none yet (make one with: cgplab model train)"


def _read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
