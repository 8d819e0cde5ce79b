"""Comparisons over a table of runs: within budget, of one experiment, with success rates and shared images."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cgplab.analysis.best import solved
from cgplab.analysis.comparable import HIGH_IS_GOOD, MEANS_OF_IMAGES, OF_IMAGES, OF_SOLUTIONS
from cgplab.analysis.mixture import check_unmixed
from cgplab.errors import InputError
from cgplab.natural_order import natural
from cgplab.words import counted

if TYPE_CHECKING:
    import pandas as pd

    from cgplab.statistics import Comparison
    from cgplab.statistics.success import Success

_SAME_START = ("strategy", "costs", "budget")
"""Factors that leave the circuit as it is with which a seed begins."""


class TooFewSolutionsError(InputError):
    """Too few runs are within their budgets to compare a measure of them; success rates are all that can be compared.

    Attributes
    ----------
    success : Success
        Of all runs with a circuit.
    """

    def __init__(self, message: str, success: "Success") -> None:
        super().__init__(f"{message}; {success.in_short}")
        self.success = success


def compare_table(
    runs: "pd.DataFrame", response: str, factor: str, block: str | None, *, alpha: float = 0.05, **options: Any
) -> "Comparison":
    """Compare runs of one experiment; see :func:`cgplab.statistics.compare` for parameters.

    Measures of solutions, see :data:`cgplab.analysis.comparable.OF_SOLUTIONS`, are compared between runs within their
    budget only; the success rates of all runs with a circuit are compared beside them. Where accuracies were measured
    image by image, levels count as different only if that would hold for other images too.

    Parameters
    ----------
    runs : pandas.DataFrame
        The frame ``runs``; or ``image_losses``, which tells of accuracies image by image.
    response, factor, block
        Columns.
    alpha : float
        Level of every test.

    Raises
    ------
    MixedError
        The runs belong to several experiments.
    TooFewSolutionsError
        Too few runs are within their budgets; it holds their success rates.
    InputError
        No run has the response, or the runs cannot be compared.
    """
    from cgplab.statistics.success import compare_success

    if len(runs) and response in runs and runs[response].isna().all():
        hint = "; measure it with: cgplab metrics" if response in OF_IMAGES else ""
        raise InputError(f"no run has {response} yet{hint}")
    if not {response, factor, *([block] if block else [])} <= set(runs.columns):
        return _compare(runs, response, factor, block, alpha, options)  # says which column there is not
    check_unmixed(runs.dropna(subset=[response]), factor, block, response in OF_IMAGES)
    if response not in OF_SOLUTIONS:
        return _compare(counting(runs, response), response, factor, block, alpha, options)
    success = compare_success(solved(runs), factor, block, alpha=alpha)
    compared = counting(runs, response)
    if compared.empty:
        raise TooFewSolutionsError(f"no run is within its budget, so {response} cannot be compared", success)
    try:
        found = _compare(compared, response, factor, block, alpha, options)
    except InputError as error:
        if success.complete:
            raise
        raise TooFewSolutionsError(f"among the runs within budget: {error}", success) from error
    notes = (*_without(runs, response), *_failed_blocks(runs, found), *_notes(compared, factor, block))
    found = replace(found, success=success, notes=notes)
    if response in MEANS_OF_IMAGES:
        found = _on_images(compared, found)
    return found if found.images is not None else replace(found, notes=(*found.notes, *on_images(response)))


def counting(runs: "pd.DataFrame", response: str) -> "pd.DataFrame":
    """Runs whose response counts: of measures of solutions those within budget, else all.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.
    response : str
        Column; runs without it stay for measures that every run has.
    """
    if response not in OF_SOLUTIONS:
        return runs
    found = solved(runs.dropna(subset=[response]))
    return found[found["within"]]


def on_images(response: str) -> tuple[str, ...]:
    """What a reader has to know of tests that take measures of the same images as independent."""
    if response not in OF_IMAGES:
        return ()
    return (
        "All runs were measured on the same images, but this result treats the runs as independent. Other images would "
        "shift all their values together.",
    )


def _compare(
    runs: "pd.DataFrame", response: str, factor: str, block: str | None, alpha: float, options: dict[str, Any]
) -> "Comparison":
    from cgplab.statistics import compare

    best = "highest" if response in HIGH_IS_GOOD else "lowest"
    return compare(runs, response, factor, block, **{"best": best, "alpha": alpha, **options})


def _without(runs: "pd.DataFrame", response: str) -> tuple[str, ...]:
    """Runs within budget whose response is unknown, as accuracies are until they are measured."""
    unknown = int(solved(runs)["within"].sum()) - len(counting(runs, response))
    if not unknown:
        return ()
    return (f"Left out: {counted(unknown, 'run')} within budget whose {response.replace('_', ' ')} is not measured.",)


def _failed_blocks(runs: "pd.DataFrame", found: "Comparison") -> tuple[str, ...]:
    """Blocks that are not compared as none of their runs is within budget: often the hardest."""
    s = found.samples
    if s.block is None:
        return ()
    failed = natural(map(str, set(solved(runs)[s.block].dropna()) - {*s.blocks, *s.incomplete}))
    if not failed:
        return ()
    blocks = counted(len(failed), "block")
    return (f"Not compared: {blocks} ({s.block}) in which no run is within budget: {', '.join(failed)}.",)


def _notes(runs: "pd.DataFrame", factor: str, block: str | None) -> tuple[str, ...]:
    """What a reader has to know of runs that are compared as independent samples."""
    searched = runs[runs["method"] != "construct"]
    if block is not None or factor not in _SAME_START or searched.groupby("seed")[factor].nunique().max() < 2:
        return ()
    return (
        "Levels share seeds: runs with the same seed begin from the same circuit, so they are not independent. "
        "Take seed as the block.",
    )


def _on_images(compared: "pd.DataFrame", found: "Comparison") -> "Comparison":
    """The same comparison, which tells levels apart only where other images would do so too."""
    from cgplab.analysis.image_losses import cells_of
    from cgplab.statistics.shared_images import over_shared_images

    s = found.samples
    losses = cells_of(compared, s.factor, s.levels, s.block, s.blocks)
    if losses is None:
        return found
    return found.over_images(over_shared_images(losses, s.levels, s.block, alpha=found.alpha))
