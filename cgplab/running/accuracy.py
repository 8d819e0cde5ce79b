"""Measure what inferred weights do to a model's accuracy, and store it with the runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cgplab.errors import InputError
from cgplab.models import StoredModel, load_dataset, load_model
from cgplab.store import Run
from cgplab.store.status import now

if TYPE_CHECKING:
    from cgplab.models.accuracy import Accuracy


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
    dataset: str = "mnist",
    split: str = "test",
    progress: Callable[[Measured], None] | None = None,
) -> None:
    """Put the inferred weights of runs back into their models and store the accuracies.

    Runs of one model and the same layers share the activations before the first changed layer, and runs with the
    same weights share the whole. Nothing is stored unless all models are there and fit the images.

    Parameters
    ----------
    runs : sequence of Run
        Each with stored weights.
    dataset, split : str
    progress : callable, optional
        Called before the first run of a group and after every run.

    Raises
    ------
    InputError
        The data set is not there or does not fit, a run's weights are damaged, or its model has changed.
    """
    from cgplab.models.accuracy import CandidateEvaluator

    images = load_dataset(dataset, split=split)
    models = _models(runs)
    done = 0
    for (name, layers), members in _groups(runs, models).items():
        if progress is not None:
            progress(Measured(done, len(runs), layers))
        evaluator = CandidateEvaluator(models[name], images, layers)
        reference = evaluator.accuracy({})
        for run in members:
            measured = {f"{dataset}/{split}": _metrics(evaluator.accuracy(run.weights()), reference, images.sha256)}
            run.write_metrics(measured)
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
