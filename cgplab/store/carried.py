"""What a run carries along when no shipped model or cost table can give it again."""

import os
from pathlib import Path

from cgplab.cgp import CostTable, Problem
from cgplab.errors import InputError
from cgplab.files import write_atomic, write_npz
from cgplab.hardware import load_costs
from cgplab.hardware.tables import COLUMNS, to_csv
from cgplab.schema import NUMBERS, ArraySchema, read_arrays
from cgplab.store.checksums import check_sealed
from cgplab.store.names import COSTS, PROBLEM
from cgplab.store.run import Run

PROBLEM_ARRAYS = {
    "inputs": ArraySchema("i", 2),
    "targets": ArraySchema("i", 2),
    "mask": ArraySchema("b", 2),
    "weights": ArraySchema(NUMBERS, 2),
}
"""Schema of the file of a problem."""


def write_problem(run: Run, problem: Problem) -> None:
    """Store a run's problem with it."""
    assert problem.mask is not None
    assert problem.weights is not None
    arrays = {"inputs": problem.inputs, "targets": problem.targets, "mask": problem.mask, "weights": problem.weights}
    write_npz(run.directory / PROBLEM, arrays)


def carried_problem(run: Run) -> Problem | None:
    """Problem stored with a run; None for runs whose model and selection give it.

    Raises
    ------
    InputError
        The file is damaged.
    """
    path = run.directory / PROBLEM
    if not os.path.lexists(path):
        return None
    arrays = read_arrays(path, PROBLEM_ARRAYS)
    try:
        return Problem(arrays["inputs"], arrays["targets"], mask=arrays["mask"], weights=arrays["weights"])
    except (ValueError, OverflowError) as error:
        raise InputError(f"{path} does not hold a problem ({error}); import the run again") from error


def write_costs(run: Run, costs: CostTable) -> None:
    """Store a run's cost table with it."""
    rows = [
        {"name": entry, **{column: getattr(costs.cost(entry), name) for name, column in COLUMNS.items()}}
        for entry in costs.quanta
    ]
    known = [{column: value for column, value in row.items() if value is not None} for row in rows]
    write_atomic(run.directory / COSTS, to_csv(known).encode())


def run_costs(run: Run) -> CostTable:
    """Cost table of a run: the one it carries, else the one its manifest names; InputError where it is damaged."""
    path: Path = run.directory / COSTS
    if not os.path.lexists(path):
        return load_costs(run.manifest.costs)
    check_sealed(path)
    return load_costs(str(path))
