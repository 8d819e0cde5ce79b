"""How well a stored model classifies, and a fast way to ask that of many candidate weights."""

import hashlib
import os
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cgplab.errors import InputError
from cgplab.models.datasets import Images, check_fit
from cgplab.models.determinism import exact_on, one_thread
from cgplab.models.inference import StoredArithmetic, network_of, program_of, real_images
from cgplab.models.network import build, is_codes
from cgplab.models.program import IMAGE
from cgplab.models.stored import StoredModel

BATCH_SIZE = 500
CACHE_BYTES = 2 * 2**30

Given = TypeVar("Given")
Got = TypeVar("Got")

# Called with (images done, images in all).
ImageProgress = Callable[[int, int], None]

# Lends so many cores for one pass over the images.
Cores = Callable[[], AbstractContextManager[int]]


@contextmanager
def all_cores() -> Iterator[int]:
    """Every core that this process may use."""
    yield len(os.sched_getaffinity(0))


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
    correct : bytes
        A bit per image, the first image in the highest bit of the first byte, as :func:`numpy.packbits` packs them:
        whether its label scores highest. Empty where it is not known.
    """

    top1: float
    top5: float
    loss: float
    n: int
    correct: bytes = b""


def evaluate_accuracy(
    model: StoredModel,
    dataset: Images,
    *,
    batch_size: int | None = None,
    device: str = "cpu",
    progress: ImageProgress | None = None,
) -> Accuracy:
    """Classify every image of ``dataset``.

    Parameters
    ----------
    model : StoredModel
        Float or quantized.
    dataset : Images
        Images and labels that fit the model.
    batch_size : int, optional
        Images at a time, at least 1; does not change a quantized model's result. Default: `default_batch_size`.
    device : str
        As torch names it: ``cpu``, ``cuda``, ``cuda:1``.
    progress : callable, optional
        Called after every batch with the images done and the images in all.

    Raises
    ------
    InputError
        The images' shape, the number of classes or the device does not fit, or the batch size is below 1.
    """
    check_fit(model, dataset)
    where = find_device(device)
    network = network_of(model, where)
    ranges = _ranges(len(dataset), batch_size or default_batch_size(model), batch_size)

    def count(span: range) -> _Counts:
        pixels, labels = _batch(model, dataset, span, where)
        (scores,) = network.run({IMAGE: real_images(model, pixels)}).values()
        return _Counts.of(scores, labels)

    return _sum(_each(count, ranges, where, all_cores), len(dataset), progress)


class CandidateEvaluator:
    """Accuracy of one quantized model with many candidate weights in the same layers.

    What the changed layers need from the layers before them is computed once and kept as uint8 codes, so that a
    candidate costs only what depends on it. Results equal `evaluate_accuracy` of ``model.with_weights(candidate)`` with
    the same batch size bit for bit. A candidate that was seen before, or equals the model, costs nothing.

    Parameters
    ----------
    model : StoredModel
        Quantized.
    dataset : Images
        Images and labels that fit the model.
    layer_names : collection of str
        Layers that candidates may change, at least one.
    batch_size : int, optional
        Images at a time, at least 1.
    device : str
        As torch names it.
    cache_bytes : int
        Memory to keep activations in. Batches beyond it are computed from their images each time.
    reference : Accuracy, optional
        Of the model itself, where it is known from other layers.
    cores : callable, optional
        Lends the cores of each pass over the images; default: all. Does not change the result.
    progress : callable, optional
        Called while the activations are computed; what it raises ends that.

    Raises
    ------
    InputError
        Float model, unknown or no layer, or data that does not fit.
    """

    def __init__(
        self,
        model: StoredModel,
        dataset: Images,
        layer_names: Collection[str],
        *,
        batch_size: int | None = None,
        device: str = "cpu",
        cache_bytes: int = CACHE_BYTES,
        reference: Accuracy | None = None,
        cores: Cores = all_cores,
        progress: ImageProgress | None = None,
    ) -> None:
        for name in layer_names:
            model.int8_weights(name)
        if not layer_names:
            raise InputError(f"name at least one layer to change; {model.name} has {', '.join(model.layer_names)}")
        check_fit(model, dataset)
        self.model = model
        self.layer_names = tuple(name for name in model.layer_names if name in layer_names)
        self._dataset = dataset
        self._device = find_device(device)
        self._cores = cores
        self._program = program_of(model)
        self._arithmetic = StoredArithmetic(model, self._device)
        self._head, _ = build(self._program, self._arithmetic).split(self.layer_names)
        self._known: dict[str, Accuracy] = {}
        if reference is not None:
            self._known[self._key(model)] = reference
        self._entries: list[_Entry] = []
        spans = _ranges(len(dataset), batch_size or default_batch_size(model), batch_size)
        room = cache_bytes
        with closing(_each(self._enter, spans, self._device, cores)) as entries:
            for entry in entries:
                room -= entry.bytes
                self._entries.append(entry if room >= 0 else _Entry(entry.span, None, None))
                if progress is not None:
                    progress(entry.span.stop, len(dataset))

    def accuracy(self, weights: Mapping[str, NDArray[np.int8]], progress: ImageProgress | None = None) -> Accuracy:
        """Accuracy with ``weights`` in place of the model's own.

        Parameters
        ----------
        weights : mapping of layer name to int8 array
            Some or all of `layer_names`; each array shaped like the layer's weights. Empty: the model itself.
        progress : callable, optional
            Called after every batch; what it raises ends the pass.

        Raises
        ------
        InputError
            A layer that was not announced, or an array of another dtype or shape.
        """
        for name in weights:
            if name not in self.layer_names:
                raise InputError(f"layer {name!r} is not among those to change: {', '.join(self.layer_names)}")
        candidate = self.model.with_weights(weights)
        key = self._key(candidate)
        if key not in self._known:
            self._known[key] = self._classify(candidate, progress)
        return self._known[key]

    def _key(self, candidate: StoredModel) -> str:
        digest = hashlib.sha256()
        for name in self.layer_names:
            digest.update(np.ascontiguousarray(candidate.int8_weights(name)).tobytes())
        return digest.hexdigest()

    def _classify(self, candidate: StoredModel, progress: ImageProgress | None) -> Accuracy:
        arithmetic = self._arithmetic.with_layers([candidate.layer(name) for name in self.layer_names])
        _, tail = build(self._program, arithmetic).split(self.layer_names)

        def count(entry: _Entry) -> _Counts:
            entry = entry if entry.values is not None else self._enter(entry.span)
            assert entry.values is not None
            assert entry.labels is not None
            (scores,) = tail.run({name: value.to(torch.float32) for name, value in entry.values.items()}).values()
            return _Counts.of(scores, entry.labels)

        return _sum(_each(count, self._entries, self._device, self._cores), len(self._dataset), progress)

    def _enter(self, span: range) -> "_Entry":
        pixels, labels = _batch(self.model, self._dataset, span, self._device)
        found = self._head.run({IMAGE: real_images(self.model, pixels)})
        packed = {name: value.to(torch.uint8) if is_codes(name) else value for name, value in found.items()}
        return _Entry(span, packed, labels)


@dataclass(frozen=True)
class _Entry:
    """What the changed layers need for one batch; None where there is no room to keep it."""

    span: range
    values: dict[str, Tensor] | None
    labels: Tensor | None

    @property
    def bytes(self) -> int:
        return sum(value.numel() * value.element_size() for value in (self.values or {}).values())


@dataclass(frozen=True)
class _Counts:
    """What one batch adds to an accuracy."""

    correct: NDArray[np.bool_]
    top5: int
    loss: float

    @classmethod
    def of(cls, scores: Tensor, labels: Tensor) -> "_Counts":
        own = scores.gather(1, labels.unsqueeze(1))
        classes = torch.arange(scores.shape[1], device=scores.device)
        ahead = (scores > own) | ((scores == own) & (classes < labels.unsqueeze(1)))
        rank = ahead.sum(1)
        loss = torch.nn.functional.cross_entropy(scores.double(), labels, reduction="sum")
        return cls((rank < 1).cpu().numpy(), int((rank < 5).sum()), float(loss))


def find_device(name: str) -> torch.device:
    """The device that torch calls ``name``; InputError when this machine has none such."""
    try:
        device = torch.device(name)
        if device.type == "cuda" and not torch.cuda.is_available():
            raise InputError(f"this machine or this torch has no CUDA device {name!r}; use --device cpu")
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"torch knows no usable device {name!r}; use cpu or cuda") from error
    return device


def default_batch_size(model: StoredModel) -> int:
    """Images at a time whose activations stay within a processor's caches, or within a few hundred MiB."""
    return BATCH_SIZE if model.architecture == "lenet5" else max(1, min(100, 100 * 32 * 32 // (model.image[1] ** 2)))


def _sum(counts: Generator[_Counts, None, None], n: int, progress: ImageProgress | None) -> Accuracy:
    done = top5 = 0
    loss = 0.0
    correct: list[NDArray[np.bool_]] = []
    with closing(counts):
        for batch in counts:  # in the order of the images, so that the sum of the losses does not depend on timing
            done += len(batch.correct)
            correct.append(batch.correct)
            top5 += batch.top5
            loss += batch.loss
            if progress is not None:
                progress(done, n)
    right = np.concatenate(correct)
    return Accuracy(100 * int(right.sum()) / n, 100 * top5 / n, loss / n, n, np.packbits(right).tobytes())


def _each(
    task: Callable[[Given], Got], items: Collection[Given], device: torch.device, cores: Cores
) -> Generator[Got, None, None]:
    """Results of ``task`` in the order of ``items``, batches side by side on the cores that are lent."""

    def run(item: Given) -> Got:
        with torch.inference_mode(), exact_on(device):
            return task(item)

    with ExitStack() as stack:
        workers = min(len(items), stack.enter_context(cores())) if device.type == "cpu" else 1
        stack.enter_context(one_thread())
        pool = stack.enter_context(ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,)))
        pending: deque[Future[Got]] = deque()
        try:
            for item in items:
                pending.append(pool.submit(run, item))
                if len(pending) > 2 * workers:  # no further ahead, or results would fill the memory
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for left in pending:
                left.cancel()


def _ranges(n: int, size: int, asked: int | None) -> list[range]:
    if asked is not None and asked < 1:
        raise InputError(f"batch size must be at least 1, not {asked}")
    return [range(start, min(start + size, n)) for start in range(0, n, size)]


def _batch(model: StoredModel, dataset: Images, span: range, device: torch.device) -> tuple[Tensor, Tensor]:
    """Pixels (n, channels, h, w) uint8 and the classes (n,) int64 that are right."""
    pixels = torch.from_numpy(dataset.pixels(span.start, span.stop)).to(device)
    return pixels, torch.from_numpy(dataset.labels[span.start : span.stop] + model.background).to(device)
