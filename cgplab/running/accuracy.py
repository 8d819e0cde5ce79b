"""Measure what inferred weights do to a model's accuracy, and store it with the runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cgplab.errors import InputError
from cgplab.models import load_dataset, load_model
from cgplab.store import Run
from cgplab.store.status import now


@dataclass(frozen=True)
class Measured:
    """Progress of a measurement: how many runs of how many are done."""

    done: int
    total: int


def measure_accuracy(
    runs: Sequence[Run],
    dataset: str = "mnist",
    split: str = "test",
    progress: Callable[[Measured], None] | None = None,
) -> None:
    """Put the inferred weights of runs back into their models and store the accuracies.

    Runs of one model and the same layers share the activations before the first changed layer.

    Parameters
    ----------
    runs : sequence of Run
        Each with stored weights.
    dataset, split : str
    progress : callable, optional
        Called after every run.

    Raises
    ------
    InputError
        The data set is not there or does not fit, a run's weights are damaged, or its model has changed.
    """
    from cgplab.models.accuracy import CandidateEvaluator

    images = load_dataset(dataset, split=split)
    groups: dict[tuple[str, str, frozenset[str]], list[Run]] = {}
    for run in runs:
        key = (run.manifest.model, run.manifest.model_sha256, frozenset(run.weights()))
        groups.setdefault(key, []).append(run)
    done = 0
    for (model_name, sha256, layers), members in groups.items():
        model = load_model(model_name)
        if model.sha256 != sha256:
            raise InputError(f"model {model_name} has changed since run {members[0].id}; restore it or run again")
        evaluator = CandidateEvaluator(model, images, layers)
        reference = evaluator.accuracy({})
        for run in members:
            accuracy = evaluator.accuracy(run.weights())
            run.write_metrics(
                {
                    f"{dataset}/{split}": {
                        "top1": accuracy.top1,
                        "top5": accuracy.top5,
                        "loss": accuracy.loss,
                        "n": accuracy.n,
                        "reference_top1": reference.top1,
                        "reference_loss": reference.loss,
                        "accuracy_loss": reference.top1 - accuracy.top1,
                        "dataset_sha256": images.sha256,
                        "measured": now(),
                    }
                }
            )
            done += 1
            if progress is not None:
                progress(Measured(done, len(runs)))
