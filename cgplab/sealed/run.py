"""A run in a sealed study: read like any other, never changed."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from time import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp import Circuit, CostTable, Problem
from cgplab.errors import InputError
from cgplab.sealed.content import Content
from cgplab.store import Manifest, Run, Snapshot, Status
from cgplab.store.circuit_arrays import layers_of
from cgplab.store.contents import Accuracy, Annotations
from cgplab.store.progress import NewRows, Row, SharedProgress
from cgplab.store.remedies import only_to_be_read


class SealedRun(Run):
    """A finished run of a sealed study.

    It has no directory: whatever would change its files raises InputError and says where runs can be changed.

    Parameters
    ----------
    content : Content
    name : str
        Id of the run.
    """

    def __init__(self, content: Content, name: str) -> None:
        self._content, self._id = content, name

    @property
    def _row(self) -> int:
        row = self._content.places.get(self._id)
        if row is None:
            raise InputError(f"no run {self._id} in {self._content.container.path}; see: cgplab runs list")
        return row

    @property
    def directory(self) -> Path:
        """There is none; InputError."""
        raise InputError(only_to_be_read(self._content.container.path))

    @property
    def place(self) -> str:
        """File that holds the run."""
        return str(self._content.container.path)

    @property
    def id(self) -> str:
        """Identifier of the run."""
        return self._id

    def is_there(self) -> bool:
        """Whether the study holds the run."""
        return self._id in self._content.places

    def is_held(self) -> bool:
        """No process carries it out."""
        return False

    def requested(self) -> str | None:
        """None: it takes no requests."""
        return None

    def signs(self) -> dict[str, tuple[int, int, int]] | None:
        """The same forever."""
        return {}

    def best_sign(self) -> tuple[int, int] | None:
        """The same forever."""
        return 0, 0

    @cached_property
    def manifest(self) -> Manifest:
        """What was asked for."""
        manifest = self._content.documents.manifest(self._row)
        if manifest.id != self._id:
            raise InputError(f"{self.place} is damaged: the manifest of run {self._id} is that of {manifest.id}")
        return manifest

    @property
    def status(self) -> Status:
        """Where the run stood when it was finished."""
        return self._content.documents.status(self._row)

    def observed(self, clock: Callable[[], float] = time) -> Status:
        """The same as :attr:`status`: nothing goes on in a sealed study."""
        return self.status

    def status_or_rebuilt(self) -> Status:
        """The same as :attr:`status`."""
        return self.status

    def events(self) -> list[dict[str, Any]]:
        """What happened, in order."""
        return self._content.documents.events(self._row)

    def progress(self) -> list[Row]:
        """Rows of all attempts in order."""
        return self._content.progress.rows(self._row)

    @property
    def shared_progress(self) -> SharedProgress | None:
        """Table with the rows of all runs of the study."""
        return self._content.progress

    def follow_progress(self) -> NewRows:
        """Reader that returns all rows at its first call, and no more."""
        return _Once(self)

    def best(self) -> Circuit:
        """Best circuit."""
        return self._content.circuits.best(self._row)

    def history(self) -> list[Snapshot]:
        """Some of the improvements of the best circuit, oldest first."""
        return self._content.circuits.history(self._row)

    def carried_problem(self) -> Problem | None:
        """Problem that the run carries; None where model and selection give it."""
        return self._content.carried.problem(self._row)

    def carried_costs(self) -> CostTable | None:
        """Cost table that the run carries; None where the manifest names one."""
        return self._content.carried.costs(self._row)

    def weights(self) -> dict[str, NDArray[np.int8]]:
        """Whole weight arrays by layer; InputError where they need a model that is not here or has changed."""
        return layers_of(self.weight_arrays())

    def weight_arrays(self) -> dict[str, NDArray[np.int8]]:
        """Outputs of the best circuit, and whole weight arrays; see :meth:`weights`."""
        return self._content.weights.arrays(self._row, self)

    def has_best(self) -> bool:
        """Every finished run has a best circuit."""
        return True

    def has_weights(self) -> bool:
        """Every finished run has weights."""
        return True

    def weight_layers(self) -> list[str]:
        """Layers whose weights the run infers."""
        return self._content.weights.layers(self._row)

    def metrics(self) -> dict[str, Accuracy]:
        """Accuracies by ``dataset/split``."""
        return self._content.documents.metrics(self._row)

    def synthesis(self) -> dict[str, Any]:
        """Estimates and syntheses by library."""
        return self._content.documents.synthesis(self._row)

    def annotations(self) -> Annotations:
        """Tags and note."""
        return self._content.documents.annotations(self._row)


class _Once:
    """Rows of a run that has ended, told once."""

    def __init__(self, run: SealedRun) -> None:
        self._run: SealedRun | None = run

    def new_rows(self) -> list[Row]:
        """All rows; none at later calls."""
        if self._run is None:
            return []
        rows, self._run = self._run.progress(), None
        return rows
