"""Widths of texts in TeX, from those of Computer Modern's characters."""

from cgplab.latex.mathematics import FORMULA, legible

_WIDTHS_PT = {
    2.8: "!',.:;[]`il|",
    3.1: "fj",
    3.4: " -_",
    3.7: "I",
    3.9: "()t",
    4.0: "rs",
    4.5: "cez",
    4.8: "?",
    5.0: "\"\\^{}~–",
    5.1: "$*/0123456789ago",
    5.2: "J",
    5.3: "kqvxy",
    5.6: "Sbdhnpu",
    6.2: "Z",
    6.3: "L",
    6.6: "F",
    6.9: "EP",
    7.1: "B",
    7.3: "CTw",
    7.4: "R",
    7.6: "AHNUVXY",
    7.7: "D",
    7.8: "&+<=>@KOQ",
    7.9: "G",
    8.4: "#%m",
    9.2: "M",
    10.0: "—",
    10.3: "W",
    12.6: "…",
}  # fmt: skip
_CHARACTER_PT = {character: width for width, characters in _WIDTHS_PT.items() for character in characters}
"""Widths of characters of Computer Modern at 10 pt, rounded up to 0.1 pt; a blank may stretch."""
_OTHER_PT, _RELATION_PT, _EXPONENT_PT = 8.4, 13.4, 20.0


def width_pt(text: str) -> float:
    """Width of a text on one line in pt, at 10 pt; never less than what TeX makes of it."""
    total = sum(_CHARACTER_PT.get(character, _OTHER_PT) for character in legible(text))
    for found in FORMULA.finditer(text):
        total += 5.0  # a minus or plus instead of a hyphen
        total += _RELATION_PT * bool(found["equals"] or found["relation"])
        total += _EXPONENT_PT * bool("e" in (found["value"] or found["bound"] or found["scientific"] or ""))
    return total
