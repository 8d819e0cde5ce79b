"""The bar of commands that work through a known number of things."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from cgplab.cli.output import Field, PlainConsole


def progress_bar() -> Progress:
    """Description, bar, count and time left, on standard error; only on a terminal, and gone when all is done.

    The time left is judged by the last five minutes.
    """
    console = PlainConsole(stderr=True)
    return Progress(
        Field("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=console, transient=True, disable=not console.is_terminal, speed_estimate_period=300,
    )  # fmt: skip
