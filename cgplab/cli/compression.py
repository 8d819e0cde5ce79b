"""``cgplab compression``: what runs really save, beside other ways to store the same weights."""

import json
import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cgplab.cli.options import (
    BatchOption,
    DatasetOption,
    DeviceOption,
    ImagesOption,
    JsonOption,
    SplitOption,
    StoreOption,
    StudyOption,
)
from cgplab.cli.output import complain, say
from cgplab.cli.plain_table import print_table
from cgplab.cli.progress_bar import progress_bar
from cgplab.errors import InputError
from cgplab.hardware.memory import DEFAULT_LEVEL, DEFAULT_MEMORY, load_memory
from cgplab.running import AccuracyData, Measured
from cgplab.sealed import open_store
from cgplab.store import Run
from cgplab.study.scope import scope_of
from cgplab.words import counted

if TYPE_CHECKING:
    import pandas as pd

TITLES = (
    ("stored as", ""), ("run", ""), ("selection", ""), ("t", ""), ("within", "budget"), ("bits per weight", ""),
    ("kept", "bit"), ("selector", "bit"), ("circuit", "bit"), ("tables", "bit"), ("MSE", ""), ("read", "pJ"),
    ("decode", "pJ"), ("saved", "%"), ("pays above", "pJ/bit"), ("and after", "inferences"), ("accuracy", "%"),
    ("loss", "pp"),
)  # fmt: skip


def compression(
    runs: Annotated[
        list[str] | None, typer.Argument(help="Runs; default: those of the study or batch used last.")
    ] = None,
    memory: Annotated[
        str, typer.Option(metavar="MODEL", help="Memory model: horowitz45, relative, or a .json file.")
    ] = DEFAULT_MEMORY,
    level: Annotated[str, typer.Option(help="Level that weights are read from, e.g. dram or buffer.")] = DEFAULT_LEVEL,
    operation: Annotated[
        float | None, typer.Option(metavar="PJ", help="Energy of one operation, for levels given relative to it.")
    ] = None,
    reads: Annotated[float, typer.Option(help="How often an inference reads, or makes, a weight.")] = 1.0,
    accuracy: Annotated[bool, typer.Option("--accuracy", help="Measure the accuracy of the other ways too.")] = False,
    dataset: DatasetOption = None,
    split: SplitOption = "test",
    images: ImagesOption = None,
    device: DeviceOption = "cpu",
    store: StoreOption = None,
    study: StudyOption = None,
    batch: BatchOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bits per weight and energy per inference: kept weights, selector and circuit, beside int4, tables, entropy."""
    from cgplab.analysis.compression import compression as frame_of
    from cgplab.analysis.stored_compression import keep_accuracies, stored_accuracies

    if not (reads > 0 and math.isfinite(reads)):
        raise InputError(f"--reads must be finite and above 0, not {reads:g}")
    model = load_memory(memory, operation)
    model.level(level)
    target = open_store(store)
    if accuracy:
        target.check_writable()
    scope = None if runs else scope_of(target, study, batch)
    chosen = [target.find(run) for run in runs or []] if scope is None else scope.table.runs
    if not chosen:
        raise InputError(f"the store {target.root} holds no runs yet; make some with: cgplab evolve")
    ready = _ready(chosen)
    if not ready:
        raise InputError("none of these runs has a circuit and a model; name others, or import with --model")
    on = AccuracyData(dataset, split, images)
    on = on if scope is None else scope.images(on)
    names = {name: on.name(name) for name in {run.manifest.model for run in ready}}
    if accuracy:
        keep_accuracies(target, ready, _measure(ready, on, device), names)
    accuracies = stored_accuracies(ready, [target], names)
    frame = frame_of(ready, model, level, reads, names, accuracies)
    if as_json:
        typer.echo(json.dumps(_records(frame), indent=2))
        return
    for _, rows in frame.groupby("scope"):
        first = rows.iloc[0]
        _print(f"{first['model']}, {first['layer']}: {first['n_weights']:,} weights", rows)
    runs_ = frame.dropna(subset=["id"]).drop_duplicates("id")
    above = len(runs_) - int(runs_["within"].astype(bool).sum())
    if above:
        say(
            f"{above:,} of {counted(len(runs_), 'run')} are above budget (within budget: no): their weights err more "
            "than the strategy allows, so no saving is reported"
        )
    say(f"memory: {model.name}, {level}: {model.level(level).energy_per_bit:.4g} pJ per bit; {model.meaning}")
    say(
        "wired: gates and wires fixed in silicon, nothing else to read; "
        "configured: selector and circuit are read once as well. What it all means: docs/memory.md"
    )


def _ready(runs: list[Run]) -> list[Run]:
    """Runs that have a circuit and whose weights are known; a line on standard error for each other one."""
    from cgplab.analysis.scope import scope_of

    ready = []
    for run in runs:
        try:
            if not run.has_weights():
                raise InputError("it has no circuit yet")
            scope_of(run)
            ready.append(run)
        except InputError as error:
            complain(f"run {run.id} left out: {error}")
    return ready


def _measure(runs: list[Run], on: AccuracyData, device: str) -> dict[tuple[object, ...], tuple[float, float]]:
    from cgplab.running.baseline_accuracy import baseline_accuracies

    with progress_bar() as bar:
        task = bar.add_task("accuracy of the baselines", total=None)

        def report(state: Measured) -> None:
            bar.update(task, completed=state.done, total=state.total)

        return baseline_accuracies(runs, on, report, device=device)


def _print(title: str, rows: "pd.DataFrame") -> None:
    cells = []
    for row in rows.to_dict("records"):
        is_run = isinstance(row["id"], str)
        solved = not is_run or bool(row["within"])
        saved = (
            (
                _number(row["saved_share"], ".1f", 100), _number(row["break_even_pj_per_bit"], ".3g"),
                _number(row["break_even_inferences"], ",.0f"),
            )
            if solved
            else ("–",) * 3
        )  # fmt: skip
        cells.append((
            row["scheme"], *((row["id"][-8:], row["selection"]) if is_run else ("–", "–")),
            _number(row["strategy"], "g"), ("yes" if solved else "no") if is_run else "–",
            f"{row['bits_per_weight']:.3f}", f"{row['kept_bits']:,.0f}", f"{row['selector_bits']:,.0f}",
            f"{row['circuit_bits']:,.0f}", f"{row['table_bits']:,.0f}", f"{row['mse']:.4g}",
            f"{row['read_energy']:,.4g}", _number(row["decode_energy"], ".4g"), *saved,
            _number(row["accuracy"], ".2f"), _number(row["accuracy_loss"], ".2f"),
        ))  # fmt: skip
    print_table(title, TITLES, cells, left=(0, 1, 2, 4))


def _number(value: Any, form: str, factor: float = 1) -> str:
    if value is None or math.isnan(value):
        return "–"
    # Rounding must not turn a tiny gain into "-0.00".
    return "never" if math.isinf(value) else f"{value * factor + 0.0:{form}}".replace("-0.00", "0.00")


def _records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows as JSON takes them: nothing for what is unknown or infinite."""

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return [{name: plain(value) for name, value in row.items()} for row in frame.astype(object).to_dict("records")]  # type: ignore[misc]
