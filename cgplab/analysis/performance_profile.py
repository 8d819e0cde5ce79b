"""Searches beside each other over many problems: how often each is within a factor of the best."""

from typing import TYPE_CHECKING

import numpy as np

from cgplab.analysis.best import solved
from cgplab.analysis.columns import PROBLEM
from cgplab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def performance_ratios(runs: "pd.DataFrame", measure: str = "energy", solver: str = "search") -> "pd.DataFrame":
    """Cost of each solver on each problem, by the least cost that any solver has there.

    Dolan and More, "Benchmarking optimization software with performance profiles", 2002. A solver's cost on a problem
    (model, layer, kernel, selection, strategy) is the median of its runs, where runs above their budget count as
    infinite: a solver of which half the runs fail has no solution. Where the least cost is 0, solvers that also reach
    0 have ratio 1 and all others an infinite one. Problems that not all solvers tried, or none solved, are left out.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.
    measure : str
        A cost.
    solver : str
        Column that tells the solvers.

    Returns
    -------
    pandas.DataFrame
        The columns of a problem, ``solver``, ``runs``, ``within``, ``cost``, ``ratio``.

    Raises
    ------
    InputError
        There are fewer than two solvers, or no problem that all of them tried and one solved.
    """
    found = solved(runs)
    found = found.assign(_cost=found[measure].astype(float).where(found["within"], np.inf))
    solvers = found[solver].nunique()
    if solvers < 2:
        raise InputError(f"a performance profile compares two or more values of {solver}; these runs have {solvers}")
    grouped = found.groupby([*PROBLEM, solver], dropna=False)
    # The middle of an even number of runs is infinite as soon as one of the two is.
    table = grouped.agg(runs=("id", "size"), within=("within", "sum"), cost=("_cost", "median")).reset_index()
    by_problem = table.groupby([*PROBLEM], dropna=False)
    least, tried = by_problem["cost"].transform("min"), by_problem["cost"].transform("size")
    table = table.rename(columns={solver: "solver"}).assign(least=least)[(tried == solvers) & np.isfinite(least)]
    if table.empty:
        raise InputError(f"no problem was tried with every {solver} and solved by one; see: cgplab study status")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(table["cost"] == table["least"], 1.0, table["cost"] / table["least"])
    ratios: pd.DataFrame = table.assign(ratio=ratio).drop(columns="least").reset_index(drop=True)
    return ratios


def performance_profile(ratios: "pd.DataFrame") -> "pd.DataFrame":
    """Share of the problems that each solver solves within a factor of the least cost.

    Parameters
    ----------
    ratios : pandas.DataFrame
        See :func:`performance_ratios`.

    Returns
    -------
    pandas.DataFrame
        ``solver``, ``factor``, ``share`` (the profile steps up to it at the factor), ``problems``.
    """
    import pandas as pd

    parts = []
    for solver, rows in ratios.groupby("solver"):
        ordered = np.sort(rows["ratio"].to_numpy(dtype=float))
        factors = np.unique([1.0, *ordered[np.isfinite(ordered)]])
        shares = np.searchsorted(ordered, factors, side="right") / len(ordered)
        parts.append(pd.DataFrame({"solver": solver, "factor": factors, "share": shares, "problems": len(ordered)}))
    return pd.concat(parts, ignore_index=True)
