"""Store the original's runs: each becomes a run like any other, with its own files beside it."""

import shutil
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from math import floor, sqrt
from typing import Annotated, Any, TypedDict
from zipfile import ZIP_DEFLATED, ZipFile

from msgspec import Meta
from ulid import ULID

from cgplab.cgp import Problem
from cgplab.cgp.costs import CostTable
from cgplab.cgp.geometry import MOST_BACK
from cgplab.files import write_json
from cgplab.hardware import cost_table_names, load_costs
from cgplab.schema import Count, Name, Time, read_as
from cgplab.store import Manifest, Run, State, Status, Store
from cgplab.store.carried import write_costs, write_problem
from cgplab.store.status import now
from cgplab.thesis.check import Difference
from cgplab.thesis.gate_parameters import GateParameters
from cgplab.thesis.origin import Origin
from cgplab.thesis.progress import progress_rows, run_seconds
from cgplab.thesis.reading import ReadExperiment, ReadRun

METHOD = "original"
"""Method of an imported run: the original program's evolution."""

FILES = "original"
"""Directory in a run with its files in the original's layout."""

RECORD = "imported.json"


class Record(TypedDict):
    """What the file that marks an imported run holds."""

    experiment: Annotated[str, Meta(pattern=r"^(?!/)(?!.*(^|/)\.\.?(/|\Z)).{1,500}\Z")]
    """Path below the directory that was given, never out of it."""
    run: Count
    imported: Time
    metric: Name
    chromosomes: Count
    differences: list[dict[Name, Any]]


def read_record(run: Run) -> Record:
    """How a run was imported; InputError when it was not, or the file is damaged."""
    return read_as(run.directory / RECORD, Record)


"""What was imported, and how it compared."""

OWN_COSTS = "gate_parameters.txt"
"""Cost table of runs whose gate parameters are no shipped table's; the run carries it."""


@dataclass(frozen=True)
class Imported:
    """What became of one run: its id in the store, and whether it was there before."""

    experiment: str
    run: int
    id: str
    new: bool
    rows: int
    chromosomes: int
    differences: tuple[Difference, ...]


def import_experiment(
    store: Store, read: ReadExperiment, origin: Origin, batch: str, done: Callable[[Imported], None] | None = None
) -> list[Imported]:
    """Store the runs of an experiment; all of them, or none when one cannot be written.

    Parameters
    ----------
    store : Store
    read : ReadExperiment
    origin : Origin
    batch : str
        For all runs of one command.
    done : callable, optional
        Called after every run.
    """
    created: list[Run] = []
    results = []
    try:
        for run in read.runs:
            identity = _identity(read, run, origin)
            present = _present(store, identity)
            if present is None:
                manifest = _manifest(read, run, origin, batch, identity)
                created.append(store.create(manifest, fill=lambda target, run=run: _fill(target, read, run, origin)))  # type: ignore[misc]
            results.append(
                Imported(
                    read.experiment.name, run.run, present or created[-1].id, present is None, len(run.rows),
                    len(run.logged), tuple(run.differences),
                )
            )  # fmt: skip
            if done is not None:
                done(results[-1])
    except BaseException:
        for made in created:
            shutil.rmtree(made.directory, ignore_errors=True)
        raise
    return results


def strategy_of(threshold: int, problem: Problem, metric: str) -> float:
    """Strategy t that gives a threshold: the one with fewest digits, for the original rounds the budget down."""
    counts = {int(problem.n_counted.sum()), problem.targets.size}
    for n in sorted(counts):
        exact = {"AE": threshold / n, "MSE": sqrt(threshold / problem.n_vectors)}.get(metric, sqrt(threshold / n))
        for digits in range(4):
            t = round(exact, digits)
            budget = {"AE": t * n, "MSE": t * t * problem.n_vectors}.get(metric, t * t * n)
            if floor(budget + 1e-9) == threshold:
                return t
    return exact


def _identity(read: ReadExperiment, run: ReadRun, origin: Origin) -> str:
    """The last 16 characters of the run's id, made of its content: what is imported twice is found again."""
    digest = sha256(run.digest)
    digest.update(repr(read.parameters.lines).encode())
    digest.update(repr((run.run, origin.model and origin.model.sha256, origin.selection)).encode())
    digest.update(repr(sorted(origin.parameters.items())).encode())
    return str(ULID(bytes(6) + digest.digest()[:10]))[10:]


def _present(store: Store, identity: str) -> str | None:
    return next((path.name for path in store.runs_directory.glob(f"*{identity}")), None)


def _manifest(read: ReadExperiment, run: ReadRun, origin: Origin, batch: str, identity: str) -> Manifest:
    config, problem = read.config, read.problem
    modified = datetime.fromtimestamp(run.statistics.stat().st_mtime, UTC)
    rows, cols = config.whole("row_count"), config.whole("col_count")
    costs_name, costs = _costs(read.parameters, problem, read.accounting.costs)
    stops = {
        measure: value
        for measure, key in (
            ("error", "mse_early_stop"), ("energy", "energy_early_stop"), ("delay", "delay_early_stop"),
            ("depth", "depth_early_stop"), ("gate_count", "gate_count_early_stop"),
        )
        if (value := config.number(key)) is not None
    }  # fmt: skip
    return Manifest(
        id=str(ULID.from_datetime(modified))[:10] + identity,
        batch=batch,
        created=modified.isoformat(timespec="milliseconds"),
        model=origin.model_name,
        model_sha256="" if origin.model is None else origin.model.sha256,
        layer=origin.layer,
        selection=origin.selection,
        parameters=dict(origin.parameters),
        strategy=strategy_of(read.threshold, problem, read.metric),
        threshold=read.threshold,
        metric=read.metric,
        grid=f"{rows}x{cols}",
        l_back=config.whole("look_back_parameter", cols, most=MOST_BACK),
        seed=run.run,
        method=METHOD,
        settings={
            # The original makes half of population_max children, if it has as many threads.
            "children": config.whole("population_max") // 2 if "population_max" in config.values else None,
            "mutation_rate": config.number("mutation_max"),
            "generations": config.whole("generation_count") if "generation_count" in config.values else None,
            "patience": config.whole("patience") if "patience" in config.values else None,
            "time_limit": None,
            "order": ["energy", "error", "delay", "gate_count"],
            "wiring": "evolved",
            "multiplex": any(measures.multiplexed for _, measures in run.logged),
            "stops": stops or {"error": 0, "energy": 0},
            "start": None,
            "experiment": read.experiment.name,
        },
        costs=costs_name,
        costs_sha256=costs.sha256,
        n_inputs=problem.n_inputs,
        n_outputs=problem.n_outputs,
        missing_weights=problem.missing_weights,
        versions={"cgplab": version("cgplab")},
        git=None,
        host=socket.gethostname(),
    )


def _costs(parameters: GateParameters, problem: Problem, own: CostTable) -> tuple[str, CostTable]:
    """Name and table: a shipped one where its values are the same, else the experiment's own."""
    if problem.n_vectors == 1:
        for name in cost_table_names():
            shipped = load_costs(name)
            if all(
                shipped.quanta[entry][quantity] == own.quanta[entry][quantity]
                for entry in own.quanta
                for quantity in ("energy", "area", "delay")
            ):
                return name, shipped
    return OWN_COSTS, own


def _fill(target: Run, read: ReadExperiment, run: ReadRun, origin: Origin) -> None:
    """Write everything about a run into its directory."""
    write_problem(target, read.problem)
    if target.manifest.costs == OWN_COSTS:
        write_costs(target, read.accounting.costs)
    rows = progress_rows(run.rows)
    progress = target.open_progress(1)
    progress.write(rows)
    progress.close()
    if run.best is not None and run.measures is not None and not run.measures.multiplexed:
        target.write_best(run.best)
        layers = (
            {}
            if origin.selected is None or origin.model is None
            else origin.selected.put_back(origin.model, run.measures.outputs)
        )
        target.write_weights(run.measures.outputs, layers)
    status = _status(read, run, rows)
    if status.state is State.FINISHED:
        target.finish(status)
    else:
        target.write_status(status)
    _write_metrics(target, run)
    _keep_files(target, run)
    target.add_event("imported", experiment=read.experiment.name, run=run.run)
    write_json(
        target.directory / RECORD,
        {
            "experiment": read.experiment.name,
            "run": run.run,
            "imported": now(),
            "metric": read.metric,
            "chromosomes": len(run.logged),
            "differences": [asdict(difference) for difference in run.differences],
        },
    )


def _status(read: ReadExperiment, run: ReadRun, rows: list[dict[str, Any]]) -> Status:
    before = next((other for other in read.runs if other.run == run.run - 1), None)
    # One process makes all number_of_runs runs, one after another.
    chained = before is not None and read.config.whole("number_of_runs", 1) > 1
    last, measures = run.rows[-1], run.measures
    state, reason = State.KILLED, "imported: the original did not end it"
    if measures is None or measures.multiplexed:
        reason = "imported: the original logged no circuit for the targets"
    elif run.final is not None:
        state, reason = State.FINISHED, "imported: the original ended it"
    known: dict[str, Any]
    if measures is not None and not measures.multiplexed:
        known = {name: getattr(measures, name) for name in ("energy", "area", "delay", "depth", "gate_count")}
        known["error"] = measures.errors[read.metric]
    else:
        # Nothing to evaluate: the original's word is all there is.
        source = run.final or last
        known = {name: getattr(source, name) for name in ("error", "energy", "area", "delay", "depth", "gate_count")}
    return Status(
        state,
        updated=now(),
        reason=reason,
        attempt=1,
        kernel="original",
        phase="error" if last.energy is None else "energy",
        generation=last.generation,
        improved=len(rows),
        seconds=run_seconds(run.rows, rows, before.rows[-1].timestamp if chained and before else None),
        **known,
    )


def _write_metrics(target: Run, run: ReadRun) -> None:
    measured = {
        f"{dataset}/{split} (original)": {
            "top1": rows[-1].top1,
            "top5": rows[-1].top5,
            "loss": rows[-1].loss,
            "n": None,
            "reference_top1": None,
            "reference_loss": None,
            "accuracy_loss": None,
            "dataset_sha256": None,
            "measured": now(),
        }
        for (dataset, split), rows in run.metrics.items()
    }
    if measured:
        target.write_metrics(measured)


def _keep_files(target: Run, run: ReadRun) -> None:
    """Copy the run's files as they are; the statistics, which can be large, as an archive."""
    for name, source in run.files.items():
        copy = target.directory / FILES / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source == run.statistics and source.suffix != ".zip":
            with ZipFile(copy.with_name(copy.name + ".zip"), "w", ZIP_DEFLATED) as archive:
                archive.write(source, source.name)
        else:
            shutil.copyfile(source, copy)
