"""The original program's gate-cost file: ``gate_parameters.txt``.

One line per function: quantized energy, energy, area, quantized delay, delay. The functions follow one another
by id, 0 to 26, then the four sizes of ``mux`` and the four of ``demux``; wires (``id``) have no line. Energy is
power x delay in pJ, area um2, delay ns. The quantized columns serve the original's integer arithmetic::

    q(v) = floor((v - min) / (max - min) * (2^64 - 2))

with ``min`` and ``max`` the smallest and largest value of the column, both multiplied by the number of gates
(energy) or of columns (delay) of the grid, so that no sum can overflow. ``min`` is always 0: wires are free.
"""

from decimal import Decimal
from fractions import Fraction

from cgplab.cgp.costs import SELECTOR_WIDTHS, CostTable, GateCost
from cgplab.cgp.operators import OPERATORS
from cgplab.errors import InputError
from cgplab.numbers import decimal_number, shortened, whole_number

LARGEST = 2**64 - 2

PLAIN_ENTRIES: tuple[str, ...] = tuple(o.name for o in OPERATORS if o.id <= 26)
FILE_ENTRIES: tuple[str, ...] = PLAIN_ENTRIES + tuple(
    f"{kind}_{width}to1" for kind in ("mux", "demux") for width in SELECTOR_WIDTHS
)
"""Operator of each line; a file without multiplexers ends after the first 27."""


def to_quantized_text(costs: CostTable, rows: int, cols: int) -> str:
    """Cost table as the original reads it, for a grid of ``rows`` x ``cols``.

    Parameters
    ----------
    costs : CostTable
    rows, cols : int
        Grid the costs are quantized for.

    Raises
    ------
    InputError
        The table lacks a multiplexer of some size but not of all.
    """
    entries = FILE_ENTRIES if costs.has("mux") or costs.has("demux") else PLAIN_ENTRIES
    gate_costs = [_cost(costs, entry) for entry in entries]
    energy = quantize([cost.energy for cost in gate_costs], rows * cols)
    delay = quantize([cost.delay for cost in gate_costs], cols)
    return "".join(
        f"{q_energy} {cost.energy!r} {cost.area!r} {q_delay} {cost.delay!r}\n"
        for q_energy, cost, q_delay in zip(energy, gate_costs, delay, strict=True)
    )


def quantize(values: list[float], most: int) -> list[int]:
    """Quantized values of a column, of which at most ``most`` are ever added up; exact for float64 values."""
    top = Fraction(max(values) * most)
    return [int(Fraction(value) / top * LARGEST) if top else 0 for value in values]


def from_quantized_text(text: str, name: str) -> CostTable:
    """Cost table from the original's file; the quantized columns follow from the others and are only checked.

    Parameters
    ----------
    text : str
        27 lines, or 35 with the multiplexers.
    name : str
        Name for the table.

    Raises
    ------
    InputError
        The text is not of this form.
    """
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if len(lines) not in (len(PLAIN_ENTRIES), len(FILE_ENTRIES)):
        raise InputError(
            f"cost file {name!r} has {len(lines)} lines; the original's format has "
            f"{len(PLAIN_ENTRIES)}, or {len(FILE_ENTRIES)} with multiplexers"
        )
    mapping = {}
    for number, (entry, fields) in enumerate(zip(FILE_ENTRIES, lines, strict=False), start=1):
        if len(fields) != 5 or not (fields[0].isdecimal() and fields[3].isdecimal()):
            raise InputError(
                f"cost file {name!r}, line {number}: expected quantized energy, energy, area, quantized delay and "
                f"delay of {entry}, not {shortened(' '.join(fields))!r}"
            )
        mapping[entry] = {"energy": fields[1], "area": fields[2], "delay": fields[4]}
    costs = CostTable.from_mapping(mapping, name)  # type: ignore[arg-type]
    for what, column in (("energy", 0), ("delay", 3)):
        pairs = []
        for number, (fields, real) in enumerate(zip(lines, mapping.values(), strict=True), start=1):
            place = f"cost file {name!r}, line {number}: "
            quantum = whole_number(fields[column], f"{place}quantized {what}", 0, LARGEST)
            pairs.append((quantum, decimal_number(real[what], f"{place}{what}")))
        _check_proportional(name, what, pairs)
    return costs


def _cost(costs: CostTable, entry: str) -> GateCost:
    kind, _, size = entry.partition("_")  # a table may also cost all sizes alike
    return costs.cost(kind, int(size.removesuffix("to1"))) if kind in ("mux", "demux") else costs.cost(entry)


def _check_proportional(name: str, what: str, pairs: list[tuple[int, Decimal]]) -> None:
    """Refuse a file whose quantized column tells another story than its real one."""
    largest, most = max(pairs, key=lambda pair: pair[1])
    for line, (quantum, real) in enumerate(pairs, start=1):
        # Printed with 6 decimals by the original, so the real column may be off by half of the last.
        slack = Decimal("1e-6") * largest / most if most else Decimal(0)
        expected = real * largest / most if most else Decimal(0)
        if abs(quantum - expected) > slack + Decimal("1e-9") * largest:
            raise InputError(
                f"cost file {name!r}, line {line}: quantized {what} {quantum} does not fit {what} {real}; "
                "write the file again with one scale"
            )
