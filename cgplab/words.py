"""Numbers with their nouns and units, the same in commands, messages and the dashboard."""

import math

_LARGEST, _SMALLEST = 1e9, 1e-4
"""Outside of these a number is written with an exponent."""


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """``1 run``, ``2 runs``, ``3,000 runs``.

    Parameters
    ----------
    n : int
    noun : str
        For one.
    plural : str, optional
        For none and for several; default: the noun with an s.
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def duration(seconds: float | None) -> str:
    """Span of time with its unit, e.g. ``42 s``, ``3 min 20 s``, ``2 h 05 min``."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60:02d} s" if whole % 60 else "")
    if whole < 48 * 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def number(value: float | None, significant: int = 4) -> str:
    """Number for people: whole ones with thousands apart, others with a few digits; a dash for none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15 and value != 0):
        return f"{int(value):,}"
    return digits(value, significant)


def digits(value: float, significant: int = 4) -> str:
    """Number with a few significant digits: ``0.07212``, ``2.115``, ``1,500``; whole digits are never rounded away.

    Parameters
    ----------
    value : float
        NaN becomes a dash.
    significant : int
        Digits that count; zeros at the end of the decimals are left out.
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "infinite" if value > 0 else "-infinite"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= _LARGEST or size < _SMALLEST:
        mantissa, exponent = f"{value:.{significant - 1}e}".split("e")
        return f"{_bare(mantissa)}e{int(exponent)}"
    return _bare(f"{value:,.{max(0, significant - 1 - math.floor(math.log10(size)))}f}")


def signed(value: float, decimals: int = 2) -> str:
    """Number with its sign and a fixed number of decimals: ``+0.25``; one that rounds to 0 has no sign."""
    if math.isnan(value):
        return "–"
    text = f"{value:+,.{decimals}f}"
    return text[1:] if not text.strip("+-0.") else text


def fixed(value: float, decimals: int = 2) -> str:
    """Number with a fixed number of decimals: ``0.07``; one that rounds to 0 has no sign."""
    return signed(value, decimals).removeprefix("+")


def _bare(text: str) -> str:
    """Without zeros at the end of the decimals."""
    return text.rstrip("0").rstrip(".") if "." in text else text
