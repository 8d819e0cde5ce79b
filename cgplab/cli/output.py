"""What commands print: the one place where texts meet the terminal.

Stored texts (tags, notes, reasons, names) may hold anything. None is printed raw: control characters are escaped, see
:mod:`cgplab.terminal`, and square brackets are literal, not styles. Pass styles to :func:`styled`. JSON is printed
exactly, by ``typer.echo(json.dumps(...))``.
"""

from collections.abc import Iterable
from typing import Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import Task, TextColumn
from rich.segment import Segment
from rich.text import Text

from cgplab.terminal import one_line, printable


def say(text: object = "", err: bool = False) -> None:
    r"""Print one line on standard output or standard error; newlines, as in some paths, are shown as ``\n``."""
    typer.echo(printable(text).replace("\n", "\\n"), err=err)


def say_lines(text: object) -> None:
    """Print text on standard output; it may have several lines."""
    typer.echo(printable(text))


def complain(text: object) -> None:
    """Print one line on standard error, behind the program's name."""
    typer.echo(f"cgplab: {one_line(text)}", err=True)


def agreed(question: object) -> bool:
    """Ask on standard error; whether the answer is yes."""
    try:
        return typer.confirm(one_line(question), err=True)
    except typer.Abort:
        return False  # nobody is there to answer


def styled(text: object, style: str = "") -> Text:
    """Text in one of Rich's styles, such as ``dim``."""
    return Text(printable(text), style)


class Field(TextColumn):
    """Column of a progress display that shows texts of its task, ``{task.description}`` say, on one line."""

    def render(self, task: Task) -> Text:
        """Text as it is now."""
        return styled(one_line(self.text_format.format(task=task)))


class PlainConsole(Console):
    """Rich's console for whatever texts: no markup, no emoji codes, no control characters but Rich's own.

    Parameters
    ----------
    **options
        Of :class:`rich.console.Console`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"markup": False, "emoji": False, "highlight": False, **options})

    def render_str(self, text: str, **options: Any) -> Text:
        """Text of a string; before it is measured, so that columns stay aligned."""
        return super().render_str(printable(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Segments to write; also those of texts that came in another way are printable."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)
