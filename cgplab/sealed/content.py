"""What a sealed study holds, each part read when it is first asked for."""

from collections.abc import Sized
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from cgplab.errors import InputError
from cgplab.sealed import circuits
from cgplab.sealed.carried import SealedCarried
from cgplab.sealed.circuit_rows import SealedCircuits
from cgplab.sealed.container import Container
from cgplab.sealed.documents import Documents
from cgplab.sealed.model_tables import unpack_tables
from cgplab.sealed.parquet import Rows
from cgplab.sealed.progress import SealedProgress
from cgplab.sealed.rows import IMAGES, ROWS_OF_PROGRESS, unpack_rows
from cgplab.sealed.weights import SealedWeights
from cgplab.store.baselines import Baselines
from cgplab.store.row import accuracies_of
from cgplab.store.sensitivity import SensitivityTable

STUDY = "study.toml"
RUNS = "runs.parquet"
DOCUMENTS = "documents.parquet"
PROGRESS = "progress.parquet"
CIRCUITS = "circuits.parquet"
PLACES = "places.parquet"
HISTORIES = "histories.parquet"
WEIGHTS = "weights.parquet"
CARRIED = "carried.parquet"
TABLES = "tables.parquet"
MOST_STUDY_BYTES = 1 << 20
T = TypeVar("T", bound=Sized)


class Content:
    """Parts of a sealed study; runs are told by their row. InputError where the part asked for is damaged.

    Parameters
    ----------
    container : Container
    """

    def __init__(self, container: Container) -> None:
        self.container = container

    @cached_property
    def study_text(self) -> str:
        """Text of the study."""
        data = self.container.read(STUDY)
        if len(data) > MOST_STUDY_BYTES:
            raise InputError(f"{self.container.where(STUDY)} has {len(data):,} bytes; {MOST_STUDY_BYTES:,} are allowed")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{self.container.where(STUDY)} is damaged: it is not UTF-8") from error

    @cached_property
    def columns(self) -> dict[str, list[Any]]:
        """Columns of the table of runs."""
        columns = unpack_rows(self.container.read(RUNS), self.container.where(RUNS))
        if IMAGES not in columns:
            documents = Documents(self.container.read(DOCUMENTS), self.container.where(DOCUMENTS))
            columns[IMAGES] = [
                accuracies_of(documents.metrics(row), dataset)[IMAGES] if dataset is not None else None
                for row, dataset in enumerate(columns["dataset"])
            ]
        return columns

    @cached_property
    def ids(self) -> list[str]:
        """Runs, oldest first."""
        return self.columns["id"]

    @cached_property
    def places(self) -> dict[str, int]:
        """Row of each run."""
        return {name: row for row, name in enumerate(self.ids)}

    @cached_property
    def documents(self) -> Documents:
        """What was asked for, where the runs stand, what was measured and noted."""
        return self._of_each_run(Documents(self.container.read(DOCUMENTS), self.container.where(DOCUMENTS)), DOCUMENTS)

    @cached_property
    def progress(self) -> SealedProgress:
        """Rows of progress."""
        counts = np.array(self.columns[ROWS_OF_PROGRESS], dtype=np.int64)
        return SealedProgress(self.container.read(PROGRESS), self.ids, counts, self.container.where(PROGRESS))

    @cached_property
    def circuits(self) -> SealedCircuits:
        """Best circuits and histories."""
        schemas = {CIRCUITS: circuits.CIRCUITS, PLACES: circuits.PLACES, HISTORIES: circuits.HISTORIES}
        found = (Rows(self.container.read(name), each, self.container.where(name)) for name, each in schemas.items())
        return self._of_each_run(SealedCircuits(*found), CIRCUITS)

    @cached_property
    def weights(self) -> SealedWeights:
        """Inferred weights."""
        return self._of_each_run(SealedWeights(self.container.read(WEIGHTS), self.container.where(WEIGHTS)), WEIGHTS)

    @cached_property
    def carried(self) -> SealedCarried:
        """Problems and cost tables that runs carry."""
        return SealedCarried(self.container.read(CARRIED), len(self.ids), self.container.where(CARRIED))

    @cached_property
    def tables(self) -> tuple[list[SensitivityTable], list[Baselines]]:
        """Tables of the runs' models."""
        return unpack_tables(self.container.read(TABLES), self.container.where(TABLES))

    def _of_each_run(self, part: T, name: str) -> T:
        if len(part) != len(self.ids):
            raise InputError(
                f"{self.container.where(name)} is damaged: it has {len(part)} rows for {len(self.ids)} runs"
            )
        return part
