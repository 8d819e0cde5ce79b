"""Turn a sealed study into live runs of a store."""

from pathlib import Path
from typing import Any

from cgplab.errors import InputError
from cgplab.sealed.run import SealedRun
from cgplab.sealed.store import SealedStore
from cgplab.store import Run, Store
from cgplab.store.baselines import write_baselines
from cgplab.store.carried import write_costs, write_problem
from cgplab.store.checksums import write_checked_json
from cgplab.store.circuit_arrays import layers_of
from cgplab.store.events import write_events
from cgplab.store.history import write_history
from cgplab.store.incoming import beside
from cgplab.store.merge import Merged, lacks_nothing
from cgplab.store.names import ANNOTATIONS, HISTORY, MANIFEST, METRICS, PROGRESS, SYNTHESIS
from cgplab.store.progress import write_sealed
from cgplab.store.sensitivity import read_sensitivity, write_sensitivity
from cgplab.system_errors import no_room


def merge_sealed(path: Path, target: Store) -> Merged:
    """Take the runs of a sealed study into a store, and the tables of their models that it lacks.

    Each run is made whole beside its place: its weights are inferred again, compared with those that it had, and it is
    sealed like any other; then :meth:`cgplab.store.Store.merge` takes it over. Merging again changes nothing.

    Raises
    ------
    InputError
        The file is damaged, or the store cannot be written.
    """
    sealed = SealedStore(path)
    target.check_writable()
    found = sealed.verify()
    if found:
        raise InputError(f"{found[0].what}; nothing was merged")
    unchanged: list[str] = []
    refused: dict[str, str] = {}
    with beside(target.root) as directory:
        place = directory / "runs"
        place.mkdir()
        for run in sealed.runs():
            ours = target.run(run.id)
            try:
                if ours.is_there() and lacks_nothing(ours, run):
                    unchanged.append(run.id)
                else:
                    _write(run, place)
            except InputError as error:
                if no_room(error):
                    raise
                refused[run.id] = str(error)
        merged = target.merge(directory) if any(place.iterdir()) else Merged()
    merged.unchanged.extend(unchanged)
    merged.refused.update(refused)
    _take_tables(sealed, target)
    return merged


def _write(run: Run, place: Path) -> None:
    """Make a run of a sealed study a live one in a directory of runs; InputError where it cannot be made as it was."""
    assert isinstance(run, SealedRun)
    arrays = run.weight_arrays()
    live = Run(place / run.id)
    files: dict[str, dict[str, Any]] = {
        METRICS: dict(run.metrics()), SYNTHESIS: run.synthesis(), ANNOTATIONS: dict(run.annotations())
    }  # fmt: skip
    live.directory.mkdir()
    run.manifest.write(live.directory / MANIFEST)
    live.write_best(run.best())
    live.write_weights(arrays["outputs"], layers_of(arrays))
    write_sealed(live.directory / PROGRESS, run.progress())
    if history := run.history():
        write_history(live.directory / HISTORY, history)
    if (problem := run.carried_problem()) is not None:
        write_problem(live, problem)
    if (costs := run.carried_costs()) is not None:
        write_costs(live, costs)
    for name, content in files.items():
        if any(content.values()):
            write_checked_json(live.directory / name, content)
    write_events(live.directory, run.events())
    live.seal(run.status)


def _take_tables(sealed: SealedStore, target: Store) -> None:
    """Add the tables of the runs' models that a store lacks."""
    sensitivity, baselines = sealed.content.tables
    for table in sensitivity:
        if read_sensitivity(target, table.key) is None:
            write_sensitivity(target, table)
    for found in baselines:
        if not target.baselines(found["key"]):
            write_baselines(target, found["key"], found["accuracies"])
