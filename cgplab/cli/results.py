"""Results of many runs for people: run by run, or layer by layer where several layers were inferred."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from cgplab.analysis.by_layer import Cell, LayerTable, layer_table
from cgplab.cli.output import PlainConsole, styled
from cgplab.cli.table import cell, print_runs
from cgplab.store import COLUMN_BY_NAME
from cgplab.words import counted

_SETTING = ("model", "selection", "grid", "method", "dataset")
_OWN_SINKS = (
    "These circuits serve several layers at once: each layer needs weight sinks of its own. Sharing the sinks by turns "
    "would cost the energy under 'sink muxes' beside that of the circuit; compare them as a mode of their own."
)


def print_results(rows: Sequence[dict[str, Any]], *measures: str, console: PlainConsole | None = None) -> None:
    """Print runs: a table of each measure by layer and strategy where layers differ, else one line per run.

    Parameters
    ----------
    rows : sequence of dict
        Rows of the table of runs.
    *measures : str
        Shown where layers differ, as the median over the runs of a layer and strategy that are within budget; all but
        the first only where runs have them.
    """
    console = console or PlainConsole()
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in _SETTING), []).append(row)
    single: list[dict[str, Any]] = []
    for setting, members in groups.items():
        tables = [layer_table(members, measure) for measure in measures]
        if len(tables[0].layers) == 1:
            single += members
            continue
        named = zip(_SETTING, setting, strict=True)
        console.print(
            styled("  ").join(styled(f"{name} ", "dim") + styled(value) for name, value in named if value is not None)
        )
        for table in (tables[0], *(more for more in tables[1:] if more.cells)):
            _print_layers(table, console)
    if single:
        print_runs(single, console)
    if any(row["sink_mux_energy"] is not None for row in rows):
        console.print(_OWN_SINKS)


def _print_layers(data: LayerTable, console: PlainConsole) -> None:
    column = COLUMN_BY_NAME[data.measure]
    name = column.name.replace("_", " ")
    unit = f", {column.unit}" if column.unit else ""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    table.add_column("layer", footer="largest", no_wrap=True)
    table.add_column("weights", justify="right")
    table.add_column("missing", justify="right")
    for strategy in data.strategies:
        worst = data.worst_layer(strategy)
        largest = "" if worst is None else _text(data, data.cells[worst, strategy])
        table.add_column(f"t = {strategy:g}", justify="right", footer=largest, no_wrap=True)
    for layer in data.layers:
        cells = [data.cells.get((layer, strategy)) for strategy in data.strategies]
        texts = [styled("–", "dim") if one is None else _text(data, one) for one in cells]
        table.add_row(layer, f"{data.n_outputs[layer]:,}", f"{data.missing_weights[layer]:,}", *texts)
    cells_ = data.cells.values()
    above = sum(one.n - one.within for one in cells_)
    which = "median over the runs within budget, of" if above else "median of"
    console.print(f"{name}{unit}; {which} {_run_count({one.n for one in cells_})} per layer and strategy")
    console.print(table)
    if above:
        console.print(
            f"n/N: n of N runs are within budget, and the median covers only these n. In all, {above} of "
            f"{sum(one.n for one in cells_)} runs are above budget. 'largest' is the largest of these medians."
        )


def _text(data: LayerTable, one: Cell) -> str | Text:
    """Median over the runs within budget, and how many these are of all, where some are above it."""
    share = "" if one.within == one.n else f" {one.within}/{one.n}"
    return (styled("–", "dim") if one.median is None else cell(data.measure, one.median)) + share


def _run_count(numbers: set[int]) -> str:
    if not numbers:
        return "no runs"
    least, most = min(numbers), max(numbers)
    return counted(most, "run") if least == most else f"{least} to {most} runs"
