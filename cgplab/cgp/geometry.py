"""The grid of a circuit and which pins each column may read."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.numbers import shortened, whole_number

MAX_GENES = 2**24
"""Genes of a circuit: 64 MiB, a thousand times the largest grid of the original study (500 x 30 gates)."""
MOST_BACK = 2**31 - 1
"""``l_back`` of users who want no limit."""


@dataclass(frozen=True)
class Geometry:
    """Inputs, outputs and grid of a circuit.

    Pins are numbered: the inputs first, then the gates column by column. A gate in column c reads gates
    of the ``l_back`` columns before it and, if ``l_back > c``, also the inputs. Outputs read as if they
    stood in column ``cols``: they reach an input only when ``l_back > cols``.

    Parameters
    ----------
    n_inputs, n_outputs : int
        Both at least 1.
    rows, cols : int
        Gates per column, and columns; both at least 1.
    l_back : int
        At least 1; values above ``cols + 1`` mean the same as ``cols + 1``.
    arity : int
        Pins of a gate, at least 2. More than two serve only ``mux`` over that many vectors.

    Raises
    ------
    InputError
        A size is out of range, or the circuit would have more than :data:`MAX_GENES` genes or inputs.
    """

    n_inputs: int
    n_outputs: int
    rows: int
    cols: int
    l_back: int
    arity: int = 2

    def __post_init__(self) -> None:
        for name, least in (
            ("n_inputs", 1),
            ("n_outputs", 1),
            ("rows", 1),
            ("cols", 1),
            ("l_back", 1),
            ("arity", 2),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
                raise InputError(f"{name} must be a whole number of at least {least}, not {value!r}")
            if value < least:
                raise InputError(f"{name} must be at least {least}, not {shortened(str(value))}")
            if value > MAX_GENES and name != "l_back":
                raise InputError(f"{name} must be at most {MAX_GENES}, not {shortened(str(value))}")
            object.__setattr__(self, name, int(value))
        if self.l_back > MOST_BACK:
            raise InputError(f"l_back must be at most {MOST_BACK}, not {shortened(str(self.l_back))}")
        if self.n_pins > MAX_GENES or self.n_genes > MAX_GENES:
            raise InputError(
                f"a grid of {self.rows}x{self.cols} has too many genes, {self.n_genes:,} with those of the outputs; "
                f"the limit is {MAX_GENES:,}"
            )

    @classmethod
    def from_grid(cls, grid: str, n_inputs: int, n_outputs: int, l_back: int | None = None) -> Self:
        """Geometry from a grid written ``ROWSxCOLS``; ``l_back`` defaults to ``cols + 1`` (no limit)."""
        rows, cols = parse_grid(grid)
        return cls(n_inputs, n_outputs, rows, cols, cols + 1 if l_back is None else l_back)

    @property
    def n_gates(self) -> int:
        """Gates of the grid."""
        return self.rows * self.cols

    @property
    def n_pins(self) -> int:
        """Pins that can be read: inputs and gates."""
        return self.n_inputs + self.rows * self.cols

    @property
    def n_genes(self) -> int:
        """Genes of a genome: pins and function of every gate, then one pin per output."""
        return self.rows * self.cols * (self.arity + 1) + self.n_outputs

    @cached_property
    def _pin_ranges(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        column = np.arange(self.cols + 1)
        first = np.maximum(column - self.l_back, -1)
        low = np.where(first < 0, 0, self.n_inputs + first * self.rows)
        high = self.n_inputs + column * self.rows
        low.flags.writeable = high.flags.writeable = False
        return low, high

    @property
    def pin_low(self) -> NDArray[np.int64]:
        """First legal pin of each column, (cols + 1,) int64; the last entry is for the outputs."""
        return self._pin_ranges[0]

    @property
    def pin_high(self) -> NDArray[np.int64]:
        """One past the last legal pin of each column, (cols + 1,) int64; the last entry is for the outputs."""
        return self._pin_ranges[1]

    def with_(self, **changes: int) -> Self:
        """Copy with some sizes changed."""
        return replace(self, **changes)


def parse_grid(grid: str) -> tuple[int, int]:
    """Rows and columns of a grid written ``ROWSxCOLS``, e.g. ``50x10``.

    Raises
    ------
    InputError
        The text is not of this form.
    """
    rows, cross, cols = grid.lower().partition("x")
    if not (cross and rows.strip().isdecimal() and cols.strip().isdecimal()):
        raise InputError(f"grid {shortened(grid)!r} is not ROWSxCOLS with whole numbers of at least 1, e.g. 50x10")
    what = f"grid {shortened(grid)!r}: {{}}"
    return (
        whole_number(rows, what.format("rows"), 1, MAX_GENES),
        whole_number(cols, what.format("columns"), 1, MAX_GENES),
    )
