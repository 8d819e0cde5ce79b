"""Measure what inferred weights do to a model's accuracy, and store it with the runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cgplab.errors import InputError
from cgplab.models import StoredModel, load_model
from cgplab.models.datasets import Images, check_fit, images_name, load_images
from cgplab.models.provenance import dataset_of
from cgplab.store import Run
from cgplab.store.status import now

if TYPE_CHECKING:
    from cgplab.models.accuracy import Accuracy


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
    from cgplab.models.accuracy import CandidateEvaluator

    models = _models(runs)
    images = {name: on.load(model, name) for name, model in models.items()}
    keys = {name: on.name(name) for name in models}
    references: dict[str, Accuracy] = {}
    done = 0
    for (name, layers), members in _groups(runs, models).items():
        if progress is not None:
            progress(Measured(done, len(runs), layers))
        evaluator = CandidateEvaluator(
            models[name], images[name], layers, device=device, reference=references.get(name)
        )
        reference = references[name] = evaluator.accuracy({})
        for run in members:
            accuracy = evaluator.accuracy(run.weights())
            run.write_metrics({keys[name]: _metrics(accuracy, reference, images[name].sha256)})
            done += 1
            if progress is not None:
                progress(Measured(done, len(runs), layers))


def _models(runs: Sequence[Run]) -> dict[str, StoredModel]:
    """Models of the runs by name, each the one that its runs were made with."""
    models: dict[str, StoredModel] = {}
    for run in runs:
        name = run.manifest.model
        if name not in models:
            models[name] = load_model(name)
        if models[name].sha256 != run.manifest.model_sha256:
            raise InputError(f"model {name} has changed since run {run.id}; restore it or run again")
    return models


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
