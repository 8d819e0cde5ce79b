"""Measure what inferred weights do to a model's accuracy, and store it with the runs."""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from cgplab.errors import InputError
from cgplab.models import StoredModel, load_model
from cgplab.models.datasets import Images, check_fit, images_name, load_images
from cgplab.models.provenance import dataset_of
from cgplab.schema import decode_as
from cgplab.store import Run, State
from cgplab.store.correctness import packed
from cgplab.store.status import now

if TYPE_CHECKING:
    from cgplab.models.accuracy import Accuracy, Cores


@dataclass(frozen=True)
class AccuracyData:
    """Images that accuracy is measured on.

    Attributes
    ----------
    dataset : str, optional
        As for `cgplab.models.datasets.load_images`; default: the data set that each model was made for.
    split : str
    images : int, optional
        Only the first so many; default: all.

    Raises
    ------
    InputError
        The number of images is below 1.
    """

    dataset: str | None = None
    split: str = "test"
    images: int | None = None

    def __post_init__(self) -> None:
        if self.images is not None and self.images < 1:
            raise InputError(f"the number of images must be at least 1, not {self.images}")

    def name(self, model: str) -> str:
        """Under which the accuracies of a model are stored: ``dataset/split``, ``dataset/split[:images]``."""
        limit = "" if self.images is None else f"[:{self.images}]"
        return images_name(self.dataset or dataset_of(model), self.split) + limit

    def load(self, model: StoredModel, name: str) -> Images:
        """The images for a model, which its runs call ``name``; InputError when they are absent or do not fit."""
        images = load_images(self.dataset or dataset_of(name), split=self.split, side=model.image[1])
        if self.images is not None:
            images = images.first(self.images)
        check_fit(model, images)
        return images

    def to_text(self) -> str:
        """As :meth:`of_text` reads it, for the command line of another process."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """What :meth:`to_text` wrote; InputError where it does not fit."""
        return decode_as(text.encode(), cls, "the option --accuracy")


OWN_TEST_IMAGES = AccuracyData()
"""All test images of the data set that each model was made for."""


@dataclass(frozen=True)
class Measured:
    """Progress of a measurement.

    Attributes
    ----------
    done, total : int
        Measurements, of runs or of other weights.
    layers : tuple of str
        Those whose weights are changed in the measurement in hand; of one model the layers come in the order they run.
    """

    done: int
    total: int
    layers: tuple[str, ...]


def measure_accuracy(
    runs: Sequence[Run],
    on: AccuracyData = OWN_TEST_IMAGES,
    progress: Callable[[Measured], None] | None = None,
    *,
    device: str = "cpu",
) -> None:
    """Put the inferred weights of runs back into their models and store the accuracies.

    Runs of one model and the same layers share the activations before the first changed layer, and runs with the
    same weights share the whole. Nothing is stored unless all models are there and fit the images.

    Parameters
    ----------
    runs : sequence of Run
        Each with stored weights.
    on : AccuracyData
    progress : callable, optional
        Called before the first run of a group and after every run.
    device : str
        As torch names it.

    Raises
    ------
    InputError
        The data set or the device is not there or does not fit, a run's weights are damaged, or its model has changed.
    """
    Meter(on, device=device).measure(runs, progress)


def missing_accuracy(runs: Iterable[Run], on: AccuracyData = OWN_TEST_IMAGES) -> list[Run]:
    """Runs that have an accuracy still to be measured: they hold weights of a model, and nobody is changing these.

    Damaged runs are left out; whoever reads them names them.
    """
    name = cache(on.name)
    missing = []
    for run in runs:
        with suppress(InputError):
            if (
                run.has_weights()
                and run.weight_layers()
                and run.observed().state not in (State.PENDING, State.RUNNING)
                and name(run.manifest.model) not in run.metrics()
            ):
                missing.append(run)
    return missing


class Meter:
    """Measures accuracies of runs; models, images and the models' own accuracies are loaded and measured once.

    Parameters
    ----------
    on : AccuracyData
    device : str
        As torch names it.
    cores : callable, optional
        Lends the cores of each pass over the images, see `cgplab.models.accuracy.CandidateEvaluator`; default: all.
    cache_bytes : int, optional
        Memory for activations; default: the evaluator's.
    check : callable, optional
        Called after every batch of images; what it raises ends the measurement.
    """

    def __init__(
        self,
        on: AccuracyData,
        *,
        device: str = "cpu",
        cores: "Cores | None" = None,
        cache_bytes: int | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._on, self._device, self._check = on, device, check
        self._options: dict[str, Any] = {
            name: value for name, value in (("cores", cores), ("cache_bytes", cache_bytes)) if value is not None
        }
        self._models: dict[str, StoredModel] = {}
        self._images: dict[str, Images] = {}
        self._references: dict[str, Accuracy] = {}

    def measure(
        self,
        runs: Sequence[Run],
        progress: Callable[[Measured], None] | None = None,
        failed: Callable[[Run, InputError], None] | None = None,
    ) -> None:
        """Do as :func:`measure_accuracy`.

        Parameters
        ----------
        runs : sequence of Run
        progress : callable, optional
            Called before the first run of a group and after every run.
        failed : callable, optional
            Called with every run that alone cannot be measured; by default its error ends the measurement.
        """
        for run in runs:
            self._load(run)
        if not runs:
            return
        # Only now: it takes a second to load.
        from cgplab.models.accuracy import CandidateEvaluator

        told = progress or (lambda _: None)
        check = lambda *_: self._check()
        done = 0
        for (name, layers), members in _groups(runs, self._models).items():
            self._check()
            told(Measured(done, len(runs), layers))
            evaluator = CandidateEvaluator(
                self._models[name],
                self._images[name],
                layers,
                device=self._device,
                reference=self._references.get(name),
                progress=check,
                **self._options,
            )
            reference = self._references[name] = evaluator.accuracy({}, check)
            for run in members:
                try:
                    accuracy = evaluator.accuracy(run.weights(), check)
                    metrics = _metrics(accuracy, reference, self._images[name].sha256)
                    run.write_metrics({self._on.name(name): metrics})
                except InputError as error:
                    if failed is None:
                        raise
                    failed(run, error)
                done += 1
                told(Measured(done, len(runs), layers))

    def _load(self, run: Run) -> None:
        """Load a run's model, which must be the one that the run was made with, and its images."""
        name = run.manifest.model
        model = self._models[name] if name in self._models else load_model(name)
        if model.sha256 != run.manifest.model_sha256:
            raise InputError(f"model {name} has changed since run {run.id}; restore it or run again")
        if name not in self._images:
            self._images[name] = self._on.load(model, name)
            self._models[name] = model


def _groups(runs: Sequence[Run], models: dict[str, StoredModel]) -> dict[tuple[str, tuple[str, ...]], list[Run]]:
    """Runs by model and layers, layers in the order they run."""
    groups: dict[tuple[str, tuple[str, ...]], list[Run]] = {}
    for run in runs:
        changed = set(run.weight_layers())
        layers = tuple(layer for layer in models[run.manifest.model].layer_names if layer in changed)
        groups.setdefault((run.manifest.model, layers), []).append(run)
    position = {name: {layer: i for i, layer in enumerate(model.layer_names)} for name, model in models.items()}
    return dict(sorted(groups.items(), key=lambda item: (item[0][0], [position[item[0][0]][n] for n in item[0][1]])))


def _metrics(accuracy: "Accuracy", reference: "Accuracy", dataset_sha256: str) -> dict[str, float | int | str]:
    return {
        "correct": packed(accuracy.correct),
        "reference_correct": packed(reference.correct),
        "top1": accuracy.top1,
        "top5": accuracy.top5,
        "loss": accuracy.loss,
        "n": accuracy.n,
        "reference_top1": reference.top1,
        "reference_loss": reference.loss,
        "accuracy_loss": reference.top1 - accuracy.top1,
        "dataset_sha256": dataset_sha256,
        "measured": now(),
    }
