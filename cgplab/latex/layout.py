"""How a table fits a page: size of type, widths of columns, several tables where one is too wide."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cgplab.latex.mathematics import LONG_WORD, parts
from cgplab.latex.widths import width_pt

_FEWEST_WORDS_PT = 64.0
"""Width at 10 pt of a column of words beside numbers below which another table is better."""
_LONGEST_PART_PT = 90.0
"""Width at 10 pt that one word may claim; a longer one is broken."""


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


def layout(columns: Sequence[Column], rows: Sequence[Sequence[str]], page: Page) -> tuple[str, list[float | None]]:
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
    return [max(map(width_pt, [*title_lines(column, own), *own])) for column, own in zip(columns, texts, strict=True)]


def _narrowest(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
    """Width in pt, at 10 pt, of the longest part of each column that stays on a line, but not all of a long text."""
    return [
        min(
            _LONGEST_PART_PT,
            max(
                width_pt(word[:LONG_WORD]) for text in (column.title, *(row[i] for row in rows)) for word in parts(text)
            ),
        )
        for i, column in enumerate(columns)
    ]


def title_lines(column: Column, texts: Sequence[str], width: float | None = None) -> list[str]:
    """Title of a column in lines that are no wider than what stands below, as far as its words allow."""
    words = column.title.split()
    most = max(map(len, [*words, *texts])) if width is None else max(int(width / 5.5), *map(len, words), 1)
    return textwrap.wrap(column.title, most, break_long_words=False, break_on_hyphens=False) or [""]
