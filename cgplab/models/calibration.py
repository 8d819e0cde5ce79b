"""Choose how activations become uint8."""

import torch
from torch import Tensor

from cgplab.models.fake_quantization import UINT8, fake_quantize
from cgplab.models.network import Network, codes_of
from cgplab.models.program import IMAGE, LAYER, Program
from cgplab.models.stored import InputQuantization

CANDIDATES = 32  # ranges tried between 0 and the widest
SAMPLE = 2**21  # activations looked at; a fixed pattern of them if there are more


def best_range(activations: Tensor) -> InputQuantization:
    """The uint8 range that keeps activations with the least mean squared error.

    A few very large activations would waste most of the 256 steps, so the range may end below the largest. A range from
    negative to positive shrinks at both ends alike; 0 always is one of the steps, since padding needs it.

    Parameters
    ----------
    activations : float32 tensor of any shape
        Real values.
    """
    values = activations.flatten()
    values = values[:: -(-len(values) // SAMPLE)]
    lowest, largest = min(0.0, float(values.min())), max(0.0, float(values.max()))
    if lowest == largest:
        return InputQuantization(1.0, 0)  # a dead layer: every step represents zeros
    scales = torch.arange(1, CANDIDATES + 1) * ((largest - lowest) / CANDIDATES / UINT8[1])
    zero_point = round(-lowest / (largest - lowest) * UINT8[1])
    errors = [torch.mean((fake_quantize(values, float(scale), zero_point, UINT8) - values) ** 2) for scale in scales]
    return InputQuantization(float(scales[int(torch.argmin(torch.stack(errors)))]), zero_point)


class Calibration:
    """Chooses the ranges of a network's activations, value by value while images run through it.

    The layers before a value are rounded already, so a range fits what the layer will really see.

    Parameters
    ----------
    program : Program
    pixels : InputQuantization or None
        How pixels become real numbers; None: the image's range is chosen like any other.
    """

    def __init__(self, program: Program, pixels: InputQuantization | None) -> None:
        self._sources = {step.name: step.inputs[0] for step in program if step.operation == LAYER}
        self._pixels = pixels
        self.inputs: dict[str, InputQuantization] = {}

    def run(self, network: Network, images: Tensor) -> None:
        """Choose anew, from decoded images; ``network`` must round by `inputs`."""
        self.inputs.clear()
        if self._pixels is not None:
            self._set(IMAGE, self._pixels)
        network.run({IMAGE: images}, before=self._before)

    def _before(self, output: str, x: Tensor) -> None:
        for value in {source for name, source in self._sources.items() if name not in self.inputs}:
            if output == codes_of(value):
                self._set(value, best_range(x))

    def _set(self, value: str, step: InputQuantization) -> None:
        self.inputs |= {name: step for name, source in self._sources.items() if source == value}
