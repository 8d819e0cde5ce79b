"""Numbers written as text: the one place that reads them, within bounds that hold before anything is computed.

Python takes ``1e999999999`` for a decimal and then spends a gigabyte or an hour on its digits. Here a number has at
most :data:`MOST_CHARACTERS` and an exponent of at most :data:`LARGEST_EXPONENT`, in ASCII and without underscores.
"""

import re
from decimal import Decimal

from cgplab.errors import InputError

MOST_CHARACTERS = 400
"""A C program prints the largest float64 with 309 digits before the point and 6 after it."""
LARGEST_EXPONENT = 400
"""Above every float64's, which end at 1e308."""

_WHOLE = re.compile(r"[-+]?[0-9]+")
_REAL = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([-+]?[0-9]+))?")
_SHOWN = 40


def whole_number(text: str, what: str, least: int | None = None, most: int | None = None) -> int:
    """Whole number written as text.

    Parameters
    ----------
    text : str
        Digits, with a sign or without; blanks around them do not count.
    what : str
        What the number is and where it stands, for the message, as in ``train.data, line 3: a weight``.
    least, most : int, optional
        Smallest and largest number allowed.

    Raises
    ------
    InputError
        No whole number, too long, or out of range.
    """
    word = _bounded(text, what)
    if not _WHOLE.fullmatch(word):
        raise InputError(f"{what} is {shortened(text)!r}, not a whole number")
    number = int(word)
    if least is not None and number < least:
        raise InputError(f"{what} must be at least {least}, not {shortened(word)}")
    if most is not None and number > most:
        raise InputError(f"{what} must be at most {most}, not {shortened(word)}")
    return number


def decimal_number(text: str, what: str) -> Decimal:
    """Finite real number written as text, exact.

    Parameters
    ----------
    text : str
        As in ``-1.5e-3``; blanks around it do not count, ``inf`` and ``nan`` are no numbers.
    what : str
        What the number is and where it stands, for the message.

    Raises
    ------
    InputError
        No number, too long, or with an exponent beyond :data:`LARGEST_EXPONENT`.
    """
    word = _bounded(text, what)
    match = _REAL.fullmatch(word)
    if match is None:
        if word.lower().lstrip("+-") in ("inf", "infinity", "nan"):
            raise InputError(f"{what} is {word}; it must be finite")
        raise InputError(f"{what} is {shortened(text)!r}, not a number")
    if match[1] is not None and abs(int(match[1])) > LARGEST_EXPONENT:
        raise InputError(f"{what} is {shortened(word)}; exponents go up to {LARGEST_EXPONENT}")
    return Decimal(word)


def real_number(text: str, what: str) -> float:
    """Finite real number written as text, as float64; see :func:`decimal_number`.

    Raises
    ------
    InputError
        As there, or above the largest float64.
    """
    number = float(decimal_number(text, what))
    if abs(number) == float("inf"):
        raise InputError(f"{what} is {shortened(text)}, which is too large")
    return number


def shortened(text: str) -> str:
    """Text for a message: on one line, and its beginning only if it is long."""
    line = " ".join(text[: 2 * _SHOWN].split())
    return line if len(line) <= _SHOWN and len(text) <= 2 * _SHOWN else line[:_SHOWN] + "…"


def _bounded(text: str, what: str) -> str:
    word = text.strip()
    if len(word) > MOST_CHARACTERS:
        raise InputError(
            f"{what} is {shortened(word)!r}, of {len(word):,} characters; a number has at most {MOST_CHARACTERS}"
        )
    return word
