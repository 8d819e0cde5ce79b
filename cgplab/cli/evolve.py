"""``cgplab evolve``: search circuits for the weights of a layer."""

import signal
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from cgplab import cgp
from cgplab.analysis import run_rows
from cgplab.cli.options import CostsOption, StoreOption
from cgplab.cli.table import print_runs
from cgplab.errors import InputError
from cgplab.hardware import DEFAULT_COSTS
from cgplab.running import METHODS, Request, check_jobs, plan, run_all, usable_cores
from cgplab.selections import SELECTIONS
from cgplab.store import Manifest, Run, State, Status, Store

EXIT_FAILED = 1


def evolve(
    model: Annotated[str, typer.Option(help="Model: a name of `cgplab model list` or the path of a .npz.")],
    selection: Annotated[str, typer.Option(help=f"Kept -> inferred weights: {', '.join(SELECTIONS)}.")],
    strategy: Annotated[
        list[float] | None, typer.Option(help="Error allowed per weight, e.g. 0, 1, 5 or 11; repeatable. Default: 0.")
    ] = None,
    grid: Annotated[
        str | None, typer.Option(metavar="ROWSxCOLS", help="Gates of the circuit. Default: the selection's.")
    ] = None,
    l_back: Annotated[
        int | None, typer.Option(help="Columns back that a gate can read. Default: the selection's.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="Layer whose weights are inferred.")] = None,
    from_layer: Annotated[str | None, typer.Option(help="layer_bypass: layer whose weights are kept.")] = None,
    filter: Annotated[int | None, typer.Option(help="single_filter: output channel of the kernel.")] = None,
    channel: Annotated[int | None, typer.Option(help="single_filter: input channel of the kernel.")] = None,
    kept: Annotated[int | None, typer.Option(help="mobilenet: weights kept.")] = None,
    runs: Annotated[int, typer.Option(help="Runs (seeds) per strategy.")] = 1,
    seed: Annotated[int, typer.Option(help="First seed; the runs use seed, seed+1, ...")] = 1,
    generations: Annotated[int | None, typer.Option(help="Most generations of a run.")] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(metavar="S", help="Most seconds of search of a run. Default: 60 if nothing else limits it."),
    ] = None,
    patience: Annotated[
        int | None, typer.Option(metavar="N", help="End a phase after N generations without improvement.")
    ] = None,
    mutation_rate: Annotated[
        float | None, typer.Option(metavar="R", help="Share of genes that may change. Default: the selection's.")
    ] = None,
    children: Annotated[int, typer.Option(metavar="L", help="Children per generation, lambda.")] = 4,
    metric: Annotated[str, typer.Option(help="Error metric: SE, MSE or AE.")] = "SE",
    costs: CostsOption = DEFAULT_COSTS,
    method: Annotated[str, typer.Option(help=f"{', '.join(METHODS)}.")] = "evolve",
    wiring: Annotated[
        str | None,
        typer.Option(help="nearest: each weight takes the closest value (default); evolved: a gene per output."),
    ] = None,
    objective: Annotated[
        str, typer.Option(help="Lowered within the budget: energy, energy_per_op, area, delay, depth or gate_count.")
    ] = "energy",
    multiplex: Annotated[
        bool, typer.Option("--multiplex", help="Evolve a gate per value -128..127 (evolved wiring only).")
    ] = False,
    stop: Annotated[
        list[str] | None,
        typer.Option(metavar="MEASURE=LIMIT", help="Early stop; all must hold. Default: error=0 and energy=0."),
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="RUN", help="Begin with this stored run's circuit instead of a random one.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Runs at a time. Default: usable cores.")] = None,
    store: StoreOption = None,
) -> None:
    """Search circuits that infer a layer's weights; one run per strategy and seed."""
    target = Store.open(store)
    chosen = {"layer": layer, "from_layer": from_layer, "filter": filter, "channel": channel, "kept": kept}
    request = Request(
        model=model,
        selection=selection,
        strategies=strategy or [0.0],
        parameters={name: value for name, value in chosen.items() if value is not None},
        grid=grid,
        l_back=l_back,
        runs=runs,
        seed=seed,
        metric=metric,
        children=children,
        mutation_rate=mutation_rate,
        generations=generations,
        time_limit=time_limit,
        patience=patience,
        costs=costs,
        method=method,
        wiring=wiring,
        objective=objective,
        multiplex=multiplex,
        start=None if start is None else target.find(start),
        **({"stops": _stops(stop)} if stop else {}),
    )
    check_jobs(jobs)
    target.check_writable()
    manifests = plan(request)
    created = [target.create(manifest) for manifest in manifests]
    _announce(manifests, target)
    statuses: list[Status] | None = None
    try:
        # A batch system asks with SIGTERM what a person asks with Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with _Display(created) as display:
            statuses = run_all(created, display.report, jobs)
    finally:
        if statuses is None:
            states = Counter(run.status.state.value for run in created)
            Console(stderr=True).print(f"stopped: {', '.join(f'{n} {state}' for state, n in states.items())}")
    print_runs(run_rows(created))
    typer.echo(f"batch {manifests[0].batch}; next: cgplab metrics --batch last")
    failures = [status.reason for status in statuses if status.state is State.FAILED]
    if failures:
        typer.echo(f"{len(failures)} of {len(statuses)} runs failed: {failures[0]}", err=True)
        raise typer.Exit(EXIT_FAILED)


def _stops(texts: Sequence[str]) -> dict[str, float]:
    stops = {}
    for text in texts:
        name, equals, limit = text.partition("=")
        try:
            stops[name.strip()] = float(limit)
        except ValueError:
            equals = ""
        if not equals:
            raise InputError(f"early stop {text!r} is not MEASURE=LIMIT with a number, e.g. gate_count=1")
    return stops


def list_selections() -> None:
    """Show the selections: what is kept and what is inferred."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("selection", "kept -> inferred", "grid", "options"):
        table.add_column(title, no_wrap=title in ("selection", "grid"))
    for selection in SELECTIONS.values():
        options = " ".join(f"--{parameter.name.replace('_', '-')}" for parameter in selection.parameters)
        table.add_row(selection.name, selection.picture, selection.grid, options)
    Console().print(table)


def _announce(manifests: Sequence[Manifest], store: Store) -> None:
    first = manifests[0]
    strategies = ", ".join(f"{s:g}" for s in dict.fromkeys(m.strategy for m in manifests))
    Console(stderr=True).print(
        f"{len(manifests)} runs: {first.model}, {first.selection}, {first.n_inputs} kept weights infer "
        f"{first.n_outputs} of {first.layer} ({first.missing_weights} missing values), grid {first.grid}, "
        f"strategies {strategies}\nstore {store.root}, {usable_cores()} cores",
        highlight=False,
    )


class _Measure(ProgressColumn):
    """One measure of a run; empty until the run has reported."""

    def __init__(self, name: str, width: int) -> None:
        super().__init__()
        self._name, self._width = name, width

    def render(self, task: Task) -> Text:
        return Text(str(task.fields.get(self._name, "")).rjust(self._width))


class _Display:
    """One progress bar per run in progress; finished ones leave a line."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._labels = {run.id: f"t={run.manifest.strategy:g} seed {run.manifest.seed}" for run in runs}
        self._limits = {run.id: run.manifest.settings for run in runs}
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            _Measure("phase", 6),
            _Measure("error", 15),
            _Measure("energy", 12),
            _Measure("rate", 9),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
        )
        self._waiting: TaskID | None = None

    def __enter__(self) -> "_Display":
        self._bar.start()
        # Kernels are compiled on first use; without a word the wait would look like a hang.
        self._waiting = self._bar.add_task("preparing (kernels are compiled on first use)", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def report(self, run: Run, progress: cgp.Progress) -> None:
        """Show a run's progress; called from its thread."""
        with self._lock:
            if self._waiting is not None:
                self._bar.remove_task(self._waiting)
                self._waiting = None
            fields: dict[str, Any] = {
                "phase": progress.phase,
                "error": f"error {progress.error:,}",
                "energy": "" if progress.energy is None else f"{progress.energy:.4g} pJ",
                "rate": _rate(progress.children / max(progress.seconds, 1e-9)),
            }
            if run.id not in self._tasks:
                self._tasks[run.id] = self._bar.add_task(self._labels[run.id], total=1.0, **fields)
            self._bar.update(self._tasks[run.id], completed=self._share(run, progress), **fields)

    def _share(self, run: Run, progress: cgp.Progress) -> float:
        """Part of the run that is done, by whichever limit is nearest."""
        if progress.finished is not None:
            return 1.0
        limits = self._limits[run.id]
        shares = [0.0]
        if limits["time_limit"]:
            shares.append(progress.seconds / limits["time_limit"])
        if limits["generations"]:
            shares.append(progress.generation / limits["generations"])
        return min(max(shares), 1.0)


def _rate(children_per_second: float) -> str:
    if children_per_second >= 1e6:
        return f"{children_per_second / 1e6:.2f} M/s"
    return f"{children_per_second / 1e3:.0f} k/s"
