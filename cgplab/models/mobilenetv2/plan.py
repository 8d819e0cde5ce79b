"""The shape of a MobileNetV2: plain numbers, so that reading its weights needs no torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from cgplab.errors import InputError

# Expansion, output channels and repetitions of the seven stages: table 2 of the paper.
EXPANSIONS = (1, 6, 6, 6, 6, 6, 6)
CHANNELS = (16, 24, 32, 64, 96, 160, 320)
REPEATS = (1, 2, 3, 4, 3, 3, 1)
STEM = 32
HEAD = 1280
STRIDES = (2, 1, 2, 2, 2, 1, 2, 1)  # of the stem and the seven stages
SMALL_STRIDES = (2, 1, 2, 1, 2, 1, 2, 1)  # for images of about 32 pixels: 28, 14, 14, 7, 7, 4, 4, 2, 2
PADDINGS = ("symmetric", "tensorflow")
ACTIVATIONS = ("relu6", "relu")


@dataclass(frozen=True)
class Convolution:
    """One convolution of the network.

    Attributes
    ----------
    name : str
        ``stem``, ``block1.depthwise``, ``block2.expand`` … ``block17.project``, ``head``.
    inputs, outputs, kernel, stride, groups : int
    activated : bool
        Whether a ReLU follows; not after a linear bottleneck (``project``).
    one_sided : (bool, bool)
        Whether rows, and whether columns, are padded at their end only.
    """

    name: str
    inputs: int
    outputs: int
    kernel: int = 1
    stride: int = 1
    groups: int = 1
    activated: bool = True
    one_sided: tuple[bool, bool] = (False, False)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Shape of the weights: (out, in / groups, kernel, kernel)."""
        return self.outputs, self.inputs // self.groups, self.kernel, self.kernel


@dataclass(frozen=True)
class Block:
    """An inverted residual: expand (unless the expansion is 1), depthwise, project.

    Attributes
    ----------
    name : str
    convolutions : tuple of Convolution
    residual : bool
        Whether the block's input is added to its output.
    """

    name: str
    convolutions: tuple[Convolution, ...]
    residual: bool


@dataclass(frozen=True)
class MobileNetV2Plan:
    """Everything that distinguishes one MobileNetV2 from another.

    Attributes
    ----------
    image : (int, int, int)
        Channels, height and width of an image.
    classes : int
    stem, head : int
        Output channels of the first and of the last convolution.
    channels : 7 ints
        Output channels of the stages.
    strides : 8 ints
        Of the stem and of the first block of every stage, 1 or 2.
    padding : str
        What SAME means at stride 2: ``symmetric`` pads both sides alike, as torchvision does; ``tensorflow`` pads
        only as much as the last window needs, the odd pixel at the bottom and right.
    activation : str
        ``relu6``, or ``relu`` as in torchvision's quantized network.

    Raises
    ------
    InputError
        A value is out of range.
    """

    image: tuple[int, int, int]
    classes: int
    stem: int = STEM
    channels: tuple[int, ...] = CHANNELS
    head: int = HEAD
    strides: tuple[int, ...] = STRIDES
    padding: str = "symmetric"
    activation: str = "relu6"

    def __post_init__(self) -> None:
        sizes = (*self.image, self.classes, self.stem, *self.channels, self.head)
        if len(self.image) != 3 or len(self.channels) != len(CHANNELS) or min(sizes) < 1:
            raise InputError(
                f"mobilenetv2 needs an image (channels, height, width) and {len(CHANNELS)} stages, all sizes at least 1"
            )
        if len(self.strides) != len(STRIDES) or not set(self.strides) <= {1, 2}:
            raise InputError(f"mobilenetv2 needs {len(STRIDES)} strides of 1 or 2, not {self.strides}")
        if self.padding not in PADDINGS or self.activation not in ACTIVATIONS:
            raise InputError(
                f"mobilenetv2 pads {' or '.join(PADDINGS)} and activates by {' or '.join(ACTIVATIONS)}, "
                f"not {self.padding!r} and {self.activation!r}"
            )

    @classmethod
    def scaled(cls, width: float, *, image: tuple[int, int, int], classes: int, least: int = 8) -> "MobileNetV2Plan":
        """The network with its channels multiplied by ``width`` and rounded to multiples of 8.

        Parameters
        ----------
        width : float
            Width multiplier, above 0 and at most 4.
        image, classes
            See the class. For images below 64 pixels there are fewer strides of 2, and a width below 1 narrows the
            head too, which otherwise keeps its 1280 channels.
        least : int
            No layer gets fewer channels.
        """
        if not 0 < width <= 4 or not 1 <= least <= 1024:
            raise InputError(
                f"width must be above 0 and at most 4, and the least channels in 1..1024, not {width} and {least}"
            )
        small = min(image[1:]) < 64

        def scale(channels: int) -> int:
            rounded = max(least, int(channels * width + 4) // 8 * 8)
            return rounded + 8 if rounded < 0.9 * channels * width else rounded

        return cls(
            image,
            classes,
            scale(STEM),
            tuple(scale(channels) for channels in CHANNELS),
            scale(HEAD) if small or width > 1 else HEAD,
            SMALL_STRIDES if small else STRIDES,
        )

    @classmethod
    def from_options(cls, options: Mapping[str, Any], *, origin: str) -> "MobileNetV2Plan":
        """The plan that `options` wrote; InputError, naming ``origin``, when it is none."""
        try:
            given: dict[str, Any] = {key: tuple(x) if isinstance(x, list) else x for key, x in options.items()}
            return cls(**given)
        except TypeError as error:
            raise InputError(f"{origin}: the options of its mobilenetv2 do not fit ({error}); recreate it") from error

    def options(self) -> dict[str, Any]:
        """The plan as JSON can hold it."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The 17 inverted residuals."""
        blocks: list[Block] = []
        inputs = self.stem
        size = _after(self.image[1:], self.strides[0])
        stages = zip(EXPANSIONS, self.channels, REPEATS, self.strides[1:], strict=True)
        for expansion, outputs, repeats, first_stride in stages:
            for repeat in range(repeats):
                stride = first_stride if repeat == 0 else 1
                name = f"block{len(blocks) + 1}"
                hidden = inputs * expansion
                convolutions = (
                    Convolution(f"{name}.expand", inputs, hidden),
                    self._filter(f"{name}.depthwise", hidden, hidden, stride, hidden, size),
                    Convolution(f"{name}.project", hidden, outputs, activated=False),
                )
                residual = stride == 1 and inputs == outputs
                blocks.append(Block(name, convolutions if expansion > 1 else convolutions[1:], residual))
                inputs = outputs
                size = _after(size, stride)
        return tuple(blocks)

    @property
    def convolutions(self) -> tuple[Convolution, ...]:
        """All 52 convolutions in the order they run."""
        stem = self._filter("stem", self.image[0], self.stem, self.strides[0], 1, self.image[1:])
        inner = [convolution for block in self.blocks for convolution in block.convolutions]
        return (stem, *inner, Convolution("head", self.channels[-1], self.head))

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every layer's weights, the classifier's last."""
        shapes: dict[str, tuple[int, ...]] = {layer.name: layer.shape for layer in self.convolutions}
        return shapes | {"classifier": (self.classes, self.head)}

    def _filter(
        self, name: str, inputs: int, outputs: int, stride: int, groups: int, size: tuple[int, int]
    ) -> Convolution:
        # SAME needs (ceil(n / stride) - 1) * stride + 3 - n rows of padding: at stride 2 one for even n, two for odd.
        tensorflow = self.padding == "tensorflow" and stride == 2
        one_sided = (tensorflow and size[0] % 2 == 0, tensorflow and size[1] % 2 == 0)
        return Convolution(name, inputs, outputs, 3, stride, groups, one_sided=one_sided)


def _after(size: tuple[int, int], stride: int) -> tuple[int, int]:
    """Height and width after a convolution with SAME padding."""
    return -(-size[0] // stride), -(-size[1] // stride)
