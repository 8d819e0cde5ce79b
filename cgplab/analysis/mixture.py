"""What must not be pooled: parts of a table of runs that are experiments of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from cgplab.errors import InputError
from cgplab.natural_order import natural

if TYPE_CHECKING:
    import pandas as pd

SETUP: tuple[str, ...] = ("model", "selection", "search", "budget", "costs", "metric", "grid", "l_back")
"""Columns that define an experiment: no line, front or test is computed over runs that differ in one of them."""
SUBJECT: tuple[str, ...] = ("layer", "kernel")
"""Columns that distinguish the sets of weights of one experiment."""
EVERYWHERE: tuple[str, ...] = ("model", "selection", "costs", "metric")
"""Columns that every comparison holds fixed: errors and costs of runs that differ here are not comparable."""
_FOLLOWS: Mapping[str, frozenset[str]] = {
    "model": frozenset({*SUBJECT, "grid", "l_back", "dataset"}),
    "selection": frozenset({*SUBJECT, "grid", "l_back", "search"}),
    "layer": frozenset({"kernel", "grid", "l_back"}),
    "grid": frozenset({"l_back"}),
    "search": frozenset({"budget"}),
    "method": frozenset({"search", "budget"}),
    "wiring": frozenset({"search", "budget"}),
}
"""Columns that may differ between the levels of a factor, as each layer has its own grids and kernels."""
_MOST_SHOWN = 8


class MixedError(InputError):
    """Runs of several experiments are to be compared as if they were one.

    Attributes
    ----------
    choices : tuple of str
        Conditions, each of which restricts the runs to one value of a column in which they differ.
    block : str or None
        Column that could be the block instead.
    """

    def __init__(self, message: str, choices: Sequence[str], block: str | None) -> None:
        super().__init__(message)
        self.choices, self.block = tuple(choices), block


@dataclass(frozen=True)
class Part:
    """Runs of one experiment.

    Attributes
    ----------
    values : {column: value}
        Columns in which the experiments differ; empty if there is only one.
    ids : frozenset of str
    """

    values: dict[str, str]
    ids: frozenset[str]

    @property
    def title(self) -> str:
        """The values, in a few words."""
        return ", ".join(_named(name, value) for name, value in self.values.items())

    @property
    def conditions(self) -> list[str]:
        """The values as conditions, see :func:`cgplab.analysis.where`."""
        return [f"{name}={value}" for name, value in self.values.items()]


def parts(runs: "pd.DataFrame", shown: Sequence[str] = (), apart: Sequence[str] = ()) -> list[Part]:
    """Split a table of runs into experiments, in the order of the runs.

    Parameters
    ----------
    runs : pandas.DataFrame
    shown : sequence of str
        Columns of :data:`SETUP` that may differ because the caller shows them separately.
    apart : sequence of str
        Further columns that separate parts.
    """
    varying = telling(runs, [*(name for name in SETUP if name not in shown), *apart], shown)
    if not varying:
        return [Part({}, frozenset(runs["id"]))]
    found = []
    for key, group in runs.groupby(varying, dropna=False, sort=False):
        values = {name: _shown(value) for name, value in zip(varying, key, strict=True)}
        found.append(Part({name: text for name, text in values.items() if text}, frozenset(group["id"])))
    return found


def telling(runs: "pd.DataFrame", columns: Sequence[str], given: Sequence[str] = ()) -> list[str]:
    """Columns, out of some, that distinguish the runs.

    Left out are columns that follow from those before them, or from the given ones, as a budget does from its search.
    """
    found: list[str] = []
    for name in columns:
        by = [*given, *found]
        counts = (
            runs.groupby(by, dropna=False)[name].nunique(dropna=False) if by else runs[[name]].nunique(dropna=False)
        )
        if (counts > 1).any():
            found.append(name)
    return found


def check_unmixed(runs: "pd.DataFrame", factor: str, block: str | None, by_images: bool = True) -> None:
    """Check that only the factor differs between the runs that a comparison uses.

    All runs must be of one model, selection, cost table and error metric, unless these are the factor or the block.
    They must be of one search, budget, grid, l-back, strategy, layer, kernel and data set too: within each block if
    there are blocks, and within each level of the factor where the column follows from the factor, as the grid may
    from the layer. Without a block, layer and kernel must be the same for all levels.

    Parameters
    ----------
    runs : pandas.DataFrame
    factor : str
    block : str, optional
    by_images : bool
        Whether the response depends on the images that it was measured on.

    Raises
    ------
    MixedError
        They are not; the message names the column, its values, and the conditions that help.
    """
    for name in (*SETUP, "strategy", *SUBJECT, *(("dataset",) * by_images)):
        if name in (factor, block):
            continue
        within = []
        if name not in EVERYWHERE:
            within += [factor] if name in _FOLLOWS.get(factor, ()) and (block or name not in SUBJECT) else []
            within += [block] if block else []
        groups = [group for _, group in runs.groupby(within, dropna=False)] if within else [runs]
        if any(group[name].nunique(dropna=False) > 1 for group in groups):
            raise _mixed(runs, name, block)


def check_comparable(runs: "pd.DataFrame") -> None:
    """Check that errors and costs of all runs are comparable; MixedError names the column if they are not."""
    for name in EVERYWHERE:
        if runs[name].nunique(dropna=False) > 1:
            raise _mixed(runs, name, None)


def _mixed(runs: "pd.DataFrame", name: str, block: str | None) -> MixedError:
    found = _sorted(runs[name].dropna().unique().tolist())
    choices = [f"{name}={_shown(value)}" for value in found]
    shown = "; ".join(map(_shown, found[:_MOST_SHOWN])) + (" …" if len(found) > _MOST_SHOWN else "")
    instead = name if name in SUBJECT and block is None else None
    ways = f"choose one value, for example {choices[0]}"
    if instead is not None:
        ways += f", or make {name} the block"
    return MixedError(f"these runs also differ in {name.replace('_', ' ')} ({shown}); {ways}", choices, instead)


def _sorted(values: list[Any]) -> list[Any]:
    return natural(values) if all(isinstance(value, str) for value in values) else sorted(values)


def _named(column: str, text: str) -> str:
    """Value that says what it is of, where it is a mere number."""
    return f"t = {text}" if column == "strategy" else f"l-back {text}" if column == "l_back" else text


def _shown(value: object) -> str:
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
