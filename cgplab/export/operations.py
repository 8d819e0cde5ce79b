"""An operator's formula as one operation, and how each language writes it."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cgplab.cgp.operators import Operator

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.LShift: "shl",
    ast.RShift: "shr",
}
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.Invert: "not"}


@dataclass(frozen=True)
class Operation:
    """One operation of wrapping 8-bit integers.

    Attributes
    ----------
    kind : str
        ``add``, ``sub``, ``mul``, ``and``, ``or``, ``xor``, ``shl``, ``shr`` (arithmetic), ``neg``, ``not``, ``copy``.
    operands : tuple of str or int
        Pins ``a`` and ``b``, or constants; a shift's second operand is how far.
    """

    kind: str
    operands: tuple[str | int, ...]


@cache
def operation(operator: Operator) -> Operation:
    """The operation that an operator's formula names; not for ``mux`` and ``demux``, which have none."""
    assert operator.formula is not None
    match ast.parse(operator.formula, mode="eval").body:
        case ast.BinOp(left, kind, right):
            return Operation(_BINARY[type(kind)], (_operand(left), _operand(right)))
        case ast.UnaryOp(kind, ast.Name(name)):
            return Operation(_UNARY[type(kind)], (name,))
        case node:
            return Operation("copy", (_operand(node),))


def _operand(node: ast.expr) -> str | int:
    return node.id if isinstance(node, ast.Name) else int(ast.literal_eval(node))


@dataclass(frozen=True)
class Dialect:
    """How a language writes operations.

    Attributes
    ----------
    templates : {kind: str}
        ``{0}`` and ``{1}`` are the operands; ``{power}`` is 2 to the length of a shift.
    choose : callable
        Text that takes the k-th of some texts, k being the index of the problem's vector; the last one for
        every k beyond.
    constant : callable
        Text of an int8 constant.
    """

    templates: Mapping[str, str]
    choose: Callable[[Sequence[str]], str]
    constant: Callable[[int], str] = str


def write_operation(operator: Operator, pins: Sequence[str], dialect: Dialect) -> str:
    """Text of one gate.

    Parameters
    ----------
    operator : Operator
    pins : sequence of str
        Texts of the pins it reads.
    dialect : Dialect
    """
    if operator.name == "mux":
        return dialect.choose(pins)
    if operator.name == "demux":
        return dialect.choose([pins[0], dialect.constant(0)])
    found = operation(operator)
    texts = [pins["ab".index(o)] if isinstance(o, str) else dialect.constant(o) for o in found.operands]
    if found.kind in ("shl", "shr"):
        length = int(found.operands[1])
        return dialect.templates[found.kind].format(texts[0], length, power=2**length)
    return dialect.templates[found.kind].format(*texts)
