"""``cgplab evolve``: search circuits for the weights of a layer."""

import signal
from collections.abc import Sequence
from typing import Annotated

import typer

from cgplab.analysis import run_rows
from cgplab.cgp.settings import parse_stops
from cgplab.cli.carrying import METRICS, carry_out, where_left
from cgplab.cli.evolve_display import announce
from cgplab.cli.options import (
    ClusterOption,
    ClusterSettingsOption,
    CostsOption,
    JobsOption,
    NoAccuracyOption,
    StoreOption,
)
from cgplab.cli.output import say
from cgplab.cli.results import print_results
from cgplab.errors import InputError
from cgplab.hardware import DEFAULT_COSTS
from cgplab.running import METHODS, OWN_TEST_IMAGES, Request, check_jobs, missing_accuracy, plan_runs
from cgplab.running import start as start_runs
from cgplab.running.cluster import Cluster
from cgplab.selections import SELECTIONS, Published, selection_by_name
from cgplab.store import Run, State, Store
from cgplab.store.commands import Standing, ways_on
from cgplab.store.events import was_refused

EXIT_FAILED = 1


def evolve(
    model: Annotated[str, typer.Option(help="Model: a name of `cgplab model list` or the path of a .npz.")],
    selection: Annotated[str, typer.Option(help=f"Kept -> inferred weights: {', '.join(SELECTIONS)}.")],
    strategy: Annotated[
        list[float] | None, typer.Option(help="Error allowed per weight, e.g. 0, 1, 5 or 11; repeatable. Default: 0.")
    ] = None,
    grid: Annotated[
        list[str] | None,
        typer.Option(metavar="ROWSxCOLS", help="Gates of the circuit; repeatable. Default: the selection's."),
    ] = None,
    l_back: Annotated[
        int | None, typer.Option(help="Columns back that a gate can read. Default: the selection's.")
    ] = None,
    layer: Annotated[
        list[str] | None,
        typer.Option(
            help="Layer whose weights are inferred; repeatable, or 'all'. Each gets its own runs, unless the "
            "selection serves several layers by one circuit."
        ),
    ] = None,
    from_layer: Annotated[str | None, typer.Option(help="layer_bypass: layer whose weights are kept.")] = None,
    filter: Annotated[int | None, typer.Option(help="single_filter: output channel of the kernel.")] = None,
    channel: Annotated[int | None, typer.Option(help="single_filter: input channel of the kernel.")] = None,
    core: Annotated[int | None, typer.Option(help="Side of a kernel's core. Default: 3, or 1 in 3x3 kernels.")] = None,
    kernels: Annotated[int | None, typer.Option(help="grid_size: kernels drawn at random.")] = None,
    kernel_seed: Annotated[int | None, typer.Option(help="grid_size: seed that draws the kernels.")] = None,
    kept: Annotated[int | None, typer.Option(help="mobilenet, shared_codebook: weights kept.")] = None,
    published: Annotated[
        bool, typer.Option("--published", help="Strategies, runs and mode of the original study, where not given.")
    ] = False,
    runs: Annotated[int | None, typer.Option(help="Runs (seeds) per setting. Default: 1.")] = None,
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
    jobs: JobsOption = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return at once; a worker carries the runs out and outlasts this shell.")
    ] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Create the runs but start none; see cgplab submit and cgplab resume.")
    ] = False,
    no_accuracy: NoAccuracyOption = False,
    cluster: ClusterOption = None,
    cluster_settings: ClusterSettingsOption = None,
    store: StoreOption = None,
) -> None:
    """Search circuits that infer weights; one run per layer, kernel, grid, strategy and seed.

    When runs end, the accuracy with the inferred weights is measured on all test images of the model's data set.
    """
    target = Store.open(store, to_fill=True)
    study = _study(selection) if published else Published(runs=1)
    given = {
        **(selection_by_name(selection).layer_parameters(layer) if layer else {}),
        "from_layer": from_layer, "filter": filter, "channel": channel, "core": core,
        "kernels": kernels, "kernel_seed": kernel_seed, "kept": kept,
    }  # fmt: skip
    request = Request(
        model=model,
        selection=selection,
        strategies=strategy or study.strategies,
        parameters={name: value for name, value in given.items() if value is not None},
        grids=grid or (),
        l_back=l_back,
        runs=study.runs if runs is None else runs,
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
        multiplex=multiplex or study.multiplex,
        start=None if start is None else target.find(start),
        stops=parse_stops(stop) if stop else None,
    )
    check_jobs(jobs)
    elsewhere = detach + plan + (cluster is not None)
    if elsewhere > 1:
        raise InputError("--detach, --plan and --cluster exclude each other; give one of them")
    accuracy = None if no_accuracy else OWN_TEST_IMAGES
    nodes = None if cluster is None else Cluster.of(cluster, cluster_settings)
    target.check_writable()
    planned = plan_runs(request)
    announce(planned, target)
    if detach:
        start_runs(planned.manifests, target, jobs, confirm=True, accuracy=accuracy)
        say(f"batch {planned.manifests[0].batch}; next: cgplab runs list --batch last, cgplab pause all")
        return
    if plan:
        target.create_all(planned.manifests)
        say(f"batch {planned.manifests[0].batch}; next: cgplab submit slurm --batch last")
        return
    # A batch system asks with SIGTERM what a person asks with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    created, statuses = carry_out(planned.manifests, target, jobs, accuracy, nodes)
    print_results(run_rows(created), "energy", "accuracy_loss")
    say(f"batch {planned.manifests[0].batch}{_next(created)}")
    ended = (State.FINISHED, State.FAILED)
    left = [run for run, status in zip(created, statuses, strict=True) if status.state not in ended]
    if left:
        say(where_left(left))
    failed = [(run, status) for run, status in zip(created, statuses, strict=True) if status.state is State.FAILED]
    if failed:
        text = f"{len(failed)} of {len(statuses)} runs failed: {failed[0][1].reason}"
        if all(was_refused(run.directory, status.attempt) for run, status in failed):
            raise InputError(text)
        say(f"{text}; after fixing that: {ways_on([Standing.FAILED])}", err=True)
        raise typer.Exit(EXIT_FAILED)


def _next(runs: Sequence[Run]) -> str:
    """Next command after runs have ended."""
    if any(run.metrics() for run in runs):
        return "; next: cgplab figures --all --batch last --out out"
    return f"; next: {METRICS}" * bool(missing_accuracy(runs))


def _study(selection: str) -> Published:
    study = selection_by_name(selection).published
    if study is None:
        raise InputError(f"the original study published nothing of {selection}; leave out --published")
    return study
