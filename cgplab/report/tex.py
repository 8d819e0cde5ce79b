"""A report for LaTeX: a document that plain pdflatex compiles, with tables that fit the page."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from cgplab.report.content import Block, Column, DataTable, Listing, Picture, Prose, Report, Section
from cgplab.report.references import REFERENCES
from cgplab.statistics.latex import escape

FIGURES = "figures.pdf"
"""File of the pictures, a page each, beside the document."""
_HEAD = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{lmodern,textcomp}
\usepackage[margin=25mm]{geometry}
\usepackage{array,booktabs,longtable,graphicx,microtype}
\usepackage[font=small,labelfont=bf,justification=raggedright,singlelinecheck=false]{caption}
\setlength{\parindent}{0pt}\setlength{\parskip}{6pt}
\setlength{\LTleft}{0pt}\setlength{\LTcapwidth}{\textwidth}
\setlength{\emergencystretch}{3em}
\ifdefined\pdfinfoomitdate\pdfinfoomitdate=1 \pdftrailerid{}\pdfsuppressptexinfo=-1 \fi
"""
_WIDTH_PT = 436.0
"""Width of the text, A4 less two margins of 25 mm, and a little less: the widths of characters are estimates."""
_PICTURE_SIZE = r"width=\textwidth,height=.82\textheight,keepaspectratio"
_GAP_PT = 9.0
"""Between two columns."""
_SIZES = ((r"\small", 5.2), (r"\footnotesize", 4.8), (r"\scriptsize", 4.4))
"""Sizes of type, and the mean width of a character in pt, rounded up."""
_LONG_WORD, _SYLLABLE = 14, 5
"""Characters of a word that may be broken, and of its parts that stay together."""
_BY_NUMBER = re.compile(r"\[U\+[0-9A-F]{4,6}\]")
"""A character that pdflatex cannot set."""
_FEWEST_WORDS_PT = 90.0
"""Width of a column of words at least."""


def as_tex(report: Report) -> str:
    """Document of a report; its pictures are expected as pages of :data:`FIGURES`, in the order of the report."""
    pages = {id(picture): number for number, picture in enumerate(report.pictures, 1)}
    parts = [
        _HEAD,
        rf"\title{{{_text(report.title)}}}",
        r"\author{}\date{}",
        r"\begin{document}",
        r"\maketitle",
        *(_section(section, pages) for section in report.sections),
        _references(report.references),
        r"\end{document}",
        "",
    ]
    return "\n".join(parts)


def _section(section: Section, pages: Mapping[int, int]) -> str:
    blocks = (_block(block, pages) for block in section.blocks)
    return "\n\n".join([rf"\section{{{_text(section.title)}}}", *blocks])


def _block(block: Block, pages: Mapping[int, int]) -> str:
    match block:
        case Prose(text):
            return _text(text) + "\n"
        case DataTable():
            return "\n\n".join(_long_table(part) for part in fitting(block))
        case Picture(caption, _):
            return "\n".join(
                [
                    r"\noindent\begin{minipage}{\textwidth}\centering",
                    rf"\includegraphics[page={pages[id(block)]},{_PICTURE_SIZE}]{{{FIGURES}}}",
                    rf"\captionof{{figure}}{{{_text(caption)}}}",
                    r"\end{minipage}\medskip",
                    "",
                ]
            )
        case Listing(caption, text):
            lines = [rf"\texttt{{{_spaced(line)}}}\\" for line in text.splitlines()]
            return "\n".join([r"\begin{quote}\scriptsize\raggedright", *lines, r"\end{quote}", f"{_text(caption)}", ""])


def _spaced(line: str) -> str:
    """Line of a listing: blanks stay, and may end a line."""
    return escape(line).replace("  ", "~ ") or "~"


def _long_table(table: DataTable) -> str:
    size, widths = _layout(table.columns, table.rows)
    columns = "".join(
        "r" if not column.words else "l" if width is None else rf">{{\raggedright\arraybackslash}}p{{{width:.0f}pt}}"
        for column, width in zip(table.columns, widths, strict=True)
    )
    heads = (_title_lines(column, [row[i] for row in table.rows]) for i, column in enumerate(table.columns))
    head = (
        " & ".join(_stacked(lines, column.words) for lines, column in zip(heads, table.columns, strict=True)) + r" \\"
    )
    continued = rf"\multicolumn{{{len(table.columns)}}}{{l}}{{\textit{{continued}}}} \\"
    return "\n".join(
        [
            rf"{{{size}\setlength{{\tabcolsep}}{{{_GAP_PT / 2:g}pt}}\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
            rf"\caption{{{_text(table.caption)}}}\\ \toprule",
            head,
            r"\midrule\endfirsthead",
            rf"{continued}\toprule",
            head,
            r"\midrule\endhead",
            r"\bottomrule\endfoot",
            *(" & ".join(map(_text, row)) + r" \\" for row in table.rows),
            r"\end{longtable}}",
        ]
    )


def _text(text: str) -> str:
    """Escaped text in which long words may be broken: longer than a narrow column, or of characters by number."""
    words = " ".join(
        r"\allowbreak{}".join(escape(word[at : at + _SYLLABLE]) for at in range(0, len(word), _SYLLABLE))
        if len(word) > _LONG_WORD
        else escape(word)
        for word in text.split(" ")
    )
    return _BY_NUMBER.sub(r"\\allowbreak{}\g<0>\\allowbreak{}", words)


def _layout(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> tuple[str, list[float | None]]:
    """Size of type, and the width in pt of each column whose words have to be broken."""
    size, per_character = _SIZES[-1]
    for size, per_character in _SIZES:
        if sum(_natural(columns, rows, per_character)) + _gaps(columns) <= _WIDTH_PT:
            return size, [None] * len(columns)
    natural = _natural(columns, rows, per_character)
    broken = [i for i, column in enumerate(columns) if column.words and natural[i] > _FEWEST_WORDS_PT]
    fixed = sum(width for i, width in enumerate(natural) if i not in broken) + _gaps(columns)
    share = (_WIDTH_PT - fixed) / max(1, sum(natural[i] for i in broken))
    return size, [max(_FEWEST_WORDS_PT / 2, natural[i] * share) if i in broken else None for i in range(len(columns))]


def _gaps(columns: Sequence[Column]) -> float:
    return _GAP_PT * (len(columns) - 1)


def _natural(columns: Sequence[Column], rows: Sequence[Sequence[str]], per_character: float) -> list[float]:
    """Width in pt of each column whose texts are on one line."""
    texts = [[row[i] for row in rows] for i in range(len(columns))]
    return [
        per_character * max(map(len, [*_title_lines(column, own), *own]))
        for column, own in zip(columns, texts, strict=True)
    ]


def _title_lines(column: Column, texts: Sequence[str]) -> list[str]:
    """Title of a column in lines that are no wider than what stands below, as far as its words allow."""
    words = column.title.split()
    return textwrap.wrap(column.title, max(map(len, [*words, *texts])), break_long_words=False) or [""]


def _stacked(lines: Sequence[str], words: bool) -> str:
    """Lines of a title, one over the other."""
    if len(lines) == 1:
        return escape(lines[0])
    return "".join(
        [rf"\shortstack[{'l' if words else 'r'}]{{", r"\\".join(f"{{{escape(line)}}}" for line in lines), "}"]
    )


def fitting(table: DataTable) -> Iterator[DataTable]:
    """The table, or several with some of its columns each, the first repeated, so that each fits the page."""
    if not table.rows:
        yield table
        return
    _, per_character = _SIZES[-1]
    natural = _natural(table.columns, table.rows, per_character)
    least = [
        min(width, _FEWEST_WORDS_PT) if c.words else width for c, width in zip(table.columns, natural, strict=True)
    ]
    kept = next((i for i, column in enumerate(table.columns) if not column.words), len(table.columns)) or 1
    begin, groups = kept, []
    while begin < len(table.columns):
        end = begin + 1
        while (
            end < len(table.columns)
            and sum(least[:kept]) + sum(least[begin : end + 1]) + _GAP_PT * (kept + end - begin) <= _WIDTH_PT
        ):
            end += 1
        groups.append((begin, end))
        begin = end
    if len(groups) <= 1:
        yield table
        return
    for number, (first, last) in enumerate(groups, 1):
        yield DataTable(
            f"{table.caption} Part {number} of {len(groups)}.",
            (*table.columns[:kept], *table.columns[first:last]),
            tuple((*row[:kept], *row[first:last]) for row in table.rows),
        )


def _references(keys: Sequence[str]) -> str:
    if not keys:
        return ""
    items = [rf"\bibitem{{{key}}} {escape(REFERENCES[key].text())}" for key in keys]
    return "\n".join([r"\begin{thebibliography}{99}", *items, r"\end{thebibliography}"])
