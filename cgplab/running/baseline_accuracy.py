"""Accuracy of models whose weights are stored in other ways."""

from collections.abc import Callable, Sequence

from cgplab.analysis.baselines import baselines
from cgplab.analysis.compression import group_by_scope
from cgplab.models import load_dataset
from cgplab.running.accuracy import Measured
from cgplab.store import Run


def baseline_accuracies(
    runs: Sequence[Run],
    dataset: str = "mnist",
    split: str = "test",
    progress: Callable[[Measured], None] | None = None,
) -> dict[tuple[object, ...], tuple[float, float]]:
    """Measure the baselines of the weights that runs are about.

    Parameters
    ----------
    runs : sequence of Run
    dataset, split : str
    progress : callable, optional
        Called after every measurement.

    Returns
    -------
    {(scope key, scheme): (top-1 in per cent, accuracy loss in percentage points)}

    Raises
    ------
    InputError
        The data set is not there or does not fit, or a model is unknown or has changed.
    """
    from cgplab.models.accuracy import CandidateEvaluator

    images = load_dataset(dataset, split=split)
    groups = [(scope, baselines(scope)) for scope, _ in group_by_scope(runs)]
    total = sum(len(made) for _, made in groups)
    found: dict[tuple[object, ...], tuple[float, float]] = {}
    for scope, made in groups:
        evaluator = CandidateEvaluator(scope.model, images, list(scope.layers))
        reference = evaluator.accuracy({}).top1
        for baseline in made:
            changed = baseline.values is not None
            top1 = evaluator.accuracy(scope.put_back(baseline.values or {})).top1 if changed else reference
            found[scope.key, baseline.scheme] = (top1, reference - top1)
            if progress is not None:
                progress(Measured(len(found), total, tuple(scope.layers)))
    return found
