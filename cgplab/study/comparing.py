"""Comparisons over the runs of a scope."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cgplab.analysis import Frames, where
from cgplab.analysis.comparable import MEANS_OF_IMAGES
from cgplab.analysis.comparing import compare_table
from cgplab.errors import InputError
from cgplab.study.scope import Scope

if TYPE_CHECKING:
    from cgplab.statistics import Comparison


def compare_runs(
    frames: Frames, response: str, factor: str, block: str | None, *, conditions: Sequence[str] = (), **options: Any
) -> "Comparison":
    """Compare runs of one experiment; see :func:`cgplab.analysis.comparing.compare_table` for the rules and errors.

    Parameters
    ----------
    frames : Frames
        Over the runs.
    response, factor, block
        Columns of the table of runs.
    conditions : sequence of str
        Restrict the runs further, see :func:`cgplab.analysis.where`.
    """
    table = frames["image_losses" if response in MEANS_OF_IMAGES else "runs"]
    return compare_table(where(table, conditions), response, factor, block, **options)


def left_of(planned: Sequence[str], own: Sequence[str]) -> list[str]:
    """Conditions of a plan, without those on columns that a user restricts otherwise."""
    columns = {condition.partition("=")[0] for condition in own}
    return [condition for condition in planned if condition.partition("=")[0] not in columns]


def planned_comparison(scope: Scope, conditions: Sequence[str] = ()) -> "Comparison":
    """Planned comparison of the scope's study; blocks with missing cells are left out and named.

    Parameters
    ----------
    scope : Scope
    conditions : sequence of str
        Further conditions on the runs, see :func:`cgplab.analysis.where`; one takes the place of the plan's on the
        same column.

    Raises
    ------
    InputError
        The study plans no comparison, or its runs cannot be compared.
    """
    plan = None if scope.document is None else scope.document.comparison
    if plan is None:
        raise InputError(f"{scope.title} plans no comparison; add a table [comparison] to the study's file")
    return compare_runs(
        scope.frames(conditions), plan.response, plan.factor, plan.block,
        conditions=left_of(plan.where, conditions), drop_incomplete=plan.block is not None,
    )  # fmt: skip
