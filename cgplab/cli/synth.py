"""``cgplab synth``: what a circuit really costs after logic synthesis, beside the sum of its gates."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.status import Status

from cgplab.analysis import select_runs
from cgplab.cli.options import BatchOption, JsonOption, StoreOption
from cgplab.cli.plain_table import print_table
from cgplab.errors import InputError
from cgplab.store import Store

LibertyOption = Annotated[
    Path, typer.Option("--liberty", metavar="FILE", help="Liberty file of a standard-cell library.")
]


def synth(
    liberty: LibertyOption,
    runs: Annotated[list[str] | None, typer.Argument(help="Runs to synthesise; or give --batch.")] = None,
    costs: Annotated[
        str | None,
        typer.Option(metavar="TABLE", help="Table of the estimate. Default: derived from the same Liberty file."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also draw estimate against synthesis, as PDF and PNG, in DIR.")
    ] = None,
    store: StoreOption = None,
    batch: BatchOption = None,
    as_json: JsonOption = False,
) -> None:
    """Synthesise circuits as a whole with yosys, inputs as ports and tied to constants; kept with the run."""
    from cgplab.hardware import load_costs
    from cgplab.hardware.synthesis.circuits import synthesise_circuit
    from cgplab.hardware.synthesis.library import read_liberty
    from cgplab.running import circuit_source

    target = Store.open(store)
    if not runs and batch is None:
        raise InputError("name runs, or a batch with --batch; see: cgplab runs list")
    chosen = [target.find(run) for run in runs] if runs else select_runs(target, batch)
    table = None if costs is None else load_costs(costs)
    library = read_liberty(liberty)
    found: dict[str, dict[str, Any]] = {}
    with Console(stderr=True).status("reading") as status:
        for index, run in enumerate(chosen, start=1):
            report = partial(_tell, status, f"run {index} of {len(chosen)}, {run.id[-8:]}")
            result = synthesise_circuit(library, circuit_source(run), table, report).to_json()
            run.write_synthesis({library.name: result})
            found[run.id] = result
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        for run_id, result in found.items():
            _print(run_id, result)
    if out is not None:
        from cgplab.analysis.synthesis import synthesis_frame
        from cgplab.figures import save_drawing
        from cgplab.figures.synthesis import publication

        for path in save_drawing(publication(synthesis_frame(chosen, library.name)), "synthesis", out, ("pdf", "png")):
            typer.echo(str(path))


def _tell(status: Status, run: str, what: str) -> None:
    status.update(f"{run}: {what}")


def _print(run_id: str, result: dict[str, Any]) -> None:
    from cgplab.hardware.tables import QUANTITY_LABELS

    rows = []
    for quantity, label in QUANTITY_LABELS.items():
        estimate, ports, tied = (result[kind][quantity] for kind in ("estimate", "ports", "tied"))
        ratio = f"{ports / estimate:.3g}" if estimate else "–"
        rows.append((label, *("–" if v is None else f"{v:.4g}" for v in (estimate, ports)), ratio, f"{tied:.4g}"))
    rows.append(("cells", "–", f"{result['ports']['cells']:,}", "–", f"{result['tied']['cells']:,}"))
    columns = (
        ("", ""), ("sum of gates", result["costs"]), ("synthesis", "inputs as ports"), ("synthesis /\nsum", ""),
        ("synthesis", "inputs tied"),
    )  # fmt: skip
    print_table(f"{run_id[-8:]} in {result['library']}; netlists checked on random vectors", columns, rows, left=(0,))
