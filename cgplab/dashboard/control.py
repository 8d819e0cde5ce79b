"""What the dashboard asks of runs; they live in processes of their own, never in the server."""

from collections.abc import Callable, Sequence

from cgplab import running
from cgplab.store import Run, State

ACTIONS: dict[str, Callable[..., None]] = {
    "Pause": running.pause,
    "Resume": running.resume,
    "Stop": running.stop,
    "Retry": running.retry,
}
_TAKES: dict[str, set[State]] = {
    "Pause": {State.RUNNING, State.PENDING},
    "Resume": {State.PAUSED, State.KILLED, State.CRASHED},
    "Stop": {State.RUNNING, State.PENDING, State.PAUSED},
    "Retry": {State.FAILED, State.KILLED, State.CRASHED},
}


def possible(action: str, state: State) -> bool:
    """Whether an action can be asked of a run in this state."""
    return state in _TAKES[action]


def act(action: str, runs: Sequence[Run]) -> int:
    """Ask an action of those of some runs that take it; returns how many do.

    Raises
    ------
    InputError
        A run changed its state meanwhile, or the store cannot be written.
    """
    chosen = [run for run in runs if possible(action, run.observed().state)]
    if chosen:
        ACTIONS[action](*chosen)
    return len(chosen)
