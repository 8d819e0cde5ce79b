"""``cgplab pause|resume|stop|retry``: runs in progress, and those that stand still."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from cgplab.analysis import run_rows
from cgplab.cli.options import JobsOption, NoAccuracyOption, RunsArgument, StoreOption
from cgplab.cli.output import complain
from cgplab.cli.table import print_runs
from cgplab.errors import InputError
from cgplab.running import OWN_TEST_IMAGES, manager
from cgplab.running.standing import standings
from cgplab.store import Run, State, Store
from cgplab.store.commands import Command, Standing, changes, go_on, refusal

ALL = "all"
_WAIT_SECONDS = 10.0


def pause(runs: RunsArgument, store: StoreOption = None) -> None:
    """Let running and pending runs make room; they go on with `cgplab resume`."""
    chosen = _chosen(runs, store, Command.PAUSE)
    manager.pause(*chosen)
    _show_when(all, chosen, State.RUNNING)


def stop(runs: RunsArgument, store: StoreOption = None) -> None:
    """End runs; what they found is stored, and `cgplab resume` would go on with them."""
    chosen = _chosen(runs, store, Command.STOP)
    manager.stop(*chosen)
    _show_when(all, chosen, State.RUNNING)


def resume(
    runs: RunsArgument, jobs: JobsOption = None, no_accuracy: NoAccuracyOption = False, store: StoreOption = None
) -> None:
    """Resume runs in the background exactly where they stopped: paused, killed, crashed, or left without a worker."""
    chosen = _chosen(runs, store, Command.RESUME)
    manager.resume(*chosen, jobs=jobs, confirm=True, accuracy=None if no_accuracy else OWN_TEST_IMAGES)
    _show_when(any, chosen, State.PENDING)


def retry(
    runs: RunsArgument, jobs: JobsOption = None, no_accuracy: NoAccuracyOption = False, store: StoreOption = None
) -> None:
    """Like `cgplab resume`, but also resume failed runs, each from its last checkpoint."""
    chosen = _chosen(runs, store, Command.RETRY)
    manager.retry(*chosen, jobs=jobs, confirm=True, accuracy=None if no_accuracy else OWN_TEST_IMAGES)
    _show_when(any, chosen, State.PENDING)


def _chosen(names: Sequence[str], store: str | None, command: Command) -> list[Run]:
    target = Store.open(store)
    if ALL not in names:
        return [target.find(name) for name in names]
    found = list(standings(target))
    for run, standing in found:
        if standing is Standing.DAMAGED and not changes(standing, command):
            complain(f"run {run.id} left out: {refusal(standing, command, run.id)}")
    chosen = [run for run, standing in found if changes(standing, command)]
    if not chosen:
        counts = Counter(standing for _, standing in found)
        held = ", ".join(
            f"{count} {standing}{f' (go on with: {way})' if (way := go_on(standing)) else ''}"
            for standing, count in counts.most_common()
        )
        raise InputError(f"no run in {target.root} to {command}: it holds {held or 'no runs'}; see: cgplab runs list")
    return chosen


def _show_when(met: Callable[[Iterable[bool]], bool], runs: Sequence[Run], unwanted: State) -> None:
    """Print the runs when all or any of them have left a state, or after a while."""
    until = time.monotonic() + _WAIT_SECONDS
    while not met(run.observed().state is not unwanted for run in runs) and time.monotonic() < until:
        time.sleep(0.1)
    print_runs(run_rows(runs))
