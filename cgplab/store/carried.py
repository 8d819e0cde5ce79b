"""What a run carries along when no shipped model or cost table can give it again."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from cgplab.cgp import CostTable, Problem
from cgplab.errors import InputError
from cgplab.files import write_atomic, write_npz
from cgplab.hardware import load_costs
from cgplab.hardware.tables import COLUMNS, to_csv
from cgplab.schema import NUMBERS, ArraySchema, read_arrays
from cgplab.store.checksums import check_sealed
from cgplab.store.names import COSTS, PROBLEM

if TYPE_CHECKING:
    from cgplab.store.run import Run

PROBLEM_ARRAYS = {
    "inputs": ArraySchema("i", 2),
    "targets": ArraySchema("i", 2),
    "mask": ArraySchema("b", 2),
    "weights": ArraySchema(NUMBERS, 2),
}
"""Schema of the file of a problem."""


def write_problem(run: "Run", problem: Problem) -> None:
    """Store a run's problem with it."""
    write_npz(run.directory / PROBLEM, problem_arrays(problem))


def problem_arrays(problem: Problem) -> dict[str, NDArray[Any]]:
    """Arrays that :func:`problem_of` makes a problem of."""
    assert problem.mask is not None
    assert problem.weights is not None
    return {"inputs": problem.inputs, "targets": problem.targets, "mask": problem.mask, "weights": problem.weights}


def problem_of(arrays: Mapping[str, NDArray[Any]], where: Path | str) -> Problem:
    """Problem of the arrays of a file; InputError, which names the file, where they hold none."""
    try:
        return Problem(arrays["inputs"], arrays["targets"], mask=arrays["mask"], weights=arrays["weights"])
    except (ValueError, OverflowError) as error:
        raise InputError(f"{where} does not hold a problem ({error}); import the run again") from error


def read_problem(directory: Path) -> Problem | None:
    """Problem stored in a run's directory; None where there is none, InputError where it is damaged."""
    path = directory / PROBLEM
    return problem_of(read_arrays(path, PROBLEM_ARRAYS), path) if os.path.lexists(path) else None


def write_costs(run: "Run", costs: CostTable) -> None:
    """Store a run's cost table with it."""
    write_atomic(run.directory / COSTS, costs_text(costs).encode())


def costs_text(costs: CostTable) -> str:
    """Cost table as the text of a CSV file."""
    rows = [
        {"name": entry, **{column: getattr(costs.cost(entry), name) for name, column in COLUMNS.items()}}
        for entry in costs.quanta
    ]
    known = [{column: value for column, value in row.items() if value is not None} for row in rows]
    return to_csv(known)


def read_costs(directory: Path) -> CostTable | None:
    """Cost table stored in a run's directory; None where there is none, InputError where it is damaged."""
    path = directory / COSTS
    if not os.path.lexists(path):
        return None
    check_sealed(path)
    return load_costs(str(path))
