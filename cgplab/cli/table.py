"""Runs as a table for people."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from cgplab.cli.output import PlainConsole, styled
from cgplab.store import COLUMN_BY_NAME, State
from cgplab.words import digits

SHOWN = (
    "id", "state", "model", "layer", "kernel", "selection", "grid", "method", "strategy", "seed", "generation",
    "seconds", "error", "within", "energy", "area", "delay", "gate_count", "sink_mux_energy", "missing_weights",
    "accuracy", "accuracy_loss",
)  # fmt: skip
# What gives way first on a narrow screen; everything is in `--json` and `cgplab runs show`.
_DISPENSABLE = (
    "area", "delay", "seconds", "model", "method", "grid", "generation", "selection", "layer", "kernel",
    "missing_weights", "gate_count", "seed",
)  # fmt: skip
# Said once above the table when all rows agree.
_COMMON = ("model", "layer", "kernel", "selection", "grid", "method", "missing_weights", "within")
# Left out where no row has them.
_SPECIAL = ("kernel", "sink_mux_energy", "within")
_IN_FULL = {"within": "within budget"}
_UNBOUNDED = 200
_NUMERIC = {
    "strategy", "seed", "generation", "error", "energy", "area", "delay", "depth", "gate_count", "seconds",
    "sink_mux_energy", "missing_weights", "accuracy", "accuracy_loss", "threshold", "n_inputs", "n_outputs", "l_back",
    "top5", "loss",
}  # fmt: skip
_STATE_STYLE = {
    State.FINISHED: "green",
    State.RUNNING: "cyan",
    State.FAILED: "red",
    State.CRASHED: "red",
    State.KILLED: "yellow",
}
_SHORT = {
    "missing_weights": "missing",
    "gate_count": "gates",
    "accuracy_loss": "acc. loss",
    "sink_mux_energy": "sink muxes",
}


def print_runs(rows: Sequence[dict[str, Any]], console: PlainConsole | None = None) -> None:
    """Print rows of the table of runs, with as many columns as fit."""
    console = console or PlainConsole()
    if not console.is_terminal:
        console.width = max(console.width, _UNBOUNDED)
    unbounded = console.options.update(width=10 * _UNBOUNDED)
    same = [name for name in _COMMON if len(rows) > 1 and len({row[name] for row in rows}) == 1]
    absent = [name for name in _SPECIAL if all(row[name] is None for row in rows)]
    names = [name for name in SHOWN if name not in same and name not in absent]
    table = _table(names, rows)
    for name in _DISPENSABLE:
        if console.measure(table, options=unbounded).maximum <= console.width:
            break
        if name in names:
            names.remove(name)
            table = _table(names, rows)
    if same:
        parts = (styled(f"{_title(name)} ", "dim") + cell(name, rows[0][name]) for name in same if name not in absent)
        console.print(styled("  ").join(parts))
    console.print(table)


def _table(names: Sequence[str], rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        column = COLUMN_BY_NAME[name]
        title = _SHORT.get(name, _title(name))
        table.add_column(
            styled(f"{title}\n") + styled(column.unit, "dim") if column.unit else title,
            justify="right" if name in _NUMERIC else "left",
            no_wrap=True,
        )
    for row in rows:
        table.add_row(*(cell(name, row[name]) for name in names))
    return table


def _title(name: str) -> str:
    return _IN_FULL.get(name, name.replace("_", " "))


def cell(name: str, value: Any) -> str | Text:
    """Text of one value; ids are shortened to their distinctive end."""
    if value is None:
        return styled("–", "dim")
    match name:
        case "id":
            return str(value)[-8:]
        case "state":
            return styled(value, _STATE_STYLE.get(State(value), "default"))
        case "strategy":
            return f"{value:g}"
        case "accuracy" | "top5":
            return f"{value:.2f}"
        case "accuracy_loss":
            # Rounding must not turn a tiny gain into "-0.00".
            return f"{round(value, 2) + 0.0:.2f}"
        case _ if isinstance(value, bool):
            return "yes" if value else "no"
        case _ if isinstance(value, float):
            return digits(value)
        case _ if isinstance(value, int):
            return f"{value:,}"
    return str(value)
