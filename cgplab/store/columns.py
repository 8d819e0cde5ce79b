"""Columns of the table of runs: the one place that names, orders and explains them."""

from dataclasses import dataclass
from typing import Literal

NUMBER: Literal["number"] = "number"
TEXT: Literal["text"] = "text"
FLAG: Literal["flag"] = "flag"
ARRAY: Literal["array"] = "array"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    name, unit, meaning : str
        ``unit`` is empty for pure numbers and texts.
    kind : str
        What it holds: ``number``, ``text``, ``flag`` or ``array``; any of them may be missing.
    """

    name: str
    unit: str
    meaning: str
    kind: Literal["number", "text", "flag", "array"] = NUMBER

    @property
    def label(self) -> str:
        """Name and unit for a table's head or a figure's axis."""
        text = self.name.replace("_", " ")
        return f"{text} [{self.unit}]" if self.unit else text


RUN_COLUMNS: tuple[Column, ...] = (
    Column("id", "", "identifier of the run, sorts by time of creation", TEXT),
    Column("batch", "", "identifier shared by the runs of one command", TEXT),
    Column("state", "", "pending, running, paused, finished, failed, killed or crashed", TEXT),
    Column("reason", "", "why the run is in this state", TEXT),
    Column("tags", "", "words given with `cgplab runs tag`, separated by blanks", TEXT),
    Column("note", "", "text given with `cgplab runs note`", TEXT),
    Column("model", "", "model whose weights are inferred", TEXT),
    Column("layer", "", "layer whose weights are inferred", TEXT),
    Column("kernel", "", "filter and channel of the kernel, where the selection takes one", TEXT),
    Column("selection", "", "which weights are kept and which are inferred", TEXT),
    Column("strategy", "", "error allowed per weight, t"),
    Column("grid", "", "rows x columns of the circuit", TEXT),
    Column("l_back", "", "columns back that a gate can read"),
    Column("method", "", "how the circuit is found", TEXT),
    Column("wiring", "", "how outputs find their pins: nearest value, or a gene each (evolved)", TEXT),
    Column("search", "", "method, or wiring of circuits evolved from a random start; objective unless energy", TEXT),
    Column("budget", "", "limits of the search", TEXT),
    Column("seed", "", "seed of the run"),
    Column("costs", "", "cost table", TEXT),
    Column("generation", "", "generations done"),
    Column("seconds", "s", "time spent searching"),
    Column("n_inputs", "", "kept weights that feed the circuit"),
    Column("n_outputs", "", "inferred weights"),
    Column("missing_weights", "", "distinct inferred values that do not occur among the kept weights"),
    Column("metric", "", "error metric: SE, MSE or AE", TEXT),
    Column("threshold", "", "error that the strategy allows"),
    Column("error", "", "error of the best circuit, in the run's metric"),
    Column("within", "", "whether the error is within what the strategy allows; missing without a circuit", FLAG),
    Column("energy", "pJ", "sum over active gates, power x delay"),
    Column("area", "um2", "sum over active gates"),
    Column("delay", "ns", "longest path"),
    Column("depth", "", "gates on the longest path"),
    Column("gate_count", "", "active gates"),
    Column("sink_muxes", "", "2-to-1 multiplexers, were the layers that the circuit serves at once to share sinks"),
    Column("sink_mux_energy", "pJ", "of these multiplexers, power x delay; not part of energy"),
    Column("bound", "", "cost no circuit can beat, in the unit of the objective; constructive solver only"),
    Column("proved", "", "whether the constructive solver met the bound", FLAG),
    Column("accuracy", "%", "top-1 with the inferred weights"),
    Column("top5", "%", "top-5 with the inferred weights"),
    Column("loss", "", "mean cross-entropy with the inferred weights"),
    Column("accuracy_loss", "pp", "top-1 of the reference minus top-1 with the inferred weights"),
    Column("dataset", "", "data set and split of the accuracy", TEXT),
    Column("images", "", "images that the accuracy was measured on"),
    Column("cell", "", "key of all that determines a run but its seed; see docs/studies.md", TEXT),
)

COLUMN_BY_NAME: dict[str, Column] = {column.name: column for column in RUN_COLUMNS}
