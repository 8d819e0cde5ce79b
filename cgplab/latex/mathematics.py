"""Texts for LaTeX: special characters stand for themselves, formulas are in math mode.

The old font encoding, OT1, which ``article`` has by itself, draws some characters as others outside math mode.
"""

import re

from cgplab.terminal import printable
from cgplab.words import digits

_SPECIAL = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
    # Signs that the old font encoding draws as others, and ends of lines, which could end a paragraph.
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "\n": " ", "\r": " "}
    # pdflatex knows no others of Unicode's mathematical signs than those it is told.
    | {"×": r"$\times$", "≥": r"$\ge$", "≤": r"$\le$", "−": "$-$", "µ": r"$\mu$", "²": "$^2$", "χ": r"$\chi$"}
    | {"λ": r"$\lambda$", "η": r"$\eta$", "ε": r"$\varepsilon$", "→": r"$\rightarrow$", "·": r"$\cdot$"}
    # Quotation marks that look like ligatures, or that the old font encoding has not.
    | {'"': "''", "„": ",,", "«": r"$\ll$", "»": r"$\gg$"}
)
_KNOWN = frozenset("–—‘’“”„…€ĂăĆćČčĎďĚěĞğĹĺĽľŁłŃńŇňŐőŒœŔŕŘřŚśŠšŞşŢţŤťŮůŰűŸŹźŻżŽž≥≤−χληε→")
"""Characters beyond Latin-1 that pdflatex can set, in the old font encoding too."""
_UNKNOWN = frozenset("ÐÞðþ")
"""Characters of Latin-1 that the old font encoding has not."""

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_BEFORE, _AFTER = r"(?<![\w.,)\]@/-])", r"(?![\w@/-]|[.,]\d)"
FORMULA = re.compile(
    "|".join(
        (
            r"\b(?P<named>chi|omega|epsilon|eta)[- ]squared\b(?:\((?P<df>\d+)\))?",
            rf"{_BEFORE}(?P<symbol>[A-Za-z])(?P<dfs>\({_NUMBER}(?:, {_NUMBER})?\))? ?"
            rf"(?P<equals>[=<>≤≥]) ?(?P<value>[+−-]?{_NUMBER}(?:e[+-]?\d+)?){_AFTER}",
            rf"{_BEFORE}(?P<relation>[<>≤≥]) ?(?P<bound>[+−-]?{_NUMBER}(?:e[+-]?\d+)?){_AFTER}",
            rf"{_BEFORE}(?P<scientific>[+−-]?{_NUMBER}e[+-]?\d+){_AFTER}",
            rf"{_BEFORE}(?P<signed>[+−-]{_NUMBER}){_AFTER}",
        )
    )
)
_GREEK = {"chi": r"\chi^2", "omega": r"\omega^2", "epsilon": r"\varepsilon^2", "eta": r"\eta^2"}
_RELATIONS = {"≤": r"\le", "≥": r"\ge"}
"""Formulas in a text: relations, signed numbers, powers of ten, names of statistics."""
LONG_WORD, _SYLLABLE = 14, 5
"""Characters of a word that may be broken, and of its parts that stay together."""
_BY_NUMBER = re.compile(r"\[U\+[0-9A-F]{4,6}\]")
"""A character that pdflatex cannot set."""


def escape(text: object) -> str:
    """Text in which LaTeX's special characters stand for themselves."""
    return legible(text).translate(_SPECIAL)


def legible(text: object) -> str:
    """Text of characters that pdflatex can set; one that it cannot becomes its number in Unicode."""
    return "".join(map(_known, printable(text)))


def _known(character: str) -> str:
    settable = character in _KNOWN or (ord(character) < 0x100 and character not in _UNKNOWN)
    return character if settable else f"[U+{ord(character):04X}]"


def mathematics(text: str) -> str:
    """Escaped text with its formulas, signed numbers and powers of ten in math mode; long words may be broken."""
    parts, at = [], 0
    for found in FORMULA.finditer(text):
        parts += [_breakable(text[at : found.start()]), f"${_formula(found)}$"]
        at = found.end()
    return "".join([*parts, _breakable(text[at:])])


def _formula(found: re.Match[str]) -> str:
    part = found.groupdict()
    if part["named"]:
        return _GREEK[part["named"]] + (f"({part['df']})" if part["df"] else "")
    if part["symbol"]:
        of = (part["dfs"] or "").replace(", ", r",\,")
        relation = _RELATIONS.get(part["equals"], part["equals"])
        return f"{part['symbol']}{of} {relation} {_number(part['value'])}"
    if part["relation"]:
        return f"{_RELATIONS.get(part['relation'], part['relation'])} {_number(part['bound'])}"
    return _number(part["scientific"] or part["signed"])


def _number(text: str) -> str:
    """Number for math mode; one with an exponent is a plain number where that is short."""
    mantissa, _, exponent = text.replace("−", "-").partition("e")
    if exponent and -4 <= int(exponent) < 9:
        sign = "+" if mantissa.startswith("+") else ""
        mantissa, exponent = sign + digits(float(f"{mantissa.replace(',', '')}e{exponent}")), ""
    told = mantissa.replace(",", "{,}")
    if not exponent:
        return told
    power = rf"10^{{{int(exponent)}}}"
    return power if told == "1" else rf"{told}\cdot {power}"


def _breakable(text: str) -> str:
    """Escaped text in which long words may be broken: longer than a narrow column, or of characters by number."""
    words = (
        r"\allowbreak{}".join(escape(word[at : at + _SYLLABLE]) for at in range(0, len(word), _SYLLABLE))
        if len(word) > LONG_WORD
        else escape(word)
        for word in text.split(" ")
    )
    return _BY_NUMBER.sub(r"\\allowbreak{}\g<0>\\allowbreak{}", " ".join(words))


def parts(text: str) -> list[str]:
    """Parts of a text that stay on a line: words and formulas."""
    at, made = 0, []
    for found in FORMULA.finditer(text):
        made += [*text[at : found.start()].split(), found[0].replace(" ", "  ")]
        at = found.end()
    return [*made, *text[at:].split()] or [""]
