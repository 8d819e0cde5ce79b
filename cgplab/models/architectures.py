"""Layer tables of the networks cgplab knows; plain numbers, so that reading weights needs no torch."""

from typing import Literal

Kind = Literal["conv", "linear"]

# Weight shapes in the order the layers run: (out, in, kernel height, kernel width) or (out, in).
ARCHITECTURES: dict[str, dict[str, tuple[int, ...]]] = {
    "lenet5": {
        "conv1": (6, 1, 5, 5),
        "conv2": (16, 6, 5, 5),
        "fc1": (120, 256),
        "fc2": (84, 120),
        "fc3": (10, 84),
    },
}

IMAGE_SHAPE: dict[str, tuple[int, int]] = {"lenet5": (28, 28)}  # height, width in pixels
CLASSES: dict[str, int] = {"lenet5": 10}


def kind_of(shape: tuple[int, ...]) -> Kind:
    """Kind of a layer whose weights have this shape."""
    return "conv" if len(shape) == 4 else "linear"
