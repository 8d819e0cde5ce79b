"""A plain table for people: titles with units, numbers to the right."""

from collections.abc import Container, Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table


def print_table(
    title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], left: Container[int] = ()
) -> None:
    """Print rows of text.

    Parameters
    ----------
    title : str
        May be empty.
    columns : sequence of (str, str)
        Title and unit of each column.
    rows : sequence of sequences of str
    left : container of int
        Columns that hold words, flush left; the others hold numbers.
    """
    table = Table(title=escape(title) or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, (name, unit) in enumerate(columns):
        heading = f"{escape(name)}\n[dim]{escape(unit)}[/dim]" if unit else escape(name)
        table.add_column(heading, justify="left" if index in left else "right")
    for row in rows:
        table.add_row(*map(escape, row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    console.print(table)
