"""``cgplab examples``: where the example runs are."""

import typer

from cgplab.running.examples import example_store


def examples() -> None:
    """Print the store of the example runs, for --store; the first time it is made from the shipped archives.

    For instance: cgplab figures --all --store "$(cgplab examples)"
    """
    typer.echo(str(example_store().root))
