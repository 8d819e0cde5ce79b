"""Boolean functions of Liberty cells: ``!(A B + C')`` and the like."""

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from cgplab.errors import InputError
from cgplab.numbers import shortened

Bits = NDArray[np.bool_]
Function = Callable[[Mapping[str, Bits]], Bits]

_TOKEN = re.compile(r"[A-Za-z_]\w*+|[()!'*&+|^]|[01]")
MOST_TOKENS, MOST_DEPTH = 400, 40
"""Limits of a function, since the parser and its results are recursive; cells need at most ten of each."""


def parse_function(text: str) -> Function:
    """Function of arrays by pin name.

    ``!`` or a following ``'`` negates, ``*``, ``&`` or nothing at all is and, ``+`` and ``|`` are or, ``^`` is
    exclusive or; negation binds tightest, then exclusive or, and, or (Liberty reference manual, "function").

    Raises
    ------
    InputError
        No such function, or one too long or nested too deep; by the function itself: a pin it names is not given.
    """
    tokens: list[str] = _TOKEN.findall(text)
    if len(tokens) > MOST_TOKENS:
        raise InputError(f"the function {shortened(text)!r} of a cell has more than {MOST_TOKENS} parts")
    position = depth = 0

    def peek() -> str | None:
        return tokens[position] if position < len(tokens) else None

    def take() -> str:
        nonlocal position
        if position == len(tokens):
            raise InputError(f"the function {shortened(text)!r} of a cell ends too early")
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
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise InputError(f"the function {shortened(text)!r} of a cell nests deeper than {MOST_DEPTH}")
        token = take()
        if token == "!":
            inner = _negate(unary())
        elif token == "(":
            inner = either()
            take()
        elif token.isidentifier() or token in ("0", "1"):
            inner = _leaf(token)
        else:
            raise InputError(f"the function {shortened(text)!r} of a cell has {token!r} where a pin must be")
        depth -= 1
        if token == "!":
            return inner
        while peek() == "'":
            take()
            inner = _negate(inner)
        return inner

    function = either()
    if position < len(tokens):
        raise InputError(f"the function {shortened(text)!r} of a cell has one bracket too many")
    return function


def _combine(operation: Callable[..., Bits], left: Function, right: Function) -> Function:
    return lambda pins: operation(left(pins), right(pins))


def _negate(inner: Function) -> Function:
    return lambda pins: np.logical_not(inner(pins))


def _leaf(token: str) -> Function:
    if token in ("0", "1"):
        constant = token == "1"
        return lambda pins: np.full(next(iter(pins.values())).shape if pins else (), constant)

    def value(pins: Mapping[str, Bits]) -> Bits:
        if token not in pins:
            raise InputError(f"the function of a cell names {token!r}, but no pin of that name has a value")
        return pins[token]

    return value
