"""Train LeNet-5: the float network, and the loop that quantization-aware training shares with it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from cgplab.errors import InputError
from cgplab.models.architectures import CLASSES, IMAGE_SHAPE
from cgplab.models.augmentation import augment
from cgplab.models.datasets import Dataset
from cgplab.models.determinism import reproducible
from cgplab.models.lenet5 import SHAPES, LeNet5, decode_pixels, to_array
from cgplab.models.stored import InputQuantization, Layer, StoredModel

# Pixels enter with MNIST's mean and deviation taken off; the mean is a whole number so that 0..255 stays exact.
PIXELS = InputQuantization(float(np.float32(1 / 78.57)), 33)
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
    name: str, dataset: Dataset, settings: TrainingSettings, *, progress: ProgressCallback | None = None
) -> StoredModel:
    """Train LeNet-5 in floating point from random weights.

    Parameters
    ----------
    name : str
        Name of the model.
    dataset : Dataset
        Training images, 28x28, labels 0..9.
    settings : TrainingSettings
        The same settings give the same weights; see `cgplab.models.determinism.reproducible`.
    progress : callable, optional
        Called after every step.

    Raises
    ------
    InputError
        The data set does not fit the network, or the training diverges.
    """
    with reproducible(settings.seed) as generator:
        network = LeNet5()
        fit(network, dataset, settings, generator, PIXELS, progress=progress)
        layers = []
        for position, layer_name in enumerate(SHAPES):
            weights, bias = network.layer_parameters(layer_name)
            entry = PIXELS if position == 0 else None
            layers.append(Layer(layer_name, to_array(weights), to_array(bias), None, 0, entry))
    return StoredModel(name, "lenet5", tuple(layers))


def fit(
    network: LeNet5,
    dataset: Dataset,
    settings: TrainingSettings,
    generator: torch.Generator,
    pixels: InputQuantization,
    *,
    before_epoch: Callable[[], None] | None = None,
    progress: ProgressCallback | None = None,
) -> None:
    """Train ``network`` in place: SGD with Nesterov momentum, one-cycle schedule, augmented images."""
    x, y = training_tensors(dataset)
    n = len(y)
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
            images = decode_pixels(augment(x[batch].float(), generator), pixels)
            loss = functional.cross_entropy(network(images), y[batch])
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


def training_tensors(dataset: Dataset) -> tuple[Tensor, Tensor]:
    """Images (n, 1, h, w) uint8 and labels (n,) int64; InputError when they do not fit LeNet-5."""
    if dataset.x.shape[1:] != IMAGE_SHAPE["lenet5"]:
        raise InputError(f"lenet5 needs 28x28 images, but those of {dataset.name} are {dataset.x.shape[1:]}")
    if dataset.y.max() >= CLASSES["lenet5"]:
        raise InputError(f"lenet5 knows labels 0..9, but {dataset.name} has label {dataset.y.max()}")
    return torch.from_numpy(dataset.x.copy()).unsqueeze(1), torch.from_numpy(dataset.y.astype(np.int64))
