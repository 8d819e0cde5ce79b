"""Best solutions: which of several runs counts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cgplab.analysis.columns import PROBLEM, names
from cgplab.analysis.comparable import OF_SOLUTIONS

if TYPE_CHECKING:
    import pandas as pd

OUTCOME: tuple[str, ...] = ("error", "energy", "area", "delay", "depth", "gate_count")
"""What a circuit is judged by."""

ORDER: tuple[str, ...] = ("energy", "error", "delay", "gate_count", "area", "id")
"""Among runs within their budget: lowest energy first, ties by what follows; the oldest run last of all."""


def counting(runs: "pd.DataFrame", measure: str) -> "pd.DataFrame":
    """Runs that a median of a measure is over: of costs and accuracies those within budget, else all.

    Parameters
    ----------
    runs : pandas.DataFrame
        See :func:`solved`.
    measure : str
    """
    return runs[runs["within"]] if measure in OF_SOLUTIONS else runs


def solved(runs: "pd.DataFrame") -> "pd.DataFrame":
    """Runs with a circuit; in these ``within``, see :func:`cgplab.store.row.within_budget`, is of type bool."""
    found = runs.dropna(subset=["error"])
    return found.assign(within=found["error"].astype(float) <= found["threshold"].astype(float))


def distinct(runs: "pd.DataFrame") -> "pd.DataFrame":
    """Runs without repeated outcomes.

    Runs of one problem (model, layer, kernel, selection, strategy) whose error and all costs agree found the same
    solution; the oldest of them is kept. Runs without a circuit are left out.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.
    """
    return solved(runs).sort_values("id").drop_duplicates([*PROBLEM, *OUTCOME], ignore_index=True)


def best(runs: "pd.DataFrame", by: Sequence[str] = PROBLEM) -> "pd.DataFrame":
    """Best run of each group.

    A run within its budget beats one above it. Among those within, the lowest energy wins, then the lowest
    error, delay, gate count and area, then the oldest run; among those above, the lowest error.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.
    by : sequence of str
        Columns that make a group; default: the problem.

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``best``, sorted by group.
    """
    found = solved(runs)
    keys = found.assign(_above=~found["within"], _misses=found["error"].where(~found["within"], 0).astype(float))
    keys = keys.sort_values(["_above", "_misses", *ORDER], kind="stable")
    groups = keys.groupby(list(by), dropna=False)
    chosen = keys.assign(runs=groups["id"].transform("size")).groupby(list(by), dropna=False).head(1)
    return chosen.sort_values(list(by), kind="stable", ignore_index=True)[names("best")]


def missing_weights(runs: "pd.DataFrame") -> "pd.DataFrame":
    """Missing weights of each problem beside the energy it took.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``missing_weights``, one row per problem that has a circuit.
    """
    import pandas as pd

    rows = []
    for key, group in solved(runs).groupby(list(PROBLEM), dropna=False):
        within = group.loc[group["within"], "energy"].astype(float)
        rows.append(
            {
                **dict(zip(PROBLEM, key, strict=True)),
                **{name: int(group[name].iloc[0]) for name in ("n_inputs", "n_outputs", "missing_weights")},
                "runs": len(group),
                "runs_within": len(within),
                "lowest_energy": within.min(),
                "median_energy": within.median(),
            }
        )
    return pd.DataFrame(rows, columns=names("missing_weights"))
