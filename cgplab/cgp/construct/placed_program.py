"""The integer program of a one-vector circuit whose gates stand in the columns of a given grid."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from cgplab.cgp.construct.placed_gates import Gate, Reach
from cgplab.cgp.construct.value_graph import VALUES
from cgplab.cgp.geometry import Geometry


@dataclass(frozen=True, eq=False)
class Program:
    """Minimise ``objective`` times x within ``low <= matrix x <= high``, x being 0 or 1.

    Attributes
    ----------
    objective : (n,) float64
        Of a variable per gate, then one per serving, in shares of ``unit``.
    unit : int
        Quanta.
    matrix : sparse (m, n) float64
    low, high : (m,) float64
    """

    objective: NDArray[np.float64]
    unit: int
    matrix: csr_matrix
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def placed_program(
    gates: list[Gate],
    servings: list[tuple[int, int, int]],
    inputs: list[int],
    budget: int,
    geometry: Geometry,
    most: int,
) -> Program:
    """Program whose solutions are the circuits of ``gates`` that fit the grid and cost at most ``most`` quanta.

    Variables: whether each gate is placed, and whether each serving is used. A gate needs one that makes what it
    reads; a column has room for ``rows`` gates; each target is served once, by an input that outputs reach or by a
    gate that they read, within the budget.

    Parameters
    ----------
    gates : list of Gate
    servings : list of (int, int, int)
        Target, value that may serve it, weighted error.
    inputs : list of int
        Values of the inputs that outputs read.
    budget : int
        Largest weighted error.
    geometry : Geometry
    most : int
    """
    reach, cols = Reach.of(geometry), geometry.cols
    rows: list[tuple[list[int], list[float], float, float]] = []
    placed: dict[tuple[int, int], list[int]] = {}
    for i, gate in enumerate(gates):
        placed.setdefault((gate.value, gate.column), []).append(i)
    n = len(gates) + len(servings)

    def read(values: Iterable[int], column: int) -> list[int]:
        """Gates that make one of the values and that a column, or with ``cols`` an output, reads."""
        columns = range(int(reach.first[column]), column)
        return [i for value in values for earlier in columns for i in placed.get((value, earlier), ())]

    for i, gate in enumerate(gates):
        if gate.origins:
            pins = read((value for value, _ in gate.origins), gate.column)
            rows.append(([*pins, i], [1.0] * len(pins) + [-1.0], 0, np.inf))
    for column in range(cols):
        here = [i for i, gate in enumerate(gates) if gate.column == column]
        rows.append((here, [1.0] * len(here), -np.inf, geometry.rows))
    for value in range(VALUES):
        copies = [i for column in range(cols) for i in placed.get((value, column), ())]
        if reach.whole and copies:
            # Everything reads all columns before it: a second gate of the same value would serve nothing.
            rows.append((copies, [1.0] * len(copies), -np.inf, 1))
    serving: dict[int, list[int]] = {}
    for i, (target, value, _) in enumerate(servings, len(gates)):
        serving.setdefault(target, []).append(i)
        if value not in inputs:
            copies = read([value], cols)
            rows.append(([*copies, i], [1.0] * len(copies) + [-1.0], 0, np.inf))
    rows.extend((each, [1.0] * len(each), 1, 1) for each in serving.values())
    if budget > 0:
        rows.append((list(range(len(gates), n)), [error / budget for *_, error in servings], -np.inf, 1))
    unit = max((gate.cost for gate in gates), default=0) or 1
    objective = np.zeros(n)
    objective[: len(gates)] = [gate.cost / unit for gate in gates]
    rows.append((list(range(len(gates))), objective[: len(gates)].tolist(), -np.inf, (most + 0.5) / unit))
    row_of = np.repeat(np.arange(len(rows)), [len(columns) for columns, *_ in rows])
    column_of = np.array([column for columns, *_ in rows for column in columns], dtype=np.int64)
    shares_of = np.array([share for _, shares, *_ in rows for share in shares])
    return Program(
        objective=objective,
        unit=unit,
        matrix=csr_matrix((shares_of, (row_of, column_of)), shape=(len(rows), n)),
        low=np.array([low for *_, low, _ in rows]),
        high=np.array([high for *_, high in rows]),
    )
