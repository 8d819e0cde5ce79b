"""The networks cgplab knows, as plain numbers, so that reading weights needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cgplab.errors import InputError
from cgplab.models.mobilenetv2.plan import MobileNetV2Plan
from cgplab.models.program import from_json, layer_names

Kind = Literal["conv", "linear"]

LENET5: dict[str, tuple[int, ...]] = {
    "conv1": (6, 1, 5, 5),
    "conv2": (16, 6, 5, 5),
    "fc1": (120, 256),
    "fc2": (84, 120),
    "fc3": (10, 84),
}
IMPORTED = "imported"
NORMALIZATION = "normalization"  # the option that holds means and deviations
BACKGROUND = "background"  # the option that says whether class 0 is none of the data set's
ARCHITECTURES = ("lenet5", "mobilenetv2", IMPORTED)


Normalization = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Architecture:
    """What a stored model's arrays must look like, and what it takes and gives.

    Attributes
    ----------
    shapes : dict of layer name to weight shape or None
        In the order the layers run: (out, in / groups, kernel height, kernel width) or (out, in); None leaves it open.
    image : (int, int, int)
        Channels, height and width of an image.
    classes : int
    normalization : (means, deviations) or None
        One of each per channel: real = (u8 / 255 - mean) / deviation. None: the first layer's ``input`` says it.
    background : bool
        Whether class 0 is none of the data set's, as in TensorFlow's ImageNet networks; label n is class n + 1 then.
    """

    shapes: dict[str, tuple[int, ...] | None]
    image: tuple[int, int, int]
    classes: int
    normalization: Normalization | None = None
    background: bool = False


def architecture(name: str, options: Mapping[str, Any], *, origin: str) -> Architecture:
    """The architecture ``name`` with the options a model file holds.

    Raises
    ------
    InputError
        Unknown, or options that do not fit; the message names ``origin``.
    """
    if name == "lenet5":
        return Architecture(dict(LENET5), (1, 28, 28), 10)
    if name == "mobilenetv2":
        plan = MobileNetV2Plan.from_options(own_options(options), origin=origin)
        normalization = _normalization(options, plan.image[0], origin)
        return Architecture(dict(plan.shapes), plan.image, plan.classes, normalization, options.get(BACKGROUND) is True)
    if name == IMPORTED:
        return _imported(options, origin)
    raise InputError(f"{origin}: unknown architecture {name!r}; known are {', '.join(ARCHITECTURES)}")


def kind_of(shape: tuple[int, ...]) -> Kind:
    """Kind of a layer whose weights have this shape."""
    return "conv" if len(shape) == 4 else "linear"


def own_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of the network itself."""
    return {key: value for key, value in options.items() if key not in (NORMALIZATION, BACKGROUND)}


def _normalization(options: Mapping[str, Any], channels: int, origin: str) -> Normalization | None:
    if NORMALIZATION not in options:
        return None
    match options[NORMALIZATION]:
        case [list(means), list(deviations)] if len(means) == len(deviations) == channels:
            if all(isinstance(value, float) for value in (*means, *deviations)) and min(deviations) > 0:
                return tuple(means), tuple(deviations)
    raise InputError(f"{origin}: normalization needs a mean and a deviation above 0 for each of {channels} channels")


def _imported(options: Mapping[str, Any], origin: str) -> Architecture:
    match options:
        case {"image": [int(channels), int(height), int(width)], "classes": int(classes), "program": program}:
            # Whether cgplab knows each operation is checked where the program runs, which loads torch.
            names = layer_names(from_json(program, None, origin=origin))
            image = (channels, height, width)
            return Architecture(dict.fromkeys(names), image, classes, _normalization(options, channels, origin))
    raise InputError(f"{origin}: an imported model must say its image, classes and program; import it again")
