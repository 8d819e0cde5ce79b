"""Every frame by name over the same runs, each made when it is first asked for."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from cgplab.analysis.accuracies import accuracies
from cgplab.analysis.filtering import where
from cgplab.analysis.gates import gate_usage
from cgplab.analysis.progress import progress
from cgplab.analysis.runs import readable, select_rows, table_of
from cgplab.analysis.sensitivity import sensitivity_frame
from cgplab.analysis.synthesis import synthesis
from cgplab.store import Run, Store

if TYPE_CHECKING:
    import pandas as pd

_BY_RUNS: dict[str, Callable[[Iterable[Run]], "pd.DataFrame"]] = {
    "progress": progress,
    "accuracies": accuracies,
    "gate_usage": gate_usage,
    "synthesis": synthesis,
}


class Frames:
    """Frames over the runs of stores.

    Parameters
    ----------
    stores, batch
        See :func:`cgplab.analysis.select_runs`.
    conditions : sequence of str
        See :func:`cgplab.analysis.where`.

    Examples
    --------
    >>> frames = Frames(Store.open(), "last")  # doctest: +SKIP
    >>> frames["progress"]  # doctest: +SKIP
    """

    def __init__(
        self, stores: Store | Iterable[Store], batch: str | None = None, conditions: Sequence[str] = ()
    ) -> None:
        self._stores = [stores] if isinstance(stores, Store) else list(stores)
        self._conditions = [condition for condition in conditions if condition.startswith("model=")]
        found = readable(select_rows(self._stores, batch))
        table = where(table_of(found.rows), conditions)
        chosen = set(table["id"])
        self._runs = [run for run in found.runs if run.id in chosen]
        self._made: dict[str, pd.DataFrame] = {"runs": table}

    def __getitem__(self, name: str) -> "pd.DataFrame":
        """Frame by its name in :data:`cgplab.analysis.FRAMES`."""
        if name not in self._made:
            # How sensitive a model is was measured without any run.
            self._made[name] = (
                where(sensitivity_frame(self._stores), self._conditions)
                if name == "sensitivity"
                else _BY_RUNS[name](self._runs)
            )
        return self._made[name]
