"""Comparisons over the runs of a scope; runs of several experiments are refused."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cgplab.analysis import HIGH_IS_GOOD, where
from cgplab.analysis.mixture import check_unmixed
from cgplab.errors import InputError
from cgplab.study.scope import Scope

if TYPE_CHECKING:
    import pandas as pd

    from cgplab.statistics import Comparison

_MEASURED = ("accuracy", "accuracy_loss", "top5", "loss")


def compare_runs(runs: "pd.DataFrame", response: str, factor: str, block: str | None, **options: Any) -> "Comparison":
    """Compare runs of one experiment; see :func:`cgplab.statistics.compare` for parameters.

    Raises
    ------
    MixedError
        The runs belong to several experiments.
    InputError
        No run has the response, or the runs cannot be compared.
    """
    from cgplab.statistics import compare

    if len(runs) and response in runs and runs[response].isna().all():
        hint = "; measure it with: cgplab metrics" if response in _MEASURED else ""
        raise InputError(f"no run has {response} yet{hint}")
    if {response, factor, *([block] if block else [])} <= set(runs.columns):
        check_unmixed(runs.dropna(subset=[response]), factor, block, response in _MEASURED)
    best = "highest" if response in HIGH_IS_GOOD else "lowest"
    return compare(runs, response, factor, block, **{"best": best, **options})


def planned_comparison(scope: Scope, conditions: Sequence[str] = ()) -> "Comparison":
    """Planned comparison of the scope's study; blocks with missing cells are left out and named.

    Parameters
    ----------
    scope : Scope
    conditions : sequence of str
        Further conditions on the runs, see :func:`cgplab.analysis.where`.

    Raises
    ------
    InputError
        The study plans no comparison, or its runs cannot be compared.
    """
    plan = None if scope.document is None else scope.document.comparison
    if plan is None:
        raise InputError(f"{scope.title} plans no comparison; add a table [comparison] to the study's file")
    runs = where(scope.frames(conditions)["runs"], plan.where)
    return compare_runs(runs, plan.response, plan.factor, plan.block, drop_incomplete=plan.block is not None)
