"""Problems and cost tables of the runs that carry their own, see :mod:`cgplab.store.carried`."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from cgplab.cgp import CostTable, Problem
from cgplab.hardware.tables import costs_of_csv
from cgplab.schema import decode_arrays
from cgplab.sealed.parquet import Rows, column, parquet_bytes
from cgplab.sealed.weights import npz
from cgplab.store import Run
from cgplab.store.carried import PROBLEM_ARRAYS, costs_text, problem_arrays, problem_of
from cgplab.store.names import COSTS

SCHEMA = pa.schema([
    column("run", pa.int32()),
    column("problem", pa.binary(), optional=True),
    column("costs", pa.string(), optional=True),
])  # fmt: skip


def pack_carried(runs: Sequence[Run]) -> bytes:
    """Parquet of what runs carry, a row for each that carries something."""
    rows: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    for number, run in enumerate(runs):
        problem, costs = run.carried_problem(), run.carried_costs()
        if problem is not None or costs is not None:
            rows["run"].append(number)
            rows["problem"].append(None if problem is None else npz(problem_arrays(problem)))
            rows["costs"].append(None if costs is None else costs_text(costs))
    return parquet_bytes(SCHEMA, [rows])


class SealedCarried:
    """What runs carry, by their row; InputError where it is damaged."""

    def __init__(self, data: bytes, runs: int, where: str) -> None:
        self._rows, self._runs = Rows(data, SCHEMA, where), runs

    def problem(self, row: int) -> Problem | None:
        """Problem of a run, if it carries one."""
        data = self._found(row, "problem")
        if data is None:
            return None
        where = f"{self._rows.where} row {row}"
        return problem_of(decode_arrays(data, PROBLEM_ARRAYS, where), where)

    def costs(self, row: int) -> CostTable | None:
        """Cost table of a run, if it carries one."""
        text = self._found(row, "costs")
        # Called like the file of a run that has it beside it.
        return None if text is None else costs_of_csv(text, Path(f"{self._rows.where} row {row}") / COSTS)

    def _found(self, row: int, name: str) -> Any:
        number = self._numbers.get(row)
        return None if number is None else self._table.column(name)[number].as_py()

    @cached_property
    def _table(self) -> Any:
        return self._rows.all()

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return self._rows.by_run(self._runs)
