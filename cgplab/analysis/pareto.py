"""Runs that no other run beats in every objective."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cgplab.analysis.best import solved
from cgplab.analysis.columns import names
from cgplab.analysis.comparable import HIGH_IS_GOOD
from cgplab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def pareto(
    runs: "pd.DataFrame", objectives: Sequence[str] = ("energy", "accuracy_loss"), by: Sequence[str] = ()
) -> "pd.DataFrame":
    """Pareto front of runs.

    A run is on the front when no other is at least as good in all objectives and better in one. Of runs that
    agree in all objectives the oldest stays. Runs without one of the objectives take no part.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.
    objectives : sequence of str
        Numeric columns; less is better, except for accuracies.
    by : sequence of str
        Columns whose every value gets a front of its own, ``["layer"]`` for instance.

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
    sense = ["max" if name in HIGH_IS_GOOD else "min" for name in objectives]

    def front(group: "pd.DataFrame") -> "pd.DataFrame":
        values = group[list(objectives)].astype(float).to_numpy()
        chosen: pd.DataFrame = group[paretoset(values, sense=sense, distinct=True, use_numba=False)]
        return chosen

    if found.empty:
        return found[names("pareto")]
    groups = [group for _, group in found.groupby(list(by), dropna=False)] if by else [found]
    kept = pd.concat([front(group) for group in groups])
    return kept.sort_values([*by, *objectives, "id"], ignore_index=True)[names("pareto")]
