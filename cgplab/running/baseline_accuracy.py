"""Accuracy of models whose weights are stored in other ways."""

from collections.abc import Callable, Sequence

from cgplab.analysis.baselines import baselines
from cgplab.analysis.compression import group_by_scope
from cgplab.running.accuracy import OWN_TEST_IMAGES, AccuracyData, Measured
from cgplab.store import Run


def baseline_accuracies(
    runs: Sequence[Run],
    on: AccuracyData = OWN_TEST_IMAGES,
    progress: Callable[[Measured], None] | None = None,
    *,
    device: str = "cpu",
) -> dict[tuple[object, ...], tuple[float, float]]:
    """Measure the baselines of the weights that runs are about.

    Parameters
    ----------
    runs : sequence of Run
    on : AccuracyData
    progress : callable, optional
        Called after every measurement.
    device : str
        As torch names it.

    Returns
    -------
    {(scope key, scheme): (top-1 in per cent, accuracy loss in percentage points)}

    Raises
    ------
    InputError
        The data set is not there or does not fit, or a model is unknown or has changed.
    """
    from cgplab.models.accuracy import Accuracy, CandidateEvaluator

    groups = [(scope, members[0][0].manifest.model, baselines(scope)) for scope, members in group_by_scope(runs)]
    total = sum(len(made) for _, _, made in groups)
    references: dict[str, Accuracy] = {}
    found: dict[tuple[object, ...], tuple[float, float]] = {}
    for scope, name, made in groups:
        images = on.load(scope.model, name)
        known = references.get(scope.model.sha256)
        evaluator = CandidateEvaluator(scope.model, images, list(scope.layers), device=device, reference=known)
        references[scope.model.sha256] = evaluator.accuracy({})
        reference = references[scope.model.sha256].top1
        for baseline in made:
            changed = baseline.values is not None
            top1 = evaluator.accuracy(scope.put_back(baseline.values or {})).top1 if changed else reference
            found[scope.key, baseline.scheme] = (top1, reference - top1)
            if progress is not None:
                progress(Measured(len(found), total, tuple(scope.layers)))
    return found
