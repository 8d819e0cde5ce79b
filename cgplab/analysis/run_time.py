"""How long runs took: hitting times over targets, attainment, and expected running time with failures."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from cgplab.analysis.columns import IDENTITY
from cgplab.analysis.progress import fixed_budget

if TYPE_CHECKING:
    import pandas as pd

TARGETS = 51
"""Targets of each problem, as many as in COCO."""
FEWEST = 3
"""Runs below which there is no interval: resamples of one or two say nothing about the spread."""
_RESAMPLED = 1000
_TAIL = 0.05
"""Chance that the lower limit without success is above the truth."""
_PROBLEM = ("model", "layer", "kernel", "selection", "strategy")


def hits(improvements: "pd.DataFrame") -> "pd.DataFrame":
    """When each run first met its budget, and what it spent.

    Parameters
    ----------
    improvements : pandas.DataFrame
        Frame ``progress``, which knows the costs of a run from the moment on that its error is within the budget.

    Returns
    -------
    pandas.DataFrame
        A row per run: the columns that say which run it is, ``reached`` (bool), ``generation`` and ``seconds`` at which
        the budget was met (NaN if it was not), ``generations`` and ``searched`` (s) that the run had in all.
    """
    by_run = improvements.groupby("id", sort=False)
    which = by_run[[*IDENTITY]].head(1).reset_index(drop=True)
    met = improvements[improvements["energy"].notna()].groupby("id", sort=False)[["generation", "seconds"]].first()
    last = by_run[["generation", "seconds"]].max()
    # A run that ended in vain went on after its last improvement.
    whole = by_run[["generations", "searched"]].first().astype(float)
    ids = which["id"]
    return which.assign(
        reached=ids.isin(met.index),
        generation=ids.map(met["generation"]).astype(float),
        seconds=ids.map(met["seconds"]).astype(float),
        generations=np.fmax(ids.map(last["generation"]).astype(float), ids.map(whole["generations"])),
        searched=np.fmax(ids.map(last["seconds"]).astype(float), ids.map(whole["searched"])),
    )


def expected_running_time(
    found: "pd.DataFrame", by: Sequence[str] = ("strategy",), clock: str = "generation"
) -> "pd.DataFrame":
    """Expected running time until the budget is met, restarting after failures.

    All that was spent, failures included, over the number of runs that succeeded: ERT of Auger and Hansen,
    "Performance evaluation of an advanced local search evolutionary algorithm", 2005, and of Hansen, Auger, Brockhoff,
    Tusar and Tusar, "COCO: Performance assessment", 2016. Infinite where no run succeeded.

    Parameters
    ----------
    found : pandas.DataFrame
        See :func:`hits`.
    by : sequence of str
    clock : str
        ``generation`` or ``seconds``.

    Returns
    -------
    pandas.DataFrame
        The columns ``by``, ``runs``, ``reached``, ``spent`` in all, ``expected``, ``low`` and ``high``, ``least``; in
        the clock's unit. ``low`` to ``high`` is the percentile interval of 95 % over 1,000 resamples of the runs, NaN
        where no run succeeded or there are fewer than :data:`FEWEST`; ``high`` is infinite where more than 2.5 % of the
        resamples contain no success. ``least`` is the lower limit where no run succeeded, NaN elsewhere; see
        :func:`least_expected`.
    """
    import pandas as pd

    whole = {"generation": "generations", "seconds": "searched"}[clock]
    spent = found[clock].where(found["reached"], found[whole])
    rows = []
    for key, group in found.assign(spent=spent).groupby(list(by), dropna=False):
        times, reached = group["spent"].to_numpy(dtype=float), group["reached"].to_numpy(dtype=bool)
        low, high = _interval(times, reached)
        least = np.nan if reached.any() else least_expected(times)
        rows.append(
            {
                **dict(zip(by, key, strict=True)), "runs": len(times), "reached": int(reached.sum()),
                "spent": times.sum(), "expected": _expected(times.sum(), reached.sum()), "low": low, "high": high,
                "least": least,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=[*by, "runs", "reached", "spent", "expected", "low", "high", "least"])


def _expected(spent: float, reached: int) -> float:
    return float(spent / reached) if reached else np.inf


def least_expected(spent: np.ndarray) -> float:
    """Lower limit, at 95 % confidence, of the expected running time where no run succeeded.

    With 0 of n successes the probability p of success is at most 1 - 0.05^(1/n) (Clopper and Pearson, "The use of
    confidence or fiducial limits illustrated in the case of the binomial", 1934). With restarts (1 - p) / p runs fail
    on average before one succeeds, each of which spends what the failed ones did. The total spent is not such a
    limit: it is 19 times as large for one run, 4.1 times for five, and about 3 times for many.

    Parameters
    ----------
    spent : (n,) float64
        By each run, in any unit.
    """
    most = 1 - _TAIL ** (1 / len(spent))
    return float(spent.mean() * (1 - most) / most)


def _interval(times: np.ndarray, reached: np.ndarray) -> tuple[float, float]:
    if not reached.any() or len(times) < FEWEST:
        return np.nan, np.nan
    drawn = np.random.default_rng(1).integers(len(times), size=(_RESAMPLED, len(times)))
    with np.errstate(divide="ignore"):
        resampled = np.sort(times[drawn].sum(axis=1) / reached[drawn].sum(axis=1))
    return float(resampled[round(0.025 * _RESAMPLED)]), float(resampled[round(0.975 * _RESAMPLED) - 1])


def targets(improvements: "pd.DataFrame", n: int = TARGETS) -> np.ndarray:
    """Errors to reach in a problem, falling from the worst first error to the budget, even on a logarithmic axis.

    Excess errors above the budget are spaced geometrically down to 1; the last target is the budget itself.

    Parameters
    ----------
    improvements : pandas.DataFrame
        Frame ``progress`` of the runs of one problem.
    n : int

    Returns
    -------
    (n,) float64
    """
    budget = float(improvements["threshold"].iloc[0])
    worst = float(improvements.groupby("id")["error"].first().max()) - budget
    return np.append(budget + np.geomspace(max(worst, 1.0), 1.0, n - 1), budget)


def hitting_times(improvements: "pd.DataFrame", n: int = TARGETS) -> "pd.DataFrame":
    """When each run hit each target error of its problem; see :func:`targets`.

    Returns
    -------
    pandas.DataFrame
        ``id``, ``strategy``, ``target`` (its number, 0 to n - 1) and ``generation``, infinite where it was not hit.
    """
    import pandas as pd

    parts = []
    for key, rows in improvements.groupby([*_PROBLEM], dropna=False):
        wanted = targets(rows, n)
        for name, run in rows.groupby("id", sort=False):
            lowest = np.minimum.accumulate(run["error"].to_numpy(dtype=float))
            clock = np.append(np.maximum.accumulate(run["generation"].to_numpy(dtype=float)), np.inf)
            # The first place at which the error is at most the target, in a row that falls.
            hit = clock[np.searchsorted(-lowest, -wanted, side="left")]
            parts.append(pd.DataFrame({"id": name, "strategy": key[-1], "target": np.arange(n), "generation": hit}))
    return pd.concat(parts, ignore_index=True)


def attained(
    improvements: "pd.DataFrame", measure: str, budgets: Sequence[float], shares: Sequence[float]
) -> "pd.DataFrame":
    """Value that a share of all runs had attained after each budget: levels of the empirical attainment function.

    Runs above their error budget have attained no cost. Lopez-Ibanez, Vermetten, Dreo and Doerr, "Using the empirical
    attainment function for analyzing single-objective black-box optimization algorithms", 2024.

    Parameters
    ----------
    improvements : pandas.DataFrame
        Frame ``progress``.
    measure : str
    budgets : sequence of float
        In generations.
    shares : sequence of float
        Above 0, up to 1.

    Returns
    -------
    pandas.DataFrame
        ``strategy``, ``budget``, ``share``, ``value`` (infinite before that share of the runs attained any), ``runs``.
    """
    import pandas as pd

    values = fixed_budget(improvements, measure, budgets, clock="generation")
    parts = []
    for (strategy, budget), group in values.groupby(["strategy", "budget"]):
        ordered = np.sort(group["value"].fillna(np.inf).to_numpy(dtype=float))
        parts += [
            (strategy, budget, share, ordered[ceil(share * len(ordered) - 1e-9) - 1], len(ordered)) for share in shares
        ]
    return pd.DataFrame(parts, columns=["strategy", "budget", "share", "value", "runs"])
