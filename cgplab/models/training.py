"""Train a network: in floating point, and the loop that quantization-aware training shares with it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from cgplab.errors import InputError
from cgplab.models.augmentation import augment
from cgplab.models.datasets import Dataset, check_fit
from cgplab.models.determinism import reproducible
from cgplab.models.inference import decode_pixels
from cgplab.models.lenet5 import LeNet5
from cgplab.models.mobilenetv2.module import MobileNetV2, layer_name
from cgplab.models.mobilenetv2.plan import MobileNetV2Plan
from cgplab.models.quantized_network import to_array
from cgplab.models.stored import InputQuantization, Layer, StoredModel
from cgplab.models.tracing import trace

MOMENTUM = 0.9
WEIGHT_DECAY = 5e-4
RISE = 0.2  # part of the training in which the learning rate rises
START = 0.04  # of the peak learning rate
MAX_EPOCHS = 1000


@dataclass(frozen=True)
class TrainingSettings:
    """How long and how fast to train.

    Parameters
    ----------
    seed : int
        Of the first weights, the order of the images and their augmentation.
    epochs : int
        Passes over the training set, 1..1000.
    learning_rate : float
        Peak of the one-cycle schedule, above 0 and at most 1.
    batch_size : int
        Images per step, at least 1.

    Raises
    ------
    InputError
        A value is out of range.
    """

    seed: int = 0
    epochs: int = 30
    learning_rate: float = 0.05
    batch_size: int = 128

    def __post_init__(self) -> None:
        if not 1 <= self.epochs <= MAX_EPOCHS:
            raise InputError(f"epochs must be in 1..{MAX_EPOCHS}, not {self.epochs}")
        if not 0 < self.learning_rate <= 1:
            raise InputError(f"learning rate must be above 0 and at most 1, not {self.learning_rate}")
        if self.batch_size < 1:
            raise InputError(f"batch size must be at least 1, not {self.batch_size}")


@dataclass(frozen=True)
class TrainingProgress:
    """Where a training stands after a step.

    Attributes
    ----------
    epoch, epochs : int
        The running epoch, from 1, and how many there will be.
    images, total_images : int
        Images seen so far and in all, over every epoch.
    loss : float
        Mean cross-entropy over the running epoch so far.
    """

    epoch: int
    epochs: int
    images: int
    total_images: int
    loss: float


ProgressCallback = Callable[[TrainingProgress], None]


def train_float(
    name: str,
    dataset: Dataset,
    settings: TrainingSettings,
    plan: MobileNetV2Plan | None = None,
    *,
    progress: ProgressCallback | None = None,
) -> StoredModel:
    """Train a network in floating point from random weights.

    Parameters
    ----------
    name : str
        Name of the model.
    dataset : Dataset
        Training images that fit the network.
    settings : TrainingSettings
        The same settings give the same weights; see `cgplab.models.determinism.reproducible`.
    plan : MobileNetV2Plan, optional
        Which MobileNetV2 to train; default: LeNet-5.
    progress : callable, optional
        Called after every step.

    Raises
    ------
    InputError
        The data set does not fit the network, or the training diverges.
    """
    architecture_name = "lenet5" if plan is None else "mobilenetv2"
    options = {} if plan is None else plan.options()
    images, labels = training_tensors(dataset, architecture_name, options)
    pixels = pixel_step(dataset)
    with reproducible(settings.seed) as generator:
        network = LeNet5() if plan is None else MobileNetV2(plan)
        fit(network, images, labels, settings, generator, pixels, progress=progress)
        traced = trace(network) if plan is None else trace(network, layer_name)
        layers = [
            Layer(layer, to_array(weights), to_array(bias), None, 0, None if position else pixels)
            for position, (layer, (weights, bias)) in enumerate(traced.parameters.items())
        ]
    return StoredModel(name, architecture_name, tuple(layers), options)


def fit(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    settings: TrainingSettings,
    generator: torch.Generator,
    pixels: InputQuantization,
    *,
    before_epoch: Callable[[], None] | None = None,
    progress: ProgressCallback | None = None,
) -> None:
    """Train ``network`` in place: SGD with Nesterov momentum, one-cycle schedule, augmented images."""
    n = len(labels)
    steps = settings.epochs * math.ceil(n / settings.batch_size)
    optimizer = torch.optim.SGD(
        network.parameters(),
        lr=settings.learning_rate,
        momentum=MOMENTUM,
        nesterov=True,
        weight_decay=WEIGHT_DECAY,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: one_cycle(step / steps))
    for epoch in range(settings.epochs):
        if before_epoch is not None:
            before_epoch()
        order = torch.randperm(n, generator=generator)
        summed = 0.0
        for start in range(0, n, settings.batch_size):
            batch = order[start : start + settings.batch_size]
            x = decode_pixels(augment(images[batch].float(), generator), pixels)
            loss = functional.cross_entropy(network(x), labels[batch])
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()
            summed += loss.item() * len(batch)
            seen = start + len(batch)
            if not math.isfinite(summed):
                rate = settings.learning_rate
                raise InputError(f"training diverged in epoch {epoch + 1} at learning rate {rate}; give a lower one")
            if progress is not None:
                progress(
                    TrainingProgress(epoch + 1, settings.epochs, epoch * n + seen, settings.epochs * n, summed / seen)
                )


def one_cycle(t: float) -> float:
    """Fraction of the peak learning rate at time ``t`` in 0..1: a short cosine rise, then a long cosine fall to 0."""
    if t < RISE:
        return START + (1 - START) * (1 - math.cos(math.pi * t / RISE)) / 2
    return (1 + math.cos(math.pi * (t - RISE) / (1 - RISE))) / 2


def training_tensors(dataset: Dataset, name: str, options: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Images (n, 1, h, w) uint8 and labels (n,) int64; InputError when they do not fit the architecture ``name``."""
    check_fit(StoredModel(name, name, (), options), dataset)
    return torch.from_numpy(dataset.pixels(0, len(dataset))), torch.from_numpy(dataset.labels)


def pixel_step(dataset: Dataset) -> InputQuantization:
    """How a pixel becomes a real number: the data set's mean and deviation are taken off.

    The mean is rounded to a whole number, so that pixels 0..255 stay exact.
    """
    scale = np.float32(1 / round(float(dataset.x.std()), 2))
    return InputQuantization(float(scale), round(float(dataset.x.mean())))
