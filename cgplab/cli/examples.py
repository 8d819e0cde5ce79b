"""``cgplab examples``: where the example runs are."""

from cgplab.cli.output import say
from cgplab.cli.progress_bar import progress_bar
from cgplab.running.examples import example_store


def examples() -> None:
    """Print the store of the example runs, for --store; the first time it is made from the shipped archives.

    For instance: cgplab figures --all --store "$(cgplab examples)"
    """
    with progress_bar() as bar:
        task = bar.add_task("unpacking the example runs", total=None)
        store = example_store(lambda done, total: bar.update(task, completed=done, total=total or None))
    say(str(store.root))
