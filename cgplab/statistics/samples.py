"""Values to compare, taken out of a tidy frame: one sample per level, or a complete table of blocks by levels."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.natural_order import natural
from cgplab.words import counted

FEWEST_BLOCKS = 3
_NAMED = 6
"""Missing cells that a message names."""


@dataclass(frozen=True)
class Samples:
    """Values by level.

    Attributes
    ----------
    response, factor, block : str
        Columns they come from; ``block`` is None for independent samples.
    levels : tuple
        Values of the factor: numbers in order, texts in natural order, categories in theirs.
    values : tuple of (n,) float64
        Per level; with blocks all of one length, in the order of ``blocks``.
    blocks : tuple
        Values of the block column; empty for independent samples.
    replicates : (int, int)
        Fewest and most rows behind one cell of block and level; (1, 1) for independent samples.
    dropped : int
        Rows left out because response, factor or block is missing.
    incomplete : tuple
        Blocks left out because cells are missing.
    unit : str
        Of the response, as ``frame.attrs["units"]`` tells it; empty if it is not known.
    """

    response: str
    factor: str
    block: str | None
    levels: tuple[Hashable, ...]
    values: tuple[NDArray[np.float64], ...]
    blocks: tuple[Hashable, ...] = ()
    replicates: tuple[int, int] = (1, 1)
    dropped: int = 0
    incomplete: tuple[Hashable, ...] = ()
    unit: str = ""

    @property
    def matrix(self) -> NDArray[np.float64]:
        """(blocks, levels) float64; only with blocks."""
        return np.column_stack(self.values)

    @property
    def constant(self) -> bool:
        """Whether all values of all levels are one and the same."""
        pooled = np.concatenate(self.values)
        return bool(np.all(pooled == pooled[0]))


def gather(
    frame: pd.DataFrame, response: str, factor: str, block: str | None = None, drop_incomplete: bool = False
) -> Samples:
    """Take samples out of a tidy frame.

    With blocks, several rows of one block and level become their median.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per observation.
    response, factor, block : str
        Columns.
    drop_incomplete : bool
        Leave out blocks in which a level has no value, rather than refuse.

    Raises
    ------
    InputError
        A column is absent or not numeric, fewer than two levels or three blocks are left, or cells are missing.
    """
    names = [name for name in (response, factor, block) if name is not None]
    for name in names:
        if name not in frame.columns:
            raise InputError(f"no column {name!r}; there are: {', '.join(map(str, frame.columns))}")
    if len(set(names)) < len(names):
        raise InputError(f"response, factor and block must be different columns; given: {', '.join(names)}")
    kept = frame[names].dropna()
    dropped = len(frame) - len(kept)
    if kept.empty:
        raise InputError(f"no row has {' and '.join(names)}; nothing to compare")
    kept = kept.assign(**{response: numbers(kept[response])})
    levels = ordered(kept[factor])
    if len(levels) < 2:
        raise InputError(f"{factor} has one level only, {levels[0]}; a comparison needs two or more")
    if block is None:
        by_level = tuple(kept.loc[kept[factor] == level, response].to_numpy(dtype=float) for level in levels)
        if all(len(values) == 1 for values in by_level):
            raise InputError(
                f"each level of {factor} has one value of {response}; repeat the runs or name a block column"
            )
        found = Samples(response, factor, None, levels, by_level, dropped=dropped)
    else:
        found = _blocked(kept, response, factor, block, levels, dropped, drop_incomplete)
    return replace(found, unit=frame.attrs.get("units", {}).get(response, ""))


def level_of(samples: Samples, name: Hashable) -> int:
    """Place of a level, given itself or as text; InputError where there is none."""
    for place, level in enumerate(samples.levels):
        if name == level or str(name) in (str(level), f"{level:g}" if isinstance(level, float) else ""):
            return place
    known = ", ".join(f"{level:g}" if isinstance(level, float) else str(level) for level in samples.levels)
    raise InputError(f"{samples.factor} has no level {name}; there are: {known}")


def numbers(column: pd.Series) -> pd.Series:
    """Column as float64; InputError when it holds something that is not a finite number."""
    try:
        values = column.astype(float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{column.name} is not a number everywhere, e.g. {column.iloc[0]!r}") from error
    if not np.isfinite(values).all():
        raise InputError(f"{column.name} holds infinite values; leave them out first")
    return values


def _blocked(
    kept: pd.DataFrame,
    response: str,
    factor: str,
    block: str,
    levels: tuple[Hashable, ...],
    dropped: int,
    drop_incomplete: bool,
) -> Samples:
    grouped = kept.groupby([block, factor], observed=True)[response]
    table = grouped.median().unstack(factor).reindex(index=list(ordered(kept[block])), columns=list(levels))
    counts = grouped.size()
    gaps = table.isna()
    incomplete = tuple(table.index[gaps.any(axis=1)])
    if incomplete and not drop_incomplete:
        cells = [f"{row} at {column}" for row, column in gaps.stack()[lambda missing: missing].index]
        more = f" and {len(cells) - _NAMED} more" if len(cells) > _NAMED else ""
        raise InputError(
            f"{counted(len(cells), 'cell')} of {block} by {factor} without {response}: "
            f"{', '.join(cells[:_NAMED])}{more}; "
            f"make these runs, or leave out {counted(len(incomplete), 'incomplete block')} (--drop-incomplete)"
        )
    table = table.dropna()
    if len(table) < FEWEST_BLOCKS:
        left = f" left without {counted(len(incomplete), 'incomplete one')}" if incomplete else ""
        raise InputError(
            f"{counted(len(table), 'block')} of {block}{left}; a comparison within blocks needs {FEWEST_BLOCKS} or more"
        )
    counts = counts[counts.index.get_level_values(0).isin(table.index)]
    return Samples(
        response, factor, block, levels, tuple(table[level].to_numpy(dtype=float) for level in levels),
        tuple(table.index), (int(counts.min()), int(counts.max())), dropped, incomplete,
    )  # fmt: skip


def ordered(column: pd.Series) -> tuple[Hashable, ...]:
    """Values of a column: numbers by size, texts in natural order, categories in their own order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        present = set(column.unique())
        return tuple(level for level in column.cat.categories if level in present)
    unique = list(column.unique())
    if all(isinstance(value, str) for value in unique):
        return tuple(natural(unique))
    try:
        return tuple(sorted(unique))
    except TypeError:  # numbers beside texts
        return tuple(sorted(unique, key=str))
