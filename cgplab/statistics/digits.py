"""Numbers in results: enough digits to tell values apart, never an exponent where plain digits do."""

from math import floor, isinf, isnan, log10

_LARGEST, _SMALLEST = 1e9, 1e-4
"""Outside of these a number is written with an exponent."""


def digits(value: float, significant: int = 4) -> str:
    """Number with some significant digits: ``0.07212``, ``2.115``, ``1,500``; whole digits are never rounded away.

    Parameters
    ----------
    value : float
        NaN becomes a dash.
    significant : int
        Digits that count; zeros at the end of the decimals are left out.
    """
    if isnan(value):
        return "–"
    if isinf(value):
        return "infinite" if value > 0 else "-infinite"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= _LARGEST or size < _SMALLEST:
        mantissa, exponent = f"{value:.{significant - 1}e}".split("e")
        return f"{_bare(mantissa)}e{int(exponent)}"
    return _bare(f"{value:,.{max(0, significant - 1 - floor(log10(size)))}f}")


def signed(value: float, decimals: int = 2) -> str:
    """Number with its sign and a fixed number of decimals: ``+0.25``; one that rounds to 0 has no sign."""
    if isnan(value):
        return "–"
    text = f"{value:+,.{decimals}f}"
    return text[1:] if not text.strip("+-0.") else text


def fixed(value: float, decimals: int = 2) -> str:
    """Number with a fixed number of decimals: ``0.07``; one that rounds to 0 has no sign."""
    return signed(value, decimals).removeprefix("+")


def _bare(text: str) -> str:
    """Without zeros at the end of the decimals."""
    return text.rstrip("0").rstrip(".") if "." in text else text
