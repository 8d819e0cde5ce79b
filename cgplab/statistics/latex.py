"""Results as LaTeX tables that fit the page of a plain ``article``, whatever their size.

Mathematics is set in math mode, so that the old font encoding, OT1, which ``article`` has by itself, draws it right.
Widths are those of Computer Modern, character by character. A table that is too wide is set smaller, then its words are
broken into lines, then it is split into several with some of the columns each; one that is too tall runs over pages.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from cgplab.statistics.words import p_text, plain, sample_size
from cgplab.terminal import printable
from cgplab.words import digits, fixed, signed

if TYPE_CHECKING:
    from cgplab.statistics.comparison import Comparison

NEEDS = r"% needs: \usepackage{array,booktabs,longtable}"
"""First line of every table: the packages, all of them in any TeX distribution."""
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
_FORMULA = re.compile(
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
_SYMBOLS = frozenset("tnprFHUWT")
"""Letters that alone at the head of a column, or at the end of it, are mathematical symbols."""

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
_LONG_WORD, _SYLLABLE = 14, 5
"""Characters of a word that may be broken, and of its parts that stay together."""
_BY_NUMBER = re.compile(r"\[U\+[0-9A-F]{4,6}\]")
"""A character that pdflatex cannot set."""
_FEWEST_WORDS_PT = 64.0
"""Width at 10 pt of a column of words beside numbers below which another table is better."""
_LONGEST_PART_PT = 90.0
"""Width at 10 pt that one word may claim; a longer one is broken."""
_MOST_ROWS = 30
"""Rows of a table that floats; more run over pages."""


@dataclass(frozen=True)
class Page:
    """Where a table has to fit.

    Attributes
    ----------
    width : float
        Of the text, in pt.
    sizes : tuple of (str, float)
        Sizes of type to try, largest first, with the width of their characters over that at 10 pt.
    gap : float
        Between two columns, in pt.
    floats : bool
        Whether small tables float; else all run over pages.
    """

    width: float
    sizes: tuple[tuple[str, float], ...]
    gap: float = 9.0
    floats: bool = True


_ARTICLE_SIZES = (("\\normalsize", 1.0), ("\\small", 0.925), ("\\footnotesize", 0.85))
ARTICLE = Page(344.0, _ARTICLE_SIZES)
"""Page of ``article`` at 10 pt, on A4 or letter."""


@dataclass(frozen=True)
class Column:
    """Column of a table; words are flush left and may be broken into lines, numbers are flush right."""

    title: str
    words: bool = False


def escape(text: object) -> str:
    """Text in which LaTeX's special characters stand for themselves."""
    return _legible(text).translate(_SPECIAL)


def _legible(text: object) -> str:
    """Text of characters that pdflatex can set; one that it cannot becomes its number in Unicode."""
    return "".join(map(_known, printable(text)))


def _known(character: str) -> str:
    settable = character in _KNOWN or (ord(character) < 0x100 and character not in _UNKNOWN)
    return character if settable else f"[U+{ord(character):04X}]"


def mathematics(text: str) -> str:
    """Escaped text with its formulas, signed numbers and powers of ten in math mode; long words may be broken."""
    parts, at = [], 0
    for found in _FORMULA.finditer(text):
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
        if len(word) > _LONG_WORD
        else escape(word)
        for word in text.split(" ")
    )
    return _BY_NUMBER.sub(r"\\allowbreak{}\g<0>\\allowbreak{}", " ".join(words))


def width_pt(text: str) -> float:
    """Width of a text on one line in pt, at 10 pt; never less than what TeX makes of it."""
    total = sum(_CHARACTER_PT.get(character, _OTHER_PT) for character in _legible(text))
    for found in _FORMULA.finditer(text):
        total += 5.0  # a minus or plus instead of a hyphen
        total += _RELATION_PT * bool(found["equals"] or found["relation"])
        total += _EXPONENT_PT * bool("e" in (found["value"] or found["bound"] or found["scientific"] or ""))
    return total


def table(frame: pd.DataFrame, caption: str, label: str) -> str:
    """Frame of texts as a table for the page of ``article``; :data:`NEEDS` names the packages.

    The first column names the rows. A small table floats; a tall one runs over pages; a wide one is turned over, rows
    for columns, or split into several, whichever gives fewer.
    """
    columns, rows = _columned(frame)
    parts = len(list(groups(columns, rows, ARTICLE)))
    if parts > 1:
        over = frame.set_index(frame.columns[0]).T.rename_axis(columns=None).reset_index(names="")
        other, turned = _columned(over)
        if len(list(groups(other, turned, ARTICLE))) < parts:
            columns, rows = other, turned
    return f"{NEEDS}\n{set_tables(caption, label, columns, rows, ARTICLE)}"


def _columned(frame: pd.DataFrame) -> tuple[list[Column], list[tuple[str, ...]]]:
    """Columns and rows of a frame of texts; the first column, and others of words, are flush left."""
    rows = [tuple(map(str, row)) for row in frame.itertuples(index=False, name=None)]
    columns = [
        Column(str(title), number == 0 or _is_words([row[number] for row in rows]))
        for number, title in enumerate(frame.columns)
    ]
    return columns, rows


_NO_WORDS = re.compile(r"to|of|e|pp|pJ|[\d\s.,()+−–<>≤≥=%:/-]")


def _is_words(texts: Sequence[str]) -> bool:
    """Whether most texts of a column are more than numbers and ranges."""
    return sum(bool(_NO_WORDS.sub("", text)) for text in texts) > len(texts) / 2


def set_tables(caption: str, label: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], page: Page) -> str:
    """Table of texts, split into several by columns where one is too wide for the page.

    Parameters
    ----------
    caption : str
    label : str
        Of the first table, empty for none; the others have a number after it.
    columns : sequence of Column
    rows : sequence of sequence of str
    page : Page
    """
    parts = list(groups(columns, rows, page))
    made = []
    if len(parts) > 1:
        page = replace(page, floats=False)  # so that the parts stay in order, and together
    for number, kept in enumerate(parts, 1):
        of = f" Part {number} of {len(parts)}." if len(parts) > 1 else ""
        suffix = f"-{number}" if number > 1 else ""
        chosen = [columns[i] for i in kept]
        made.append(
            _one_table(
                f"{caption}{of}",
                f"{label}{suffix}" * bool(label),
                chosen,
                [[row[i] for i in kept] for row in rows],
                page,
            )
        )
    return "\n".join(made)


def groups(columns: Sequence[Column], rows: Sequence[Sequence[str]], page: Page) -> Iterator[list[int]]:
    """Places of the columns of each table; those of words at the left, which name the rows, are in all of them."""
    _, scale = page.sizes[-1]
    widths = zip(columns, _natural(columns, rows), _narrowest(columns, rows), strict=True)
    least = [scale * (min(full, max(narrow, _FEWEST_WORDS_PT)) if c.words else full) for c, full, narrow in widths]
    if all(column.words for column in columns):
        least = [scale * narrow for narrow in _narrowest(columns, rows)]
    kept = next((i for i, column in enumerate(columns) if not column.words), 1) or 1
    if sum(least) + page.gap * (len(columns) - 1) <= page.width or kept >= len(columns):
        yield list(range(len(columns)))
        return
    begin = kept
    while begin < len(columns):
        end = begin + 1
        while (
            end < len(columns)
            and sum(least[:kept]) + sum(least[begin : end + 1]) + page.gap * (kept + end - begin) <= page.width
        ):
            end += 1
        yield [*range(kept), *range(begin, end)]
        begin = end


def _one_table(caption: str, label: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], page: Page) -> str:
    size, widths = _layout(columns, rows, page)
    form = "".join(
        "r" if not column.words else "l" if width is None else rf">{{\raggedright\arraybackslash}}p{{{width:.1f}pt}}"
        for column, width in zip(columns, widths, strict=True)
    )
    heads = (
        _title_lines(column, [row[i] for row in rows], width)
        for i, (column, width) in enumerate(zip(columns, widths, strict=True))
    )
    head = " & ".join(_stacked(lines, column.words) for lines, column in zip(heads, columns, strict=True)) + r" \\"
    apart = "" if widths == [None] * len(widths) else r" \addlinespace[2pt]"  # between rows of several lines
    body = [" & ".join(map(_cell, row)) + rf" \\{apart}" for row in rows]
    named = f"\\caption{{{mathematics(caption)}}}" + (f"\\label{{{_label(label)}}}" if label else "")
    style = rf"{size}\setlength{{\tabcolsep}}{{{page.gap / 2:g}pt}}"
    if page.floats and len(rows) <= _MOST_ROWS and widths == [None] * len(widths):
        return "\n".join(
            [
                r"\begin{table}[htbp]",
                r"\centering\emergencystretch=3em\relax",
                rf"{named}\par\smallskip",
                rf"{style}\begin{{tabular}}{{@{{}}{form}@{{}}}}",
                r"\toprule",
                head,
                r"\midrule",
                *body,
                r"\bottomrule",
                r"\end{tabular}",
                r"\end{table}",
            ]
        )
    continued = rf"\multicolumn{{{len(columns)}}}{{l}}{{\textit{{continued}}}} \\"
    return "\n".join(
        [
            rf"{{{style}\emergencystretch=3em\setlength{{\LTcapwidth}}{{\linewidth}}\begin{{longtable}}{{@{{}}{form}@{{}}}}",
            rf"{named}\\ \toprule",
            head,
            r"\midrule\endfirsthead",
            rf"{continued}\toprule",
            head,
            r"\midrule\endhead",
            r"\bottomrule\endfoot",
            *body,
            r"\end{longtable}}",
        ]
    )


def _label(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9:.-]+", "-", label)


def _cell(text: str) -> str:
    made = mathematics(text)
    return "{}" + made if made.startswith(("[", "*")) else made  # else it is taken for an option of the line before


def _layout(columns: Sequence[Column], rows: Sequence[Sequence[str]], page: Page) -> tuple[str, list[float | None]]:
    """Size of type, and the width in pt of each column whose words have to be broken."""
    natural = _natural(columns, rows)
    room = page.width - page.gap * (len(columns) - 1)
    size, scale = page.sizes[-1]
    for size, scale in page.sizes:
        if scale * sum(natural) <= room:
            return size, [None] * len(columns)
    wide = [scale * width for width in natural]
    least = [
        scale * narrow if column.words else width
        for column, narrow, width in zip(columns, _narrowest(columns, rows), wide, strict=True)
    ]
    spare, wanted = max(0.0, room - sum(least)), sum(wide) - sum(least)
    share = min(1.0, spare / wanted) if wanted > 0 else 0.0
    return size, [
        low + (high - low) * share if column.words and high > low else None
        for column, low, high in zip(columns, least, wide, strict=True)
    ]


def _natural(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
    """Width in pt, at 10 pt, of each column whose texts are on one line."""
    texts = [[row[i] for row in rows] for i in range(len(columns))]
    return [max(map(width_pt, [*_title_lines(column, own), *own])) for column, own in zip(columns, texts, strict=True)]


def _narrowest(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
    """Width in pt, at 10 pt, of the longest part of each column that stays on a line, but not all of a long text."""
    return [
        min(
            _LONGEST_PART_PT,
            max(
                width_pt(word[:_LONG_WORD])
                for text in (column.title, *(row[i] for row in rows))
                for word in _parts(text)
            ),
        )
        for i, column in enumerate(columns)
    ]


def _parts(text: str) -> list[str]:
    """Parts of a text that stay on a line: words and formulas."""
    at, parts = 0, []
    for found in _FORMULA.finditer(text):
        parts += [*text[at : found.start()].split(), found[0].replace(" ", "  ")]
        at = found.end()
    return [*parts, *text[at:].split()] or [""]


def _title_lines(column: Column, texts: Sequence[str], width: float | None = None) -> list[str]:
    """Title of a column in lines that are no wider than what stands below, as far as its words allow."""
    words = column.title.split()
    most = max(map(len, [*words, *texts])) if width is None else max(int(width / 5.5), *map(len, words), 1)
    return textwrap.wrap(column.title, most, break_long_words=False, break_on_hyphens=False) or [""]


def _stacked(lines: Sequence[str], words: bool) -> str:
    """Lines of a title, one over the other."""
    if len(lines) == 1:
        return _head(lines[0])
    return "".join(
        [
            rf"\shortstack[{'l' if words else 'r'}]{{",
            r"\strut " + r"\\".join(f"{{{_head(line)}}}" for line in lines),
            "}",
        ]
    )


def _head(line: str) -> str:
    """Line of a title; a single letter is a symbol."""
    first, _, last = line.rpartition(" ")
    if last in _SYMBOLS:
        return f"{mathematics(first)} ${last}$" if first else f"${last}$"
    return _cell(line)


def tables(found: "Comparison") -> str:
    """Tables of levels and pairs; see :meth:`Comparison.to_latex`."""
    s, t = found.samples, found.test
    subject = f"{plain(s.response).capitalize()} by {plain(s.factor)}, {sample_size(found)}"
    df = f"({', '.join(map(digits, t.df))})" if t.df else ""
    tested = t.why if t.name == "none" else f"{t.name}: {t.symbol}{df} = {digits(t.statistic)}, {p_text(t.p, t.how)}"
    levels = pd.DataFrame(
        {
            plain(s.factor): [plain(level) for level in found.levels.index],
            "n": found.levels["n"].map("{:,}".format),
            "median": found.levels["median"].map(digits),
            "quartiles": [
                f"{digits(q1)} to {digits(q3)}" for q1, q3 in zip(found.levels["q1"], found.levels["q3"], strict=True)
            ],
            "average rank": found.levels["average_rank"].map(digits),
        }
    )
    p = found.pairs
    rows = pd.DataFrame(
        {
            "pair": [f"{plain(a)} – {plain(b)}" for a, b in zip(p["a"], p["b"], strict=True)],
            "difference": p["difference"].map(digits),
            "adjusted p": p["p_adjusted"].map(p_cell),
            "Cliff's delta": p["delta"].map(signed),
            "95 % interval": [
                f"{fixed(a)} to {fixed(b)}" for a, b in zip(p["delta_low"], p["delta_high"], strict=True)
            ],
            "differ": p["different"].map({True: "yes", False: "no"}),
        }
    )
    name = f"{s.response}-{s.factor}".replace("_", "-")
    posthoc = found.posthoc.name or t.name or "no test"
    made = [
        table(levels, f"{subject}. {tested}.", f"tab:{name}"),
        table(rows, f"{subject}: {posthoc}.", f"tab:{name}-pairs"),
    ]
    if found.success is not None:
        made.append(table(found.success.table(), found.success.caption, f"tab:{name}-success"))
    if found.images is not None:
        made.append(table(found.images.table(), found.images.caption, f"tab:{name}-images"))
    return "\n".join(made)


def p_cell(p: float) -> str:
    """P-value for a column of them: ``0.012``, ``< 0.0001``."""
    return p_text(p).removeprefix("p = ").removeprefix("p ")
