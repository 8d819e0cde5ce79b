"""Stored runs: one directory per run is the truth."""

from cgplab.store.columns import COLUMN_BY_NAME, RUN_COLUMNS, Column
from cgplab.store.history import Snapshot
from cgplab.store.manifest import Manifest
from cgplab.store.run import Run, RunRemovedError, RunTakenError
from cgplab.store.states import State
from cgplab.store.status import Status
from cgplab.store.store import Store, Table
from cgplab.store.verify import Damage
from cgplab.store.watch import RunSigns, RunWatch

__all__ = [
    "COLUMN_BY_NAME",
    "RUN_COLUMNS",
    "Column",
    "Damage",
    "Manifest",
    "Run",
    "RunRemovedError",
    "RunSigns",
    "RunTakenError",
    "RunWatch",
    "Snapshot",
    "State",
    "Status",
    "Store",
    "Table",
]
