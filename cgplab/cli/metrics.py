"""``cgplab metrics``: accuracy of models with inferred weights put back."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from cgplab.cli.evolve_display import layers_in_hand
from cgplab.cli.options import (
    BatchOption,
    ClusterOption,
    ClusterSettingsOption,
    DatasetOption,
    DeviceOption,
    ImagesOption,
    JsonOption,
    SplitOption,
    StoreOption,
    StudyOption,
)
from cgplab.cli.output import say
from cgplab.cli.progress_bar import progress_bar
from cgplab.cli.results import print_results
from cgplab.errors import InputError
from cgplab.running import AccuracyData, Measured, measure_accuracy, missing_accuracy
from cgplab.running.cluster import Cluster
from cgplab.sealed import open_store
from cgplab.store import Run
from cgplab.study.scope import scope_of
from cgplab.words import counted


def metrics(
    runs: Annotated[
        list[str] | None, typer.Argument(help="Runs; default: those of the study or batch used last.")
    ] = None,
    dataset: DatasetOption = None,
    split: SplitOption = "test",
    images: ImagesOption = None,
    device: DeviceOption = "cpu",
    again: Annotated[bool, typer.Option("--again", help="Measure also what is measured already.")] = False,
    cluster: ClusterOption = None,
    cluster_settings: ClusterSettingsOption = None,
    store: StoreOption = None,
    study: StudyOption = None,
    batch: BatchOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put inferred weights back into their models and measure accuracy, loss and accuracy loss."""
    target = open_store(store)
    scope = None if runs else scope_of(target, study, batch)
    chosen = [target.find(run) for run in runs or []] if scope is None else scope.table.runs
    if not chosen:
        raise InputError(f"the store {target.root} holds no runs yet; make some with: cgplab evolve")
    on = AccuracyData(dataset, split, images)
    on = on if scope is None else scope.images(on)
    names = {model: on.name(model) for model in {run.manifest.model for run in chosen}}
    ready = [run for run in chosen if run.has_weights() and run.weight_layers()]
    todo = ready if again else missing_accuracy(ready, on)
    if len(ready) < len(chosen):
        say(
            f"left out: {counted(len(chosen) - len(ready), 'run')} without a circuit yet, or without weights to infer",
            err=True,
        )
    if todo:
        target.check_writable()
    nodes = None if cluster is None else Cluster.of(cluster, cluster_settings)
    measure_with_bar(todo, on, device, nodes)
    rows = [run.row(names[run.manifest.model]) for run in ready]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    print_results(rows, "accuracy_loss")
    references = {(run.manifest.model, found) for run in ready if (found := _reference(run, names))}
    for model, text in sorted(references):
        say(f"top-1 on {names[model]}; reference {model} {text}")


def measure_with_bar(todo: Sequence[Run], on: AccuracyData, device: str = "cpu", nodes: Cluster | None = None) -> None:
    """Measure accuracies here or on other machines, behind a bar."""
    with progress_bar() as bar:
        task = bar.add_task("accuracy", total=len(todo))

        def show(state: Measured) -> None:
            bar.update(task, completed=state.done, description=f"accuracy, {layers_in_hand(state.layers)}")

        if nodes is None:
            measure_accuracy(todo, on, show, device=device)
        elif todo:
            names = {model: on.name(model) for model in {run.manifest.model for run in todo}}
            nodes.measure(todo, on, device, lambda: bar.update(task, completed=_measured(todo, names)))


def _measured(runs: Sequence[Run], names: Mapping[str, str]) -> int:
    return sum(names[run.manifest.model] in run.metrics() for run in runs)


def _reference(run: Run, names: Mapping[str, str]) -> str:
    """Accuracy of the model itself with its interval; empty where it is not known."""
    found = run.metrics()[names[run.manifest.model]]
    top1, n = found.get("reference_top1"), found.get("n")
    if top1 is None or not n:
        return "" if top1 is None else f"{top1:.2f} %"
    from cgplab.statistics.proportion import wilson

    low, high = wilson(round(top1 * n / 100), n)
    return f"{top1:.2f} % (95 % interval {100 * low:.2f} to {100 * high:.2f} %, n = {n:,} images)"
