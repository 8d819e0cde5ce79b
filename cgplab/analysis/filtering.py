"""Rows of a table that meet conditions like ``strategy=0,5``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cgplab.errors import InputError
from cgplab.numbers import shortened

if TYPE_CHECKING:
    import pandas as pd


def where(table: "pd.DataFrame", conditions: Sequence[str]) -> "pd.DataFrame":
    """Rows that meet all conditions.

    Parameters
    ----------
    table : pandas.DataFrame
    conditions : sequence of str
        Each ``COLUMN=VALUE`` or ``COLUMN=VALUE,VALUE``; any of the values will do. Flags are yes or no.

    Raises
    ------
    InputError
        A condition is malformed, names no column, or no row meets it.
    """
    for condition in conditions:
        name, wanted = split_condition(condition, list(table.columns))
        column = table[name]
        # Some values hold a comma themselves: kernels, and paths of models.
        canonical = _flag if column.dtype == "boolean" else _canonical
        values = {canonical(text) for text in (wanted, *wanted.split(","))}
        kept = table.loc[[canonical(value) in values for value in column]]
        if kept.empty and not table.empty:
            found = sorted({canonical(value) for value in column.dropna()})
            shown = ", ".join(found[:8]) + (" …" if len(found) > 8 else "")
            raise InputError(f"no run with {condition}; {name} is one of: {shown or 'nothing'}")
        table = kept
    return table


def split_condition(condition: str, columns: Sequence[str]) -> tuple[str, str]:
    """Column and values of a condition; InputError where it is malformed or names none of the columns."""
    name, sign, wanted = condition.partition("=")
    if not sign or name not in columns:
        raise InputError(
            f"condition {shortened(condition)!r} must be COLUMN=VALUE[,VALUE] with a column of: {', '.join(columns)}"
        )
    return name, wanted


def _flag(value: object) -> str:
    """Yes or no, also for ``True`` and ``false``; other texts as they are."""
    text = str(value).strip().lower()
    return {"true": "yes", "false": "no"}.get(text, text)


def _canonical(value: object) -> str:
    """Text of a value in which 5, 5.0 and '5.00' agree."""
    text = str(value).strip()
    try:
        return f"{float(text):g}"
    except ValueError:
        return text
