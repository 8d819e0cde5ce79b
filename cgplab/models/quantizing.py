"""From a float model to an int8 one: after training, or by training on with the rounding in place."""

from dataclasses import replace

import numpy as np
import torch

from cgplab.errors import InputError
from cgplab.models.calibration import Calibration
from cgplab.models.datasets import Dataset, Images
from cgplab.models.determinism import reproducible
from cgplab.models.fake_quantization import UINT8, fake_quantize
from cgplab.models.inference import program_of, real_images, weighted_sum
from cgplab.models.network import build
from cgplab.models.program import Step
from cgplab.models.quantized_network import Granularity, QuantizedNetwork
from cgplab.models.stored import InputQuantization, Layer, StoredModel
from cgplab.models.training import ProgressCallback, TrainingSettings, fit, training_tensors


def quantize_after_training(
    name: str, model: StoredModel, dataset: Images, *, granularity: Granularity | None = None, seed: int = 0
) -> StoredModel:
    """Post-training quantization (PTQ): round the weights, choose the activation ranges, train nothing.

    Weights become int8, symmetric in -127..127; activations uint8 per tensor.

    Parameters
    ----------
    name : str
        Name of the new model.
    model : StoredModel
        Float model.
    dataset : Images
        Training images, of which `calibration_count` random ones set the activation ranges; labels do not matter.
    granularity : str, optional
        One weight scale per ``tensor`` or per output ``channel``; default: `default_granularity`.
    seed : int
        Chooses these images.

    Raises
    ------
    InputError
        The model is quantized already, or the images do not fit it.
    """
    with reproducible(seed) as generator:
        network = QuantizedNetwork(model, granularity or default_granularity(model))
        network.calibrate(_calibration_images(model, dataset, generator))
        return network.stored(name)


def quantize_by_training(
    name: str,
    model: StoredModel,
    dataset: Dataset,
    settings: TrainingSettings,
    *,
    granularity: Granularity | None = None,
    progress: ProgressCallback | None = None,
) -> StoredModel:
    """Quantization-aware training (QAT): fine-tune a float model while weights and activations are rounded.

    Gradients pass straight through the rounding. Activation ranges are chosen anew before each epoch, so the
    network is trained against the very ranges it is stored with.

    Parameters
    ----------
    name : str
        Name of the new model.
    model : StoredModel
        Float model.
    dataset : Dataset
        Training images that fit the model.
    settings : TrainingSettings
        The same settings give the same weights; see `cgplab.models.determinism.reproducible`.
    granularity : str, optional
        As for `quantize_after_training`.
    progress : callable, optional
        Called after every step.

    Raises
    ------
    InputError
        The model is quantized already, the data set does not fit it, or the training diverges.
    """
    with reproducible(settings.seed) as generator:
        network = QuantizedNetwork(model, granularity or default_granularity(model))
        images, labels = training_tensors(dataset, model.architecture, model.options)
        chosen = _calibration_images(model, dataset, generator)
        pixels = model.layers[0].input
        if pixels is None:
            raise InputError(f"{model.name} takes normalized colour images, which cgplab does not train on; use ptq")
        fit(
            network,
            images,
            labels,
            settings,
            generator,
            pixels,
            before_epoch=lambda: network.calibrate(chosen),
            progress=progress,
        )
        return network.stored(name)


def calibrate_int8(model: StoredModel, images: Images, *, seed: int = 0) -> StoredModel:
    """Choose the activation ranges of a model whose weights are int8 already.

    Parameters
    ----------
    model : StoredModel
        Int8; `Layer.input` may be None.
    images : Images
        As for `quantize_after_training`.
    seed : int
        Chooses the images.
    """
    with reproducible(seed) as generator, torch.no_grad():
        calibration = Calibration(program_of(model), model.layers[0].input)
        network = build(program_of(model), _Int8Weights(model, calibration.inputs))
        calibration.run(network, _calibration_images(model, images, generator))
    layers = tuple(replace(layer, input=calibration.inputs[layer.name]) for layer in model.layers)
    return replace(model, layers=layers)


class _Int8Weights:
    """Computes with the real values of int8 weights and of rounded activations."""

    rounds = True
    overwrites = False

    def __init__(self, model: StoredModel, inputs: dict[str, InputQuantization]) -> None:
        self._inputs = inputs
        self._layers = {layer.name: _real(layer) for layer in model.layers}

    def encode(self, layer: str, x: torch.Tensor, over: bool) -> torch.Tensor:
        return fake_quantize(x, self._inputs[layer].scale, self._inputs[layer].zero_point, UINT8)

    def decode(self, layer: str, codes: torch.Tensor) -> torch.Tensor:
        return codes

    def compute(self, step: Step, x: torch.Tensor) -> torch.Tensor:
        weights, bias = self._layers[step.name]
        return weighted_sum(x, weights, step.arguments, bias)


def _real(layer: Layer) -> tuple[torch.Tensor, torch.Tensor]:
    assert layer.scale is not None  # int8 weights have scales
    scale = layer.scale.reshape(-1, *[1] * (layer.weights.ndim - 1))
    weights = (layer.weights.astype(np.float32) - layer.zero_point) * scale
    return torch.from_numpy(weights), torch.from_numpy(layer.bias.copy())


def default_granularity(model: StoredModel) -> Granularity:
    """As the networks of the thesis are: LeNet-5 per tensor, all others per channel."""
    return "tensor" if model.architecture == "lenet5" else "channel"


def parse_granularity(name: str) -> Granularity:
    """``tensor`` or ``channel``; InputError for another word."""
    match name:
        case "tensor" | "channel":
            return name
    raise InputError(f"unknown granularity {name!r}; give tensor (one scale per layer) or channel (one per output)")


def calibration_count(model: StoredModel) -> int:
    """Number of images that set the activation ranges: fewer where a network is deep or its images are large."""
    if model.architecture == "lenet5":
        return 2048
    _, height, width = model.image
    return max(16, min(512, 512 * 28 * 28 // (height * width)))


def _calibration_images(model: StoredModel, images: Images, generator: torch.Generator) -> torch.Tensor:
    if images.image != model.image:
        raise InputError(f"images of {images.name} are {images.image}, but {model.name} takes {model.image}")
    chosen = torch.randperm(len(images), generator=generator)[: calibration_count(model)]
    pixels = np.concatenate([images.pixels(index, index + 1) for index in chosen.tolist()])
    return real_images(model, torch.from_numpy(pixels))
