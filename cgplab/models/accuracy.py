"""How well a stored model classifies, and a fast way to ask that of many candidate weights."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cgplab.errors import InputError
from cgplab.models.architectures import CLASSES, IMAGE_SHAPE
from cgplab.models.datasets import Dataset
from cgplab.models.determinism import one_thread
from cgplab.models.inference import Stage, real_images, stage, stages
from cgplab.models.stored import StoredModel

BATCH_SIZE = 500

# Called with (images done, images in all).
ImageProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Accuracy:
    """Classification quality over a data set.

    Attributes
    ----------
    top1, top5 : float
        Per cent of the images whose label scores highest, or among the five highest. Of equal scores the
        lower class counts as higher.
    loss : float
        Mean cross-entropy in nats.
    n : int
        Number of images.
    """

    top1: float
    top5: float
    loss: float
    n: int


def evaluate_accuracy(
    model: StoredModel,
    dataset: Dataset,
    *,
    batch_size: int = BATCH_SIZE,
    progress: ImageProgress | None = None,
) -> Accuracy:
    """Classify every image of ``dataset``.

    Parameters
    ----------
    model : StoredModel
        Float or quantized.
    dataset : Dataset
        Images and labels that fit the model.
    batch_size : int
        Images at a time, at least 1; does not change a quantized model's result.
    progress : callable, optional
        Called after every batch with the images done and the images in all.

    Raises
    ------
    InputError
        The images' shape or a label does not fit the model, or the batch size is below 1.
    """
    batches = _batches(model, dataset, batch_size)
    network = stages(model)
    tally = _Tally(len(dataset.x))
    with torch.inference_mode(), one_thread():
        for pixels, labels in batches:
            tally.add(_run(network, real_images(model, pixels)), labels)
            if progress is not None:
                progress(tally.done, tally.n)
    return tally.accuracy()


class CandidateEvaluator:
    """Accuracy of one quantized model with many candidate weights in the same layers.

    What enters the first changed layer is computed once and kept (float32, 34 MB for 10,000 images when
    ``conv2`` is the first), so a candidate costs only the layers from there on. Results equal
    `evaluate_accuracy` of ``model.with_weights(candidate)`` bit for bit.

    Parameters
    ----------
    model : StoredModel
        Quantized.
    dataset : Dataset
        Images and labels that fit the model.
    layer_names : collection of str
        Layers that candidates may change, at least one.
    batch_size : int
        Images at a time, at least 1.

    Raises
    ------
    InputError
        Float model, unknown or no layer, or data that does not fit.
    """

    def __init__(
        self, model: StoredModel, dataset: Dataset, layer_names: Collection[str], *, batch_size: int = BATCH_SIZE
    ) -> None:
        for name in layer_names:
            model.int8_weights(name)
        if not layer_names:
            raise InputError(f"name at least one layer to change; {model.name} has {', '.join(model.layer_names)}")
        self.model = model
        self.layer_names = tuple(name for name in model.layer_names if name in layer_names)
        self._images = len(dataset.x)
        first = model.layer_names.index(self.layer_names[0])
        network = stages(model)
        self._stages = network[first:]
        with torch.inference_mode(), one_thread():
            self._entries = [
                (self._stages[0].encode(_run(network[:first], real_images(model, pixels))), labels)
                for pixels, labels in _batches(model, dataset, batch_size)
            ]

    def accuracy(self, weights: Mapping[str, NDArray[np.int8]]) -> Accuracy:
        """Accuracy with ``weights`` in place of the model's own.

        Parameters
        ----------
        weights : mapping of layer name to int8 array
            Some or all of `layer_names`; each array shaped like the layer's weights. Empty: the model itself.

        Raises
        ------
        InputError
            A layer that was not announced, or an array of another dtype or shape.
        """
        for name in weights:
            if name not in self.layer_names:
                raise InputError(f"layer {name!r} is not among those to change: {', '.join(self.layer_names)}")
        candidate = self.model.with_weights(weights)
        network = [stage(candidate.layer(own.name)) if own.name in weights else own for own in self._stages]
        tally = _Tally(self._images)
        with torch.inference_mode(), one_thread():
            for encoded, labels in self._entries:
                tally.add(_run(network[1:], network[0].run(encoded)), labels)
        return tally.accuracy()


class _Tally:
    """Adds up what the batches of one evaluation give."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.done = 0
        self.top1 = 0
        self.top5 = 0
        self.loss = 0.0

    def add(self, scores: Tensor, labels: Tensor) -> None:
        own = scores.gather(1, labels.unsqueeze(1))
        classes = torch.arange(scores.shape[1])
        ahead = (scores > own) | ((scores == own) & (classes < labels.unsqueeze(1)))
        rank = ahead.sum(1)
        self.done += len(labels)
        self.top1 += int((rank < 1).sum())
        self.top5 += int((rank < 5).sum())
        self.loss += float(torch.nn.functional.cross_entropy(scores.double(), labels, reduction="sum"))

    def accuracy(self) -> Accuracy:
        return Accuracy(100 * self.top1 / self.n, 100 * self.top5 / self.n, self.loss / self.n, self.n)


def _run(network: Iterable[Stage], x: Tensor) -> Tensor:
    for current in network:
        x = current.run(current.encode(x))
    return x


def _batches(model: StoredModel, dataset: Dataset, batch_size: int) -> list[tuple[Tensor, Tensor]]:
    """Pixels (n, h, w) uint8 and labels (n,) int64, batch by batch; InputError when they do not fit."""
    if batch_size < 1:
        raise InputError(f"batch size must be at least 1, not {batch_size}")
    needed = IMAGE_SHAPE[model.architecture]
    if dataset.x.shape[1:] != needed:
        shape = dataset.x.shape[1:]
        raise InputError(f"{model.name} needs images of {needed} pixels, but those of {dataset.name} are {shape}")
    classes = CLASSES[model.architecture]
    if dataset.y.max() >= classes:
        raise InputError(f"{model.name} knows labels 0..{classes - 1}, but {dataset.name} has label {dataset.y.max()}")
    pixels = torch.split(torch.from_numpy(dataset.x.copy()), batch_size)
    labels = torch.split(torch.from_numpy(dataset.y.astype(np.int64)), batch_size)
    return list(zip(pixels, labels, strict=True))
