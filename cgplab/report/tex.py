"""A report for LaTeX: a document that plain pdflatex compiles, with tables that fit the page."""

from collections.abc import Iterator, Sequence

from cgplab.report.content import Block, Column, DataTable, Listing, Paragraph, Picture, Report, Section
from cgplab.report.references import REFERENCES
from cgplab.statistics.latex import escape

FIGURES = "figures"
"""Folder of the pictures, beside the document."""
_HEAD = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{lmodern,textcomp}
\usepackage[margin=25mm]{geometry}
\usepackage{array,booktabs,longtable,graphicx,microtype}
\usepackage[font=small,labelfont=bf]{caption}
\setlength{\parindent}{0pt}\setlength{\parskip}{6pt}
\setlength{\LTleft}{0pt}\setlength{\LTcapwidth}{\textwidth}
\setlength{\emergencystretch}{3em}
\ifdefined\pdfinfoomitdate\pdfinfoomitdate=1 \pdftrailerid{}\pdfsuppressptexinfo=-1 \fi
"""
_WIDTH_PT = 455.0
"""Width of the text: A4 less two margins of 25 mm."""
_GAP_PT = 12.0
"""Between two columns."""
_SIZES = ((r"\small", 5.2), (r"\footnotesize", 4.8), (r"\scriptsize", 4.3))
"""Sizes of type, and the mean width of a character in pt, rounded up."""
_FEWEST_WORDS_PT = 90.0
"""Width of a column of words at least."""


def as_tex(report: Report) -> str:
    """Document of a report; its pictures are expected in :data:`FIGURES` as PDF."""
    parts = [
        _HEAD,
        rf"\title{{{escape(report.title)}}}",
        r"\author{}\date{}",
        r"\begin{document}",
        r"\maketitle",
        *(_section(section) for section in report.sections),
        _references(report.references),
        r"\end{document}",
        "",
    ]
    return "\n".join(parts)


def _section(section: Section) -> str:
    return "\n\n".join([rf"\section{{{escape(section.title)}}}", *map(_block, section.blocks)])


def _block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return escape(text) + "\n"
        case DataTable():
            return "\n\n".join(_long_table(part) for part in _fitting(block))
        case Picture(name, caption, _):
            return "\n".join(
                [
                    r"\begin{figure}[htbp]\centering",
                    rf"\includegraphics[width=\textwidth,height=.82\textheight,keepaspectratio]{{{FIGURES}/{name}.pdf}}",
                    rf"\caption{{{escape(caption)}}}",
                    r"\end{figure}",
                ]
            )
        case Listing(caption, text):
            lines = [rf"\texttt{{{_spaced(line)}}}\\" for line in text.splitlines()]
            return "\n".join(
                [r"\begin{quote}\scriptsize\raggedright", *lines, r"\end{quote}", f"{escape(caption)}", ""]
            )


def _spaced(line: str) -> str:
    """Line of a listing: blanks stay, and may end a line."""
    return escape(line).replace("  ", "~ ") or "~"


def _long_table(table: DataTable) -> str:
    size, widths = _layout(table.columns, table.rows)
    columns = "".join(
        "r" if not column.words else "l" if width is None else rf">{{\raggedright\arraybackslash}}p{{{width:.0f}pt}}"
        for column, width in zip(table.columns, widths, strict=True)
    )
    head = " & ".join(escape(column.title) for column in table.columns) + r" \\"
    continued = rf"\multicolumn{{{len(table.columns)}}}{{l}}{{\textit{{continued}}}} \\"
    return "\n".join(
        [
            rf"{{{size}\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
            rf"\caption{{{escape(table.caption)}}}\\ \toprule",
            head,
            r"\midrule\endfirsthead",
            rf"{continued}\toprule",
            head,
            r"\midrule\endhead",
            r"\bottomrule\endfoot",
            *(" & ".join(map(escape, row)) + r" \\" for row in table.rows),
            r"\end{longtable}}",
        ]
    )


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
    return [
        per_character * max(len(column.title), *(len(row[i]) for row in rows), 1) for i, column in enumerate(columns)
    ]


def _fitting(table: DataTable) -> Iterator[DataTable]:
    """The table, or several with some of its columns each, the first repeated, so that each fits the page."""
    if not table.rows:
        yield table
        return
    _, per_character = _SIZES[-1]
    natural = _natural(table.columns, table.rows, per_character)
    least = [
        min(width, _FEWEST_WORDS_PT) if c.words else width for c, width in zip(table.columns, natural, strict=True)
    ]
    kept = sum(column.words for column in table.columns) if table.columns[0].words else 1
    kept = next((i for i, column in enumerate(table.columns) if not column.words), kept)
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
