"""``cgplab pause|resume|stop|retry``: runs in progress, and those that stand still."""

import time
from collections.abc import Callable, Iterable, Sequence

from cgplab.analysis import run_rows
from cgplab.cli.options import JobsOption, RunsArgument, StoreOption
from cgplab.cli.output import complain
from cgplab.cli.table import print_runs
from cgplab.errors import InputError
from cgplab.running import manager
from cgplab.store import Run, State, Store

ALL = "all"
_WAIT_SECONDS = 10.0


def pause(runs: RunsArgument, store: StoreOption = None) -> None:
    """Let running and pending runs make room; they go on with `cgplab resume`."""
    chosen = _chosen(runs, store, lambda run: run.observed().state in (State.RUNNING, State.PENDING), "pause")
    manager.pause(*chosen)
    _show_when(all, chosen, State.RUNNING)


def stop(runs: RunsArgument, store: StoreOption = None) -> None:
    """End runs; what they found is stored, and `cgplab resume` would go on with them."""
    chosen = _chosen(
        runs, store, lambda run: run.observed().state in (State.RUNNING, State.PENDING, State.PAUSED), "stop"
    )
    manager.stop(*chosen)
    _show_when(all, chosen, State.RUNNING)


def resume(runs: RunsArgument, jobs: JobsOption = None, store: StoreOption = None) -> None:
    """Let paused runs go on exactly where they were, in the background; by id also killed and crashed ones."""
    chosen = _chosen(runs, store, lambda run: run.observed().state is State.PAUSED, "resume")
    manager.resume(*chosen, jobs=jobs)
    _show_when(any, chosen, State.PENDING)


def retry(runs: RunsArgument, jobs: JobsOption = None, store: StoreOption = None) -> None:
    """Take up failed, killed and crashed runs, and those without a worker, from their last checkpoint."""
    chosen = _chosen(runs, store, manager.can_retry, "retry")
    manager.retry(*chosen, jobs=jobs)
    _show_when(any, chosen, State.PENDING)


def _chosen(names: Sequence[str], store: str | None, fits: Callable[[Run], bool], verb: str) -> list[Run]:
    target = Store.open(store)
    if ALL not in names:
        return [target.find(name) for name in names]
    chosen = [run for run in target.runs() if _meets(run, fits)]
    if not chosen:
        raise InputError(f"no run in {target.root} to {verb}; see: cgplab runs list")
    return chosen


def _meets(run: Run, fits: Callable[[Run], bool]) -> bool:
    """Whether a run fits; a damaged one, of which that cannot be told, is named and does not."""
    try:
        return fits(run)
    except InputError as error:
        complain(f"run {run.id} left out: {error}")
        return False


def _show_when(met: Callable[[Iterable[bool]], bool], runs: Sequence[Run], unwanted: State) -> None:
    """Print the runs when all or any of them have left a state, or after a while."""
    until = time.monotonic() + _WAIT_SECONDS
    while not met(run.observed().state is not unwanted for run in runs) and time.monotonic() < until:
        time.sleep(0.1)
    print_runs(run_rows(runs))
