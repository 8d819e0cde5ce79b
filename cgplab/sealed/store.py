"""A sealed study as a store, read without unpacking."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgplab.errors import InputError
from cgplab.sealed.container import Container
from cgplab.sealed.content import Content
from cgplab.sealed.rows import NAMES
from cgplab.sealed.run import SealedRun
from cgplab.sealed.verify import damages
from cgplab.store import Damage, Run, Store, Table
from cgplab.store.baselines import BaselineKey, Baselines
from cgplab.store.remedies import only_to_be_read
from cgplab.store.row import accuracies_of
from cgplab.store.sensitivity import SensitivityTable

if TYPE_CHECKING:
    import pandas as pd


class SealedStore(Store):
    """Runs of a sealed study; any change raises InputError, which names the way to a copy that can be changed.

    The file stays open, so that all that is read is of one file even if another takes its place meanwhile.

    Parameters
    ----------
    root : Path
        The file.

    Raises
    ------
    InputError
        The file is missing, not a sealed study, truncated or altered, or of a newer version.
    """

    changes = False

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.content = Content(Container(root))

    @property
    def study_text(self) -> str:
        """Text of the study, TOML."""
        return self.content.study_text

    def exists(self) -> bool:
        """True: it was opened."""
        return True

    def is_free(self) -> bool:
        """False: it is never free for a new store."""
        return False

    @property
    def runs_directory(self) -> Path:
        """There is none; InputError."""
        raise InputError(only_to_be_read(self.root))

    def check_writable(self) -> None:
        """Raise InputError: it cannot be written."""
        raise InputError(only_to_be_read(self.root))

    def runs(self) -> Iterator[Run]:
        """All runs, oldest first."""
        for name in self.content.ids:
            yield SealedRun(self.content, name)

    def run(self, name: str) -> Run:
        """Run of exactly this id, whether or not it is there."""
        return SealedRun(self.content, name)

    def table(self, dataset: str | None = None) -> Table:
        """Rows of all runs, oldest first; see :meth:`cgplab.store.Store.table`."""
        rows = self._rows
        if dataset is not None:
            metrics = (self.content.documents.metrics(row) for row in range(len(rows)))
            rows = [{**row, **accuracies_of(found, dataset)} for row, found in zip(rows, metrics, strict=True)]
        return Table(list(self.runs()), [*rows], {})

    def frame(self) -> "pd.DataFrame":
        """The same rows as a table with the columns of :data:`cgplab.store.RUN_COLUMNS`; quicker for many runs."""
        import pandas as pd

        return pd.DataFrame({name: self.content.columns[name] for name in NAMES})

    def reindex(self) -> Table:
        """It has no index; InputError."""
        raise InputError(only_to_be_read(self.root))

    def delete(self, run: Run) -> None:
        """Nothing can be deleted; InputError."""
        raise InputError(only_to_be_read(self.root))

    def verify(self) -> list[Damage]:
        """Every damaged member, and every run that does not fit together."""
        return list(damages(self.content))

    def sensitivity_tables(self) -> Iterator[SensitivityTable]:
        """Tables of sensitivity of the runs' models."""
        return iter(self.content.tables[0])

    def baselines(self, key: BaselineKey) -> dict[str, tuple[float, float]]:
        """Accuracies by scheme: top-1 in per cent and loss in percentage points; empty if not measured."""
        return self._baselines.get(key, {})

    def all_baselines(self) -> Iterator[Baselines]:
        """Accuracies of baselines of the runs' models."""
        return iter(self.content.tables[1])

    @cached_property
    def _baselines(self) -> dict[BaselineKey, dict[str, tuple[float, float]]]:
        return {found["key"]: found["accuracies"] for found in self.content.tables[1]}

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        columns = self.content.columns
        return [dict(zip(NAMES, row, strict=True)) for row in zip(*(columns[name] for name in NAMES), strict=True)]
