"""``cgplab bench``: how fast and how well the fixed workloads are searched on this machine."""

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cgplab.cli.options import JsonOption
from cgplab.cli.output import complain, say
from cgplab.cli.plain_table import print_table
from cgplab.errors import InputError

if TYPE_CHECKING:
    from cgplab.benchmarks import Row
    from cgplab.benchmarks.quality import Quality

RATES = (
    ("workload", ""), ("kernel", ""), ("naive", "children/CPU-s"), ("chosen", "children/CPU-s"), ("ratio", ""),
    ("A/A", ""), ("naive, energy", "children/CPU-s"), ("chosen, energy", "children/CPU-s"), ("ratio, energy", ""),
)  # fmt: skip


def bench(
    workload: Annotated[
        list[str] | None, typer.Option("--workload", metavar="A..F", help="Workload; repeatable. Default: all.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="CPU-seconds of each measurement of a rate.")] = 1.0,
    long: Annotated[bool, typer.Option("--long", help="Evolve for 60 CPU-seconds each instead of 2.")] = False,
    as_json: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables.")] = False,
) -> None:
    """Measure the search on fixed workloads: one core, CPU time, medians of interleaved repeats."""
    from cgplab.benchmarks import WORKLOADS, measure_workload
    from cgplab.hardware import load_costs

    names = [name.upper() for name in workload or WORKLOADS]
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        raise InputError(f"unknown workload {unknown[0]!r}; allowed: {', '.join(WORKLOADS)}")
    if not (seconds > 0 and math.isfinite(seconds)):
        raise InputError(f"--seconds must be more than 0, not {seconds}")
    if as_json and markdown:
        raise InputError("--json and --markdown exclude each other; give one of them")
    costs = load_costs("freepdk45")
    rows = []
    for name in names:
        complain(f"measuring workload {name}")
        rows.append(measure_workload(WORKLOADS[name], costs, seconds, long))
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    tables = [
        ("Rates: naive evaluates every gate of every child", RATES, [_rates(row) for row in rows]),
        ("Search for an exact circuit", *_qualities(rows)),
    ]
    for title, columns, cells in tables:
        if markdown:
            _print_markdown(columns, cells)
        else:
            print_table(title, columns, cells)


def _rates(row: "Row") -> tuple[str, ...]:
    return (
        row.workload, row.kernel, f"{row.naive:.3g}", f"{row.chosen:.3g}", f"{row.ratio:.2f}", f"{row.aa_ratio:.2f}",
        f"{row.naive_energy_phase:.3g}", f"{row.chosen_energy_phase:.3g}", f"{row.ratio_energy_phase:.2f}",
    )  # fmt: skip


def _qualities(rows: "list[Row]") -> tuple[tuple[tuple[str, str], ...], list[tuple[str, ...]]]:
    moments = list(rows[0].evolved.energy)
    columns = [("workload", "")]
    for wiring in ("evolved", "nearest"):
        columns += [(f"{wiring}, exact", "CPU-s"), (f"{wiring}, error", "SE")]
        columns += [(f"{wiring}, {moment:g} CPU-s", "fJ") for moment in moments]
    columns += [("construct", "CPU-s"), ("construct, energy", "fJ")]
    cells = []
    for row in rows:
        line = [row.workload]
        for quality in (row.evolved, row.nearest):
            line += [_number(quality.exact_seconds, 2), str(quality.error)]
            line += _femtojoules(quality)
        line += [_number(row.construct.exact_seconds, 2), *_femtojoules(row.construct)]
        cells.append(tuple(line))
    return tuple(columns), cells


def _femtojoules(quality: "Quality") -> list[str]:
    return [_number(None if energy is None else energy * 1e3, 4) for energy in quality.energy.values()]


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}g}"


def _print_markdown(columns: tuple[tuple[str, str], ...], cells: list[tuple[str, ...]]) -> None:
    titles = [f"{title} ({unit})" if unit else title for title, unit in columns]
    for line in (titles, ["---:"] * len(titles), *cells):
        say(f"| {' | '.join(line)} |")
    say("")
