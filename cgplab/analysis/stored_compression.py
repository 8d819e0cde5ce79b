"""The frame ``compression``: :func:`compression` with the accuracies that a store holds."""

import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cgplab.analysis.compression import Accuracies, compression, group_by_scope
from cgplab.analysis.scope import scope_of
from cgplab.analysis.sound import each_sound
from cgplab.errors import InputError
from cgplab.store import Run, Store
from cgplab.store.baselines import BaselineKey, write_baselines

if TYPE_CHECKING:
    import pandas as pd


def stored_compression(runs: Iterable[Run], stores: Store | Iterable[Store]) -> "pd.DataFrame":
    """What runs compress, from DRAM with each weight read once, beside other ways to store the same weights.

    Parameters
    ----------
    runs : iterable of Run
        Those without a circuit, or whose weights are not known, are left out.
    stores : Store or iterable of Store
        Where accuracies of the baselines may lie; the first that has them counts.

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``compression``. A model's accuracies are all on one data set, the one that most of its
        runs were measured on.
    """
    ready = [run for run in runs if run.has_weights() and _has_scope(run)]
    datasets = _datasets(ready)
    places = [stores] if isinstance(stores, Store) else list(stores)
    return compression(ready, datasets=datasets, accuracies=stored_accuracies(ready, places, datasets))


def keep_accuracies(store: Store, runs: Sequence[Run], accuracies: Accuracies, datasets: dict[str, str]) -> None:
    """Store what was measured of the baselines of runs; ``datasets`` names the images by model."""
    for key, (own, model) in _keys(runs, datasets).items():
        found = {str(scheme): values for (scope, scheme), values in accuracies.items() if scope == key}
        write_baselines(store, BaselineKey(model, *own, datasets[model]), found)


def stored_accuracies(runs: Sequence[Run], stores: Sequence[Store], datasets: dict[str, str]) -> Accuracies:
    """Accuracies of the baselines of runs that stores hold; ``datasets`` names the images by model."""
    found: dict[tuple[object, ...], tuple[float, float]] = {}
    for key, (own, model) in _keys(runs, datasets).items():
        for store in reversed(stores):
            try:
                measured = store.baselines(BaselineKey(model, *own, datasets[model]))
            except InputError as error:
                warnings.warn(f"accuracies of baselines left out: {error}", stacklevel=2)
                continue
            found |= {(key, scheme): values for scheme, values in measured.items()}
    return found


def _keys(runs: Sequence[Run], datasets: dict[str, str]) -> dict[tuple[object, ...], tuple[tuple[str, str], str]]:
    """Checksums of model and positions, and the model's name, by key of the scope, where a data set is known."""
    named = ((scope, members[0][0].manifest.model) for scope, members in group_by_scope(runs))
    return {scope.key: ((scope.model.sha256, scope.checksum), model) for scope, model in named if model in datasets}


def _datasets(runs: Iterable[Run]) -> dict[str, str]:
    """The data set that most runs of each model were measured on; of equals the first by name."""
    counts: dict[str, dict[str, int]] = {}
    for run, metrics in each_sound(runs, lambda run: run.metrics()):
        for dataset in metrics:
            own = counts.setdefault(run.manifest.model, {})
            own[dataset] = own.get(dataset, 0) + 1
    return {model: min(own, key=lambda name: (-own[name], name)) for model, own in counts.items()}


def _has_scope(run: Run) -> bool:
    try:
        scope_of(run)
    except InputError:
        return False
    return True
