"""Tables for the page of a plain ``article``, whatever their size.

A table that is too wide is set smaller, then its words are broken into lines, then it is split into several with some
of the columns each; one that is too tall runs over pages.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from cgplab.latex.layout import ARTICLE, Column, Page, groups, layout, title_lines
from cgplab.latex.mathematics import mathematics

NEEDS = r"% needs: \usepackage{array,booktabs,longtable}"
"""First line of every table: the packages, all of them in any TeX distribution."""
_SYMBOLS = frozenset("tnprFHUWT")
"""Letters that alone at the head of a column, or at the end of it, are mathematical symbols."""
_MOST_ROWS = 30
"""Rows of a table that floats; more run over pages."""


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


_LONGEST_NUMBERS = 48
"""Characters of a cell of numbers, such as a median with its interval."""
_NO_WORDS = re.compile(r"to|of|e|pp|pJ|[\d\s.,()+−–<>≤≥=%:/-]")


def _is_words(texts: Sequence[str]) -> bool:
    """Whether a column has to be broken like words: most texts are more than numbers and ranges, or one is long."""
    told = sum(bool(_NO_WORDS.sub("", text)) for text in texts)
    return told > len(texts) / 2 or max(map(len, texts), default=0) > _LONGEST_NUMBERS


def set_tables(caption: str, label: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], page: Page) -> str:
    """Table of texts, split into several by columns where one is too wide for the page.

    Parameters
    ----------
    caption : str
    label : str
        Of the first table, empty for none; the others have a colon and a number after it.
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
        suffix = f":{number}" if number > 1 else ""
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


def _one_table(caption: str, label: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], page: Page) -> str:
    size, widths = layout(columns, rows, page)
    form = "".join(
        "r" if not column.words else "l" if width is None else rf">{{\raggedright\arraybackslash}}p{{{width:.1f}pt}}"
        for column, width in zip(columns, widths, strict=True)
    )
    heads = (
        title_lines(column, [row[i] for row in rows], width)
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
    return re.sub(r"[^A-Za-z0-9:.+-]+", "-", label)


def _cell(text: str) -> str:
    made = mathematics(text)
    return "{}" + made if made.startswith(("[", "*")) else made  # else it is taken for an option of the line before


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
