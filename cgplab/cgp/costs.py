"""What a gate costs in hardware, in exact integer quanta so that sums do not depend on their order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cgplab.cgp.operators import BY_NAME, CODED
from cgplab.errors import InputError
from cgplab.numbers import decimal_number

ENERGY_QUANTUM = Decimal("1e-12")
"""pJ per quantum of energy: every published value is a whole number of them."""
AREA_QUANTUM = Decimal("1e-6")
"""um2 per quantum of area."""
DELAY_QUANTUM = Decimal("1e-6")
"""ns per quantum of delay."""

REQUIRED: tuple[str, ...] = ("energy", "area", "delay")
QUANTA: dict[str, Decimal] = {
    "energy": ENERGY_QUANTUM,
    "area": AREA_QUANTUM,
    "delay": DELAY_QUANTUM,
    "energy_per_op": ENERGY_QUANTUM,
}
UNITS: dict[str, str] = {"energy": "pJ", "area": "um2", "delay": "ns", "energy_per_op": "pJ"}

SELECTOR_WIDTHS = (2, 4, 8, 16)
_SIZED = {f"{kind}_{width}to1": (kind, width) for kind in ("mux", "demux") for width in SELECTOR_WIDTHS}

# The largest cost a single gate may have: a grid of 10^5 such gates still sums without overflow.
_LARGEST_QUANTA = 2**63 // 10**5


@dataclass(frozen=True)
class GateCost:
    """Cost of one operator in real units.

    ``energy`` is power x delay in pJ, ``energy_per_op`` the energy of one operation in pJ (None where the
    table does not know it), ``area`` is in um2 and ``delay`` in ns.
    """

    energy: float
    area: float
    delay: float
    energy_per_op: float | None = None


@dataclass(frozen=True, eq=False)
class CostTable:
    """Energy, area and delay of every operator.

    Build one with :meth:`from_mapping` or :func:`cgplab.hardware.load_costs`.

    Attributes
    ----------
    name : str
        Name of the table.
    quanta : dict of str to dict of str to int
        For each entry (an operator, or ``mux_4to1`` and the like) its energy, area and delay in quanta.
    """

    name: str
    quanta: Mapping[str, Mapping[str, int]] = field(repr=False)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Mapping[str, float]], name: str = "custom") -> Self:
        """Table from real units.

        Parameters
        ----------
        mapping : {name: {"energy": pJ, "area": um2, "delay": ns, "energy_per_op": pJ}}
            ``energy_per_op`` may be left out; other keys are ignored.
            Names are those of the operators; multiplexers by size (``mux_2to1``, ..., ``demux_16to1``)
            or, for all sizes at once, ``mux`` and ``demux``. Operators left out cost nothing only if they
            are shifts, constants or wires; leaving out any other is an error.
        name : str
            Name of the table.

        Raises
        ------
        InputError
            Unknown or missing name, missing quantity, or a cost that is negative, not finite or too large.
        """
        known = {**dict.fromkeys(BY_NAME), **dict.fromkeys(_SIZED)}
        quanta: dict[str, dict[str, int]] = {}
        for entry, costs in mapping.items():
            if entry not in known:
                raise InputError(
                    f"cost table {name!r} names the unknown operator {entry!r}; allowed: {', '.join(known)}"
                )
            quanta[entry] = {
                quantity: _to_quanta(name, entry, quantity, costs)
                for quantity in QUANTA
                if quantity in REQUIRED or quantity in costs
            }
        missing = [operator for operator in BY_NAME if operator not in quanta and operator not in _OPTIONAL]
        if missing:
            raise InputError(f"cost table {name!r} lacks {', '.join(missing)}; give energy, area and delay of each")
        for operator in _FREE - quanta.keys():
            quanta[operator] = dict.fromkeys(QUANTA, 0)
        return cls(name, quanta)

    def _entry(self, operator: str, n_vectors: int) -> str | None:
        if operator in self.quanta:
            return operator
        for width in SELECTOR_WIDTHS:
            if n_vectors <= width and f"{operator}_{width}to1" in self.quanta:
                return f"{operator}_{width}to1"
        return None

    def has(self, operator: str, n_vectors: int = 1) -> bool:
        """Whether the table knows the operator for problems of ``n_vectors`` vectors."""
        return self._entry(operator, n_vectors) is not None

    def gives(self, quantity: str) -> bool:
        """Whether every operator of the table has this quantity."""
        return all(quantity in costs for costs in self.quanta.values())

    def cost(self, operator: str, n_vectors: int = 2) -> GateCost:
        """Cost of one operator in real units; ``mux`` and ``demux`` sized for ``n_vectors``.

        Raises
        ------
        InputError
            The table has no such entry.
        """
        entry = self._entry(operator, n_vectors)
        if entry is None:
            raise InputError(f"cost table {self.name!r} has no {operator} for {n_vectors} vectors; add {operator}_NtoM")
        return GateCost(**{quantity: to_real(value, quantity) for quantity, value in self.quanta[entry].items()})

    def column(self, quantity: str, n_vectors: int = 1) -> NDArray[np.int64]:
        """Quanta of one quantity by operator code.

        Parameters
        ----------
        quantity : {"energy", "area", "delay", "energy_per_op"}
        n_vectors : int
            Vectors of the problem; sizes ``mux`` and ``demux``.

        Returns
        -------
        (len(CODED),) int64; -1 where the table has no entry (``mux``, ``demux``)

        Raises
        ------
        InputError
            Some operator of the table lacks this quantity.
        """
        if quantity not in QUANTA:
            raise InputError(f"unknown cost {quantity!r}; allowed: {', '.join(QUANTA)}")
        lacking = [entry for entry, costs in self.quanta.items() if quantity not in costs]
        if lacking:
            raise InputError(f"cost table {self.name!r} gives no {quantity} for {', '.join(lacking)}")
        column = np.full(len(CODED), -1, dtype=np.int64)
        for code, operator in enumerate(CODED):
            entry = self._entry(operator.name, n_vectors)
            if entry is not None:
                column[code] = self.quanta[entry][quantity]
        return column

    @property
    def sha256(self) -> str:
        """Hash over all entries: two tables with the same costs have the same hash."""
        text = "\n".join(
            f"{entry} {' '.join(f'{key}={costs[key]}' for key in QUANTA if key in costs)}"
            for entry, costs in sorted(self.quanta.items())
        )
        return sha256(text.encode()).hexdigest()


def to_real(quanta: int, quantity: str) -> float:
    """Real value (pJ, um2, ns) of a number of quanta, correctly rounded."""
    return float(int(quanta) * QUANTA[quantity])


_FREE = {
    "quarter", "half", "double", "r_shift_3", "r_shift_4", "r_shift_5", "l_shift_2", "l_shift_3", "l_shift_4",
    "l_shift_5", "one_const", "minus_one_const", "zero_const", "expected_value_min", "expected_value_max", "id",
}  # fmt: skip
_OPTIONAL = _FREE | {"mux", "demux"}


def _to_quanta(table: str, entry: str, quantity: str, costs: Mapping[str, float]) -> int:
    if quantity not in costs:
        raise InputError(f"cost table {table!r} gives no {quantity} for {entry}; give it in {UNITS[quantity]}")
    value = costs[quantity]
    number = decimal_number(str(value), f"cost table {table!r}: {quantity} of {entry}")
    if number.is_signed():
        raise InputError(f"cost table {table!r}: {quantity} of {entry} is {value}; it must be finite and at least 0")
    quanta = int((number / QUANTA[quantity]).to_integral_value())
    if quanta > _LARGEST_QUANTA:
        limit = float(_LARGEST_QUANTA * QUANTA[quantity])
        raise InputError(
            f"cost table {table!r}: {quantity} of {entry} is {value}; "
            f"sums would overflow above {limit:.4g} {UNITS[quantity]}"
        )
    return quanta
