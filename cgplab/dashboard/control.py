"""What the dashboard asks of runs; they live in processes of their own, never in the server."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from cgplab import running
from cgplab.running.standing import standing_of
from cgplab.store import Run
from cgplab.store.commands import Command, Standing, changes

_ASK: dict[Command, Callable[..., None]] = {
    Command.PAUSE: running.pause,
    Command.RESUME: partial(running.resume, accuracy=running.OWN_TEST_IMAGES),
    Command.STOP: running.stop,
    Command.RETRY: partial(running.retry, accuracy=running.OWN_TEST_IMAGES),
}
ACTIONS: dict[str, Command] = {command.capitalize(): command for command in _ASK}
"""Commands by the names of their buttons."""


def possible(command: Command, standings: Iterable[Standing]) -> bool:
    """Whether a command would do something with any of some runs: whether its button is on."""
    return any(changes(standing, command) for standing in standings)


def act(action: str, runs: Sequence[Run]) -> int:
    """Ask an action of those of some runs that take it; returns how many do.

    Raises
    ------
    InputError
        A run changed its state meanwhile, or the store cannot be written.
    """
    command = ACTIONS[action]
    chosen = [run for run in runs if changes(standing_of(run), command)]
    if chosen:
        _ASK[command](*chosen)
    return len(chosen)
