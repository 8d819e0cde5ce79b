"""``cgplab synth``: what circuits cost after logic synthesis, beside the sum of their gates."""

import json
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer

from cgplab.cli.options import BatchOption, JsonOption, StoreOption, StudyOption
from cgplab.cli.output import complain, say
from cgplab.cli.plain_table import print_table
from cgplab.cli.progress_bar import progress_bar
from cgplab.errors import InputError
from cgplab.store import Run, Store
from cgplab.study.scope import scope_of
from cgplab.words import counted

LibertyOption = Annotated[
    Path, typer.Option("--liberty", metavar="FILE", help="Liberty file of a standard-cell library.")
]
MOST_IN_FULL = 3
"""Up to this many runs get a table each; more share one, a row each."""


def synth(
    liberty: LibertyOption,
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[RUN]...", help="Runs to synthesise, by beginning or end of the id; or give --batch."),
    ] = None,
    costs: Annotated[
        str | None,
        typer.Option(metavar="TABLE", help="Table of the estimate. Default: derived from the same Liberty file."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also draw estimate against synthesis, as PDF and PNG, in DIR.")
    ] = None,
    store: StoreOption = None,
    study: StudyOption = None,
    batch: BatchOption = None,
    as_json: JsonOption = False,
) -> None:
    """Synthesise circuits as a whole with yosys, inputs as ports and tied to constants; kept with the run."""
    from cgplab.hardware import load_costs
    from cgplab.hardware.synthesis.circuits import synthesise_circuit
    from cgplab.hardware.synthesis.library import read_liberty
    from cgplab.hardware.synthesis.mapping import find_yosys
    from cgplab.running import circuit_source

    target = Store.open(store)
    if not runs and batch is None and study is None:
        raise InputError("name runs, a study with --study, or a batch with --batch; see: cgplab runs list")
    chosen = [target.find(run) for run in runs] if runs else _with_circuit(scope_of(target, study, batch).table.runs)
    table = None if costs is None else load_costs(costs)
    find_yosys()
    library = read_liberty(liberty)
    found: dict[str, dict[str, Any]] = {}
    with progress_bar() as bar:
        task = bar.add_task("reading", total=len(chosen))
        for run in chosen:

            def tell(what: str, run: str = run.id[-8:]) -> None:
                bar.update(task, description=f"{run}: {what}")

            found[run.id] = synthesise_circuit(library, circuit_source(run), table, tell).to_json()
            run.write_synthesis({library.name: found[run.id]})
            bar.advance(task)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    elif len(found) <= MOST_IN_FULL:
        for run_id, result in found.items():
            _print_one(run_id, result)
    else:
        _print_many(found, {run.id: bool(run.row()["within"]) for run in chosen})
    if out is not None:
        from cgplab.analysis import synthesis
        from cgplab.figures import save_figure

        frame = synthesis(chosen)
        for path in save_figure("synthesis", frame[frame["library"] == library.name], out, ("pdf", "png")):
            say(str(path), err=as_json)


def _with_circuit(runs: list[Run]) -> list[Run]:
    ready = [run for run in runs if run.has_weights()]
    if not ready:
        raise InputError("no run of this batch has a circuit yet; wait for them, or name others")
    if len(ready) < len(runs):
        complain(f"left out: {counted(len(runs) - len(ready), 'run')} without a circuit yet")
    return ready


def _print_one(run_id: str, result: dict[str, Any]) -> None:
    from cgplab.hardware.tables import QUANTITY_LABELS

    rows = []
    for quantity, label in QUANTITY_LABELS.items():
        estimate, ports, tied = (result[kind][quantity] for kind in ("estimate", "ports", "tied"))
        rows.append((label, _digits(estimate), _digits(ports), _digits(_ratio(estimate, ports), 3), _digits(tied)))
    rows.append(("cells", "–", f"{result['ports']['cells']:,}", "–", f"{result['tied']['cells']:,}"))
    columns = (
        ("", ""), ("sum of gates", result["costs"]), ("synthesis", "inputs as ports"), ("synthesis /\nsum", ""),
        ("synthesis", "inputs tied"),
    )  # fmt: skip
    print_table(f"{run_id[-8:]} in {result['library']}; netlists checked on random vectors", columns, rows, left=(0,))


def _print_many(found: dict[str, dict[str, Any]], within: dict[str, bool]) -> None:
    quantities = {"energy_per_op": "pJ per operation", "area": "µm²", "delay": "ns"}
    ratios: dict[str, list[float]] = {quantity: [] for quantity in quantities}
    rows = []
    for run_id, result in found.items():
        cells = [run_id[-8:], "yes" if within[run_id] else "no"]
        for quantity in quantities:
            estimate, ports = result["estimate"][quantity], result["ports"][quantity]
            ratio = _ratio(estimate, ports)
            ratios[quantity] += [ratio] if ratio is not None and within[run_id] else []
            cells += [_digits(estimate), _digits(ports), _digits(ratio, 3)]
        rows.append((*cells, f"{result['ports']['cells']:,}", f"{result['tied']['cells']:,}"))
    columns = [("run", ""), ("within", "budget")]
    for unit in quantities.values():
        columns += [("sum of gates", unit), ("synthesis", unit), ("ratio", "")]
    columns += [("cells", "inputs as ports"), ("cells", "inputs tied")]
    first = next(iter(found.values()))
    print_table(f"{first['library']}; sum of gates: {first['costs']}", columns, rows, left=(0, 1))
    medians = [f"{q.replace('_per_op', ' per operation')} {median(r):.3g}" for q, r in ratios.items() if r]
    if medians:
        over = f"{sum(within.values()):,} of {counted(len(within), 'run')} within budget"
        say(f"synthesis / sum of gates, median over {over}: {', '.join(medians)}")


def _ratio(estimate: float | None, synthesised: float) -> float | None:
    return synthesised / estimate if estimate else None


def _digits(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}g}"
