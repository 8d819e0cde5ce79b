"""Find what is damaged in a sealed study: altered members, and runs whose parts do not fit together."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from cgplab.errors import InputError
from cgplab.sealed import content as members
from cgplab.sealed.content import Content
from cgplab.sealed.rows import NAMES
from cgplab.sealed.run import SealedRun
from cgplab.store import Damage
from cgplab.store.verify import check_grid
from cgplab.work import load_problem


def damages(content: Content) -> Iterator[Damage]:
    """Every altered member; if there is none, every run that cannot be read whole, and tables that cannot."""
    path = content.container.path
    altered = [Damage(path / name, what) for name, what in content.container.damages()]
    yield from altered
    if altered:
        return
    parts: dict[str, Callable[[], object]] = {
        members.STUDY: lambda: content.study_text, members.RUNS: lambda: content.columns,
        members.DOCUMENTS: lambda: content.documents, members.PROGRESS: lambda: content.progress,
        members.CIRCUITS: lambda: content.circuits, members.WEIGHTS: lambda: content.weights,
        members.CARRIED: lambda: content.carried, members.TABLES: lambda: content.tables,
    }  # fmt: skip
    found = [damage for name, read in parts.items() for damage in _tried(path / name, read)]
    yield from found
    if not found:
        for row, name in enumerate(content.ids):
            run = SealedRun(content, name)
            yield from _tried(path / name, partial(_check_row, content, run, row))
            for read in (run.progress, run.history, run.carried_problem, run.carried_costs, run.synthesis, run.events):
                yield from _tried(path / name, read)
            yield from _tried(path / name, partial(check_grid, run, str(path)))
            if content.weights.stored(row) or _has_model(run):
                yield from _tried(path / name, run.weight_arrays)


def _check_row(content: Content, run: SealedRun, row: int) -> None:
    """Raise InputError where the table of runs says something else than the run's documents."""
    told = {name: content.columns[name][row] for name in NAMES}
    if run.row() != told:
        wrong = next(name for name, value in run.row().items() if value != told[name])
        where = content.container.where(members.RUNS)
        raise InputError(f"{where} gives another {wrong} for run {run.id} than its documents")


def _has_model(run: SealedRun) -> bool:
    """Whether weights can be made again here: a model that is absent or has changed is no damage of the file."""
    try:
        load_problem(run.manifest)
    except InputError:
        return False
    return True


def _tried(path: Path, read: Callable[[], object]) -> Iterator[Damage]:
    try:
        read()
    except InputError as error:
        yield Damage(path, str(error))
