"""``gate_parameters.txt``: what gates cost in an experiment, with the whole numbers that the original compared.

The format is that of :mod:`cgplab.hardware.quantized`, which makes a plain cost table of it. Here the file is read as
the original reads it: the quantized columns as they stand, and the multiplexers by its own order.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Self

from cgplab.cgp.costs import CostTable
from cgplab.cgp.operators import BY_ID, BY_NAME
from cgplab.errors import InputError
from cgplab.hardware.quantized import FILE_ENTRIES, LARGEST, PLAIN_ENTRIES
from cgplab.numbers import decimal_number
from cgplab.texts import read_text

LINE = ("quantized_energy", "energy", "area", "quantized_delay", "delay")
SELECTORS = FILE_ENTRIES[len(PLAIN_ENTRIES) :]


@dataclass(frozen=True)
class GateParameter:
    """One line of the file: exact real costs and the whole numbers that the original compares."""

    quantized_energy: int
    energy: Decimal
    area: Decimal
    quantized_delay: int
    delay: Decimal


@dataclass(frozen=True)
class GateParameters:
    """A gate parameter file.

    Attributes
    ----------
    lines : tuple of GateParameter
        27 operators in id order, then none or some multiplexers.
    """

    lines: tuple[GateParameter, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read ``gate_parameters.txt``.

        Raises
        ------
        InputError
            Absent, or a line is not five numbers of at least 0; the message names the line.
        """
        rows = [(number, row.split()) for number, row in enumerate(read_text(path).splitlines(), 1) if row.strip()]
        return cls.from_fields([(f"{path}, line {number}", fields) for number, fields in rows], str(path))

    @classmethod
    def read_csv(cls, path: Path) -> Self:
        """Read ``gate_parameters.csv``: the same values in columns of these names, operators in the same order.

        Raises
        ------
        InputError
            Absent, lacking a column, or with a value that is no number of at least 0.
        """
        try:
            rows = list(csv.DictReader(io.StringIO(read_text(path), newline="")))
        except csv.Error as error:
            raise InputError(f"cannot read {path}: {error}") from error
        lacking = [name for name in LINE if not rows or rows[0].get(name) is None]
        if lacking:
            raise InputError(f"{path} lacks the column {lacking[0]!r}; expected {', '.join(LINE)}")
        fields = [(f"{path}, line {n}", [row[name] or "" for name in LINE]) for n, row in enumerate(rows, 2)]
        return cls.from_fields(fields, str(path))

    @classmethod
    def from_fields(cls, rows: Sequence[tuple[str, Sequence[str]]], origin: str) -> Self:
        """Parameters from text fields; each row comes with the place that an error message names."""
        if len(rows) < len(PLAIN_ENTRIES):
            raise InputError(
                f"{origin} has {len(rows)} lines of gate parameters; the {len(PLAIN_ENTRIES)} operators need one each"
            )
        return cls(tuple(_parameter(place, fields) for place, fields in rows))

    def by_function(self, n_vectors: int = 1) -> dict[int, GateParameter]:
        """Parameters by function id, as the original reads them for a number of vectors.

        For several vectors it goes through 2 * ceil(log2(vectors)) lines after the plain operators, at most 8, taking
        them by turns for ``mux`` and ``demux``; the last pair counts. Two vectors therefore use the lines of
        ``mux_2to1`` and ``mux_4to1``, more use later pairs.
        """
        chosen = {BY_NAME[name].id: line for name, line in zip(PLAIN_ENTRIES, self.lines, strict=False)}
        chosen[100] = GateParameter(0, Decimal(0), Decimal(0), 0, Decimal(0))
        if n_vectors > 1:
            last = len(PLAIN_ENTRIES) + min(2 * (n_vectors - 1).bit_length(), len(SELECTORS))
            if len(self.lines) >= last:
                chosen[27], chosen[28] = self.lines[last - 2 : last]
        return chosen

    def cost_table(self, n_vectors: int = 1, name: str = "gate_parameters") -> CostTable:
        """Cost table with the real values, ``mux`` and ``demux`` as :meth:`by_function` chooses them."""
        return CostTable.from_mapping(
            {
                BY_ID[function].name: {"energy": line.energy, "area": line.area, "delay": line.delay}  # type: ignore[dict-item]
                for function, line in self.by_function(n_vectors).items()
            },
            name=name,
        )


def _parameter(place: str, fields: Sequence[str]) -> GateParameter:
    if len(fields) != len(LINE):
        raise InputError(f"{place}: expected {' '.join(LINE)}, found {len(fields)} values")
    values: dict[str, int | Decimal] = {}
    for name, text in zip(LINE, fields, strict=True):
        value = decimal_number(text, f"{place}: {name}")
        quantized = name.startswith("quantized")
        if value < 0 or (quantized and (value > LARGEST or value != int(value))):
            wanted = f"a whole number from 0 to {LARGEST}" if quantized else "a finite number of at least 0"
            raise InputError(f"{place}: {name} is {text}; it must be {wanted}")
        values[name] = int(value) if quantized else value
    return GateParameter(**values)  # type: ignore[arg-type]
