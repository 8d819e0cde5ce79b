"""Runs that no other run beats in every objective."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cgplab.analysis.best import solved
from cgplab.analysis.columns import names
from cgplab.analysis.comparable import HIGH_IS_GOOD
from cgplab.analysis.mixture import EVERYWHERE, SUBJECT
from cgplab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

ONE_SET: tuple[str, ...] = (*EVERYWHERE, *SUBJECT, "dataset")
"""Columns in which the runs of one front agree: they infer the same weights, and are judged by the same means."""


def pareto(
    runs: "pd.DataFrame", objectives: Sequence[str] = ("energy", "accuracy_loss"), by: Sequence[str] = ONE_SET
) -> "pd.DataFrame":
    """Pareto front of runs within their budgets, one for each set of weights.

    A run is on the front when no other is at least as good in all objectives and better in one. Of runs that
    agree in all objectives the oldest stays. Runs above budget, or without one of the objectives, take no part.
    An accuracy above the reference's counts as the reference's: some images more of a test set are no gain.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.
    objectives : sequence of str
        Numeric columns; less is better, except for accuracies.
    by : sequence of str
        Columns whose every value gets a front of its own; default: :data:`ONE_SET`. Add ``"strategy"`` or
        ``"search"`` for fronts of these, or leave out ``"dataset"`` where no objective depends on the images.

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``pareto``, sorted by group and objectives.

    Raises
    ------
    InputError
        No such column.
    """
    import pandas as pd
    from paretoset import paretoset

    for name in (*objectives, *by):
        if name not in runs.columns:
            raise InputError(f"no column {name!r}; there are: {', '.join(runs.columns)}")
    found = solved(runs).dropna(subset=list(objectives)).sort_values("id")
    found = found[found["within"]]
    sense = ["max" if name in HIGH_IS_GOOD else "min" for name in objectives]

    def front(group: "pd.DataFrame") -> "pd.DataFrame":
        values = pd.DataFrame({name: _judged(group, name) for name in objectives}).to_numpy()
        chosen: pd.DataFrame = group[paretoset(values, sense=sense, distinct=True, use_numba=False)]
        return chosen

    if found.empty:
        return found[names("pareto")]
    groups = [group for _, group in found.groupby(list(by), dropna=False)] if by else [found]
    kept = pd.concat([front(group) for group in groups])
    return kept.sort_values([*by, *objectives, "id"], ignore_index=True)[names("pareto")]


def _judged(runs: "pd.DataFrame", objective: str) -> "pd.Series":
    """Values of an objective, without gains of accuracy over the reference."""
    values = runs[objective].astype(float)
    if objective == "accuracy_loss":
        return values.clip(lower=0)
    if objective == "accuracy":
        return values + runs["accuracy_loss"].astype(float).clip(upper=0).fillna(0)
    return values
