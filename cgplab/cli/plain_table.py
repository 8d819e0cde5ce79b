"""A plain table for people: titles with units, numbers to the right."""

from collections.abc import Container, Sequence

from rich import box
from rich.table import Table

from cgplab.cli.output import PlainConsole, styled

_UNBOUNDED = 2000


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
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, (name, unit) in enumerate(columns):
        heading = styled(f"{name}\n") + styled(unit, "dim") if unit else name
        table.add_column(heading, justify="left" if index in left else "right")
    for row in rows:
        table.add_row(*row)
    console = PlainConsole()
    if not console.is_terminal:  # a file or a pipe has no edge
        unbounded = console.options.update(width=_UNBOUNDED)
        console.width = max(200, console.measure(table, options=unbounded).maximum)
    console.print(table)
