"""The operators a gate can apply: the only place that defines them.

Look-up tables, kernels, exports and documentation derive from :data:`OPERATORS`. All arithmetic wraps
modulo 256 in int8; right shifts are arithmetic (they keep the sign).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError

Int8Array = NDArray[np.int8]
WideArray = NDArray[np.int32]


@dataclass(frozen=True)
class Operator:
    """One operator of a gate.

    Attributes
    ----------
    id : int
        Number in the file format of the original program (0-28, 100).
    name : str
        Name in cost tables and statistics.
    arity : int
        Pins it reads: 0 (constants), 1 or 2; :data:`EVERY_PIN` for ``mux``.
    symbol : str
        Formula shown to people.
    formula : str or None
        What it computes, before wrapping to int8: at most one operation of Python's integers on ``a``, ``b``
        and constants. Look-up tables and every export derive from it. None for the two operators that also
        depend on which vector of the problem is evaluated (``mux``, ``demux``).
    """

    id: int
    name: str
    arity: int
    symbol: str
    formula: str | None

    @property
    def selects(self) -> bool:
        """Whether the result depends on the index of the problem's vector."""
        return self.formula is None

    @cached_property
    def apply(self) -> Callable[[WideArray, WideArray], WideArray | int]:
        """The formula as a function of int32 arrays, unwrapped; of a constant it gives a plain number."""
        assert self.formula is not None
        function: Callable[[WideArray, WideArray], WideArray | int] = eval(f"lambda a, b: {self.formula}")
        return function


EVERY_PIN = -1
"""Arity of ``mux``: it reads as many pins as a gate has."""


OPERATORS: tuple[Operator, ...] = (
    Operator(0, "reverse_max_a", 1, "127 − a", "127 - a"),
    Operator(1, "add", 2, "a + b", "a + b"),
    Operator(2, "sub", 2, "a − b", "a - b"),
    Operator(3, "mul", 2, "a × b", "a * b"),
    Operator(4, "neg", 1, "−a", "-a"),
    Operator(5, "reverse_min_b", 1, "−128 + a", "-128 + a"),
    Operator(6, "quarter", 1, "a ≫ 2", "a >> 2"),
    Operator(7, "half", 1, "a ≫ 1", "a >> 1"),
    Operator(8, "bit_and", 2, "a ∧ b", "a & b"),
    Operator(9, "bit_or", 2, "a ∨ b", "a | b"),
    Operator(10, "bit_xor", 2, "a ⊕ b", "a ^ b"),
    Operator(11, "bit_neg", 1, "¬a", "~a"),
    Operator(12, "double", 1, "a ≪ 1", "a << 1"),
    Operator(13, "bit_inc", 1, "a + 1", "a + 1"),
    Operator(14, "bit_dec", 1, "a − 1", "a - 1"),
    Operator(15, "r_shift_3", 1, "a ≫ 3", "a >> 3"),
    Operator(16, "r_shift_4", 1, "a ≫ 4", "a >> 4"),
    Operator(17, "r_shift_5", 1, "a ≫ 5", "a >> 5"),
    Operator(18, "l_shift_2", 1, "a ≪ 2", "a << 2"),
    Operator(19, "l_shift_3", 1, "a ≪ 3", "a << 3"),
    Operator(20, "l_shift_4", 1, "a ≪ 4", "a << 4"),
    Operator(21, "l_shift_5", 1, "a ≪ 5", "a << 5"),
    Operator(22, "one_const", 0, "1", "1"),
    Operator(23, "minus_one_const", 0, "−1", "-1"),
    Operator(24, "zero_const", 0, "0", "0"),
    Operator(25, "expected_value_min", 0, "−128", "-128"),
    Operator(26, "expected_value_max", 0, "127", "127"),
    Operator(27, "mux", EVERY_PIN, "pin[k]", None),
    Operator(28, "demux", 1, "a if k = 0 else 0", None),
    Operator(100, "id", 1, "a", "a"),
)

BY_ID: dict[int, Operator] = {operator.id: operator for operator in OPERATORS}
BY_NAME: dict[str, Operator] = {operator.name: operator for operator in OPERATORS}

# Kernels number the operators densely, those that need several vectors last: a one-vector problem then
# draws its functions from the first PLAIN_CODES codes.
CODED: tuple[Operator, ...] = (
    *(operator for operator in OPERATORS if not operator.selects),
    *(operator for operator in OPERATORS if operator.selects),
)
PLAIN_CODES: int = sum(not operator.selects for operator in OPERATORS)
CODE_OF_ID: dict[int, int] = {operator.id: code for code, operator in enumerate(CODED)}
ID_OF_CODE: NDArray[np.int32] = np.array([operator.id for operator in CODED], dtype=np.int32)


def operator_by_name(name: str) -> Operator:
    """Operator called ``name``.

    Raises
    ------
    InputError
        No operator has this name.
    """
    if name not in BY_NAME:
        raise InputError(f"unknown operator {name!r}; allowed: {', '.join(BY_NAME)}")
    return BY_NAME[name]


def apply_operator(operator: Operator, pins: list[Int8Array], select: int = 0) -> Int8Array:
    """Result of one operator, wrapped to int8.

    Parameters
    ----------
    operator : Operator
    pins : list of int8 arrays
        Values of the gate's pins, all of one shape; unread pins may be anything of that shape.
    select : int
        Index of the problem's vector, read by ``mux`` and ``demux`` only.

    Returns
    -------
    int8 array, shaped like a pin
    """
    if operator.name == "mux":
        return pins[select]
    if operator.name == "demux":
        return pins[0] if select == 0 else np.zeros_like(pins[0])
    second = pins[1] if len(pins) > 1 else pins[0]
    wide = operator.apply(pins[0].astype(np.int32), second.astype(np.int32))
    return np.broadcast_to(wide, pins[0].shape).astype(np.int8)


@cache
def lookup_tables() -> tuple[Int8Array, NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Tables that let a kernel apply any operator of one vector without a branch.

    Returns
    -------
    table : int8 (n,)
        All results; operator code f of bytes a, b stands at
        ``start[f] + a_byte + ((b_byte << 8) & mask[f])``, bytes being ``value & 255``.
    start : int64 (PLAIN_CODES,)
    mask : int64 (PLAIN_CODES,)
        0xFF00 for operators that read two pins, else 0.
    arity : uint8 (PLAIN_CODES,)
    """
    byte = np.arange(256)
    value = byte.astype(np.uint8).view(np.int8)
    parts: list[Int8Array] = []
    start = np.zeros(PLAIN_CODES, dtype=np.int64)
    mask = np.zeros(PLAIN_CODES, dtype=np.int64)
    offset = 0
    for code, operator in enumerate(CODED[:PLAIN_CODES]):
        start[code] = offset
        if operator.arity == 2:
            mask[code] = 0xFF00
            b, a = np.meshgrid(value, value, indexing="ij")  # b selects the block, a the entry
            part = apply_operator(operator, [a.ravel(), b.ravel()])
        else:
            part = apply_operator(operator, [value, value])
        parts.append(part)
        offset += part.size
    arity = np.array([operator.arity for operator in CODED[:PLAIN_CODES]], dtype=np.uint8)
    return np.concatenate(parts), start, mask, arity
