"""Every frame by name over the same runs, each made when it is first asked for."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cgplab.analysis.accuracies import accuracies
from cgplab.analysis.best import best, missing_weights
from cgplab.analysis.columns import FRAMES, names
from cgplab.analysis.filtering import where
from cgplab.analysis.frame_types import typed
from cgplab.analysis.gates import gate_usage
from cgplab.analysis.image_losses import image_losses
from cgplab.analysis.pareto import pareto
from cgplab.analysis.progress import progress
from cgplab.analysis.runs import readable, select_rows, table_of
from cgplab.analysis.sensitivity import sensitivity
from cgplab.analysis.stored_compression import stored_compression
from cgplab.analysis.synthesis import synthesis
from cgplab.errors import InputError
from cgplab.sealed import open_store
from cgplab.store import Run, Store, Table

if TYPE_CHECKING:
    import pandas as pd

_BY_RUNS: dict[str, Callable[[Iterable[Run]], "pd.DataFrame"]] = {
    "progress": progress,
    "accuracies": accuracies,
    "gate_usage": gate_usage,
    "synthesis": synthesis,
}
_BY_TABLE: dict[str, Callable[["pd.DataFrame"], "pd.DataFrame"]] = {
    "best": best,
    "missing_weights": missing_weights,
    "pareto": pareto,
}

_OF_FILES = (*_BY_RUNS, "compression", "image_losses")
Place = Store | str | Path
"""A store, or where one is."""
_OF_PROGRESS = {"searched": "seconds", "threshold": "threshold", "generations": "generation", "within": "within"}
"""Columns that the improvements of a run take from the table of runs."""


class Frames:
    """Frames over the runs of stores.

    Parameters
    ----------
    stores : Store, str, Path, or several of them
        Directories of stores, or files of sealed studies.
    batch : str, optional
        See :func:`cgplab.analysis.select_runs`.
    conditions : sequence of str
        See :func:`cgplab.analysis.where`.

    Attributes
    ----------
    runs : list of Run
        Oldest first.

    Examples
    --------
    >>> frames = Frames("runs.cgplab")  # doctest: +SKIP
    >>> frames["progress"]  # doctest: +SKIP
    """

    def __init__(
        self, stores: Place | Iterable[Place], batch: str | None = None, conditions: Sequence[str] = ()
    ) -> None:
        opened = _opened(stores)
        self._choose(readable(select_rows(opened, batch)), opened, conditions)

    @classmethod
    def over(cls, table: Table, stores: Store | Iterable[Store], conditions: Sequence[str] = ()) -> "Frames":
        """Frames over the runs of a table that was read from stores before, or those that meet conditions."""
        frames = cls.__new__(cls)
        frames._choose(table, [stores] if isinstance(stores, Store) else list(stores), conditions)
        return frames

    _whole: "Frames | None" = None

    def _choose(self, found: Table, stores: list[Store], conditions: Sequence[str]) -> None:
        table = where(table_of(found.rows), conditions)
        chosen = set(table["id"])
        self.runs = [run for run in found.runs if run.id in chosen]
        self._stores = stores
        self._conditions = conditions
        self._made: dict[str, pd.DataFrame] = {"runs": table}

    def subset(self, ids: Container[str]) -> "Frames":
        """Frames over some of the runs, without a further look at their stores.

        Frames that are made of each run's files are parts of those that exist already.
        """
        part = Frames.__new__(Frames)
        part._whole = self
        part.runs, part._stores, part._conditions = [run for run in self.runs if run.id in ids], self._stores, ()
        table = self._made["runs"]
        part._made = {"runs": table.loc[[name in ids for name in table["id"]]]}
        return part

    def __getitem__(self, name: str) -> "pd.DataFrame":
        """Frame by its name in :data:`cgplab.analysis.FRAMES`.

        Raises
        ------
        InputError
            No such frame, or one that is made by a function with arguments of its own.
        """
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> "pd.DataFrame":
        if self._whole is not None and name in _OF_FILES and name in self._whole._made:
            return _part(self._whole[name], set(self._made["runs"]["id"]))
        if name not in FRAMES:
            raise InputError(f"no frame {name!r}; there are: {', '.join(FRAMES)}")
        return typed(self._computed(name), FRAMES[name])

    def _computed(self, name: str) -> "pd.DataFrame":
        if name in _BY_RUNS:
            made = _as_named(_BY_RUNS[name](self.runs), self._made["runs"])
            return _told(made, self._made["runs"], _OF_PROGRESS if name == "progress" else {"within": "within"})
        if name in _BY_TABLE:
            return _BY_TABLE[name](self._made["runs"])
        if name == "image_losses":
            return image_losses(self._made["runs"], self.runs)
        if name == "compression":
            return stored_compression(self.runs, self._stores)
        if name == "sensitivity":
            # Measured without runs: of the conditions only those on its own columns can count.
            columns = names("sensitivity")
            return where(
                sensitivity(self._stores), [text for text in self._conditions if text.partition("=")[0] in columns]
            )
        raise InputError(f"frame {name!r} needs to be told what to look for; call cgplab.analysis.{name}")


def _opened(places: Place | Iterable[Place]) -> list[Store]:
    several = [places] if isinstance(places, Store | str | Path) else places
    return [each if isinstance(each, Store) else _opened_at(each) for each in several]


def _opened_at(place: str | Path) -> Store:
    if not Path(place).expanduser().exists():
        raise InputError(f"there is no store {place}; name the directory of one, or the file of a sealed study")
    return open_store(place)


def _as_named(frame: "pd.DataFrame", table: "pd.DataFrame") -> "pd.DataFrame":
    """Frame in which models and cost tables are called as in the table of runs: there a study calls them as it does."""
    for column in ("model", "costs"):
        if column in frame and "id" in frame:
            frame[column] = frame["id"].map(table.set_index("id")[column])
    return frame


def _told(frame: "pd.DataFrame", table: "pd.DataFrame", columns: Mapping[str, str]) -> "pd.DataFrame":
    """Frame with columns of the table of runs, which files of a single run do not tell; rows of no run have none."""
    import pandas as pd

    known = table.set_index("id")
    told = {}
    for column, source in columns.items():
        values = known[source].to_dict()
        # As objects, so that a kernel that there is not stays None.
        told[column] = pd.Series([values.get(name) for name in frame["id"]], frame.index, dtype=object).infer_objects()
    return frame.assign(**told)


def _part(frame: "pd.DataFrame", ids: set[str]) -> "pd.DataFrame":
    """Rows of some runs; rows of no run, which are baselines of a set of weights, stay with its runs."""
    own = frame["id"].isin(ids)
    if "scope" in frame:
        own |= frame["id"].isna() & frame["scope"].isin(frame.loc[own, "scope"])
    return frame[own].reset_index(drop=True)
