"""Runs one by one, those whose files are damaged left out with a warning."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from cgplab.errors import InputError
from cgplab.store import Run

T = TypeVar("T")


def each_sound(runs: Iterable[Run], read: Callable[[Run], T]) -> Iterator[tuple[Run, T]]:
    """Runs and what was read of them.

    Parameters
    ----------
    runs : iterable of Run
    read : callable
        Reads files of a run; InputError where one is damaged.
    """
    for run in runs:
        try:
            found = read(run)
        except InputError as error:
            left_out(run, error)
        else:
            yield run, found


def left_out(run: Run, error: InputError | str) -> None:
    """Warn that a run is left out."""
    warnings.warn(f"run {run.id} left out: {error}", stacklevel=3)
