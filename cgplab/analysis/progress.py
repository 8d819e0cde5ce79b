"""How runs went: every improvement, when targets were met, and what a budget bought."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cgplab.analysis.columns import IDENTITY, names
from cgplab.analysis.sound import left_out
from cgplab.errors import InputError
from cgplab.store import Run
from cgplab.store.frames import progress_frame

if TYPE_CHECKING:
    import pandas as pd

CLOCKS = ("seconds", "generation")


def identity(run: Run) -> dict[str, Any]:
    """Columns that say which run a row belongs to."""
    return {name: getattr(run.manifest, name) for name in IDENTITY}


def progress(runs: Iterable[Run]) -> "pd.DataFrame":
    """Every improvement of runs.

    Parameters
    ----------
    runs : iterable of Run
        See :func:`cgplab.analysis.select_runs`. Those whose rows are damaged or lost are left out, with a warning.

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``progress``, by run and in order; costs are missing while the error is above the
        strategy's budget.
    """
    import pandas as pd

    chosen = list(runs)
    which = pd.DataFrame([identity(run) for run in chosen], columns=list(IDENTITY))
    rows = progress_frame(chosen, leave_out=left_out).rename(columns={"run": "id"})
    # Runs that have told nothing yet have no rows.
    return which.merge(rows, on="id", how="inner").reindex(columns=names("progress"))


def time_to_target(improvements: "pd.DataFrame", measure: str, targets: Sequence[float]) -> "pd.DataFrame":
    """When each run first met each target: the fixed-target view.

    Parameters
    ----------
    improvements : pandas.DataFrame
        Frame ``progress``.
    measure : str
        Column that had to fall: ``error``, or a cost.
    targets : sequence of float
        In the measure's unit.

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``time_to_target``, a row for each run and target; those not reached have no time.

    Raises
    ------
    InputError
        No such measure.
    """
    import pandas as pd

    _check(improvements, measure)
    rows = []
    for _, run in improvements.groupby("id", sort=False):
        which = {name: run[name].iloc[0] for name in IDENTITY}
        # A run that ended in vain went on after its last improvement.
        searched = pd.to_numeric(run["searched"]).max()
        for target in targets:
            met = run[run[measure].astype(float) <= target].head(1)
            rows.append(
                {
                    **which,
                    "measure": measure,
                    "target": float(target),
                    "generation": None if met.empty else int(met["generation"].iloc[0]),
                    "seconds": None if met.empty else float(met["seconds"].iloc[0]),
                    "reached": not met.empty,
                    "searched": float(np.fmax(run["seconds"].max(), searched)),
                }
            )
    return pd.DataFrame(rows, columns=names("time_to_target")).astype({"generation": "Int64", "seconds": float})


def expected_time(times: "pd.DataFrame", by: Sequence[str] = ("strategy", "target")) -> "pd.Series":
    """Expected search time to a target, in seconds: all time spent over the runs that reached it.

    The expected running time of Hansen, Auger, Finck and Ros, "Real-parameter black-box optimization
    benchmarking: experimental setup", 2010; infinite where no run reached the target.
    """
    spent = times["seconds"].fillna(times["searched"])
    grouped = times.assign(spent=spent).groupby(list(by))
    total, reached = grouped["spent"].sum(), grouped["reached"].sum()
    return (total / reached).rename("expected_seconds")


def fixed_budget(
    improvements: "pd.DataFrame", measure: str, budgets: Sequence[float], clock: str = "seconds"
) -> "pd.DataFrame":
    """What each run had after each budget: the fixed-budget view.

    Parameters
    ----------
    improvements : pandas.DataFrame
        Frame ``progress``.
    measure : str
        ``error`` or a cost.
    budgets : sequence of float
        In seconds or generations.
    clock : str
        ``seconds`` or ``generation``.

    Returns
    -------
    pandas.DataFrame
        Columns of the frame ``fixed_budget``, a row for each run and budget.

    Raises
    ------
    InputError
        No such measure or clock.
    """
    _check(improvements, measure)
    if clock not in CLOCKS:
        raise InputError(f"no clock {clock!r}; allowed: {', '.join(CLOCKS)}")
    wanted = np.asarray(budgets, dtype=float)
    clocks, measured = (improvements[name].to_numpy(dtype=float) for name in (clock, measure))
    runs = list(improvements.groupby("id", sort=False).indices.values())
    values = np.empty((len(runs), len(wanted)))
    for row, rows in enumerate(runs):
        # Restarted attempts count on, so the clock never runs backwards.
        lowest = np.concatenate([[np.nan], np.fmin.accumulate(measured[rows])])
        values[row] = lowest[np.searchsorted(np.maximum.accumulate(clocks[rows]), wanted, side="right")]
    which = improvements[list(IDENTITY)].iloc[[rows[0] for rows in runs]]
    repeated = which.iloc[np.repeat(np.arange(len(runs)), len(wanted))].reset_index(drop=True)
    told = repeated.assign(clock=clock, budget=np.tile(wanted, len(runs)), measure=measure, value=values.reshape(-1))
    return told[names("fixed_budget")]


def _check(improvements: "pd.DataFrame", measure: str) -> None:
    allowed = ("error", "energy", "area", "delay", "depth", "gate_count")
    if measure not in allowed:
        raise InputError(f"no measure {measure!r}; allowed: {', '.join(allowed)}")
