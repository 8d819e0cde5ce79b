"""Boolean functions of Liberty cells: ``!(A B + C')`` and the like."""

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]
Function = Callable[[Mapping[str, Bits]], Bits]

_TOKEN = re.compile(r"[A-Za-z_]\w*|[()!'*&+|^]|[01]")


def parse_function(text: str) -> Function:
    """Function of arrays by pin name.

    ``!`` or a following ``'`` negates, ``*``, ``&`` or nothing at all is and, ``+`` and ``|`` are or, ``^`` is
    exclusive or; negation binds tightest, then exclusive or, and, or (Liberty reference manual, "function").
    """
    tokens: list[str] = _TOKEN.findall(text)
    position = 0

    def peek() -> str | None:
        return tokens[position] if position < len(tokens) else None

    def take() -> str:
        nonlocal position
        position += 1
        return tokens[position - 1]

    def either() -> Function:
        left = both()
        while peek() in ("+", "|"):
            take()
            left = _combine(np.logical_or, left, both())
        return left

    def both() -> Function:
        left = exclusive()
        while peek() not in (None, "+", "|", ")"):
            if peek() in ("*", "&"):
                take()
            left = _combine(np.logical_and, left, exclusive())
        return left

    def exclusive() -> Function:
        left = unary()
        while peek() == "^":
            take()
            left = _combine(np.logical_xor, left, unary())
        return left

    def unary() -> Function:
        token = take()
        if token == "!":
            return _negate(unary())
        if token == "(":
            inner = either()
            take()
        else:
            inner = _leaf(token)
        while peek() == "'":
            take()
            inner = _negate(inner)
        return inner

    return either()


def _combine(operation: Callable[..., Bits], left: Function, right: Function) -> Function:
    return lambda pins: operation(left(pins), right(pins))


def _negate(inner: Function) -> Function:
    return lambda pins: np.logical_not(inner(pins))


def _leaf(token: str) -> Function:
    if token in ("0", "1"):
        value = token == "1"
        return lambda pins: np.full(next(iter(pins.values())).shape if pins else (), value)
    return lambda pins: pins[token]
