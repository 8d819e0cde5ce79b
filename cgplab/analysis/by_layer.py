"""One measure of many runs, layer by layer and strategy by strategy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A measure over the runs of one layer and strategy.

    Attributes
    ----------
    median, worst : float or None
        Over the runs within budget that have the measure; worst is the largest. None where there is no such run.
    within : int
        Number of these runs.
    n : int
        Runs that have the measure, those above their budget included.
    """

    median: float | None
    worst: float | None
    within: int
    n: int


@dataclass(frozen=True)
class LayerTable:
    """A measure by layer and strategy.

    Attributes
    ----------
    measure : str
        Column of :data:`cgplab.store.RUN_COLUMNS`.
    layers : tuple of str
        In the order of the runs, which is the order of the layers in the model.
    strategies : tuple of float
        Ascending.
    n_outputs, missing_weights : {layer: int}
        Inferred weights, and distinct values of them that are not among the kept ones; the largest, should
        the runs of a layer differ.
    cells : {(layer, strategy): Cell}
        Absent where no run has the measure.
    """

    measure: str
    layers: tuple[str, ...]
    strategies: tuple[float, ...]
    n_outputs: dict[str, int]
    missing_weights: dict[str, int]
    cells: dict[tuple[str, float], Cell]

    def worst_layer(self, strategy: float) -> str | None:
        """Layer with the largest median; None when no run of the strategy within budget has the measure."""
        cells = {layer: self.cells[layer, strategy] for layer in self.layers if (layer, strategy) in self.cells}
        medians = {layer: cell.median for layer, cell in cells.items() if cell.median is not None}
        return max(medians, key=medians.__getitem__, default=None)


def layer_table(rows: Iterable[dict[str, Any]], measure: str) -> LayerTable:
    """Gather a measure of runs by layer and strategy.

    Parameters
    ----------
    rows : iterable of dict
        Rows of the table of runs, see :func:`cgplab.analysis.run_rows`.
    measure : str
        A numeric column.
    """
    groups: dict[tuple[str, float], list[dict[str, Any]]] = {}
    n_outputs: dict[str, int] = {}
    missing: dict[str, int] = {}
    for row in rows:
        layer = row["layer"]
        groups.setdefault((layer, row["strategy"]), []).append(row)
        n_outputs[layer] = max(n_outputs.get(layer, 0), row["n_outputs"])
        missing[layer] = max(missing.get(layer, 0), row["missing_weights"])
    return LayerTable(
        measure=measure,
        layers=tuple(n_outputs),
        strategies=tuple(sorted({strategy for _, strategy in groups})),
        n_outputs=n_outputs,
        missing_weights=missing,
        cells={key: cell for key, members in groups.items() if (cell := _cell(members, measure)) is not None},
    )


def _cell(rows: Sequence[dict[str, Any]], measure: str) -> Cell | None:
    known = [row for row in rows if row[measure] is not None]
    if not known:
        return None
    # Costs and accuracies of circuits that err too much are no results.
    values = [float(row[measure]) for row in known if row["error"] is not None and row["error"] <= row["threshold"]]
    return Cell(median(values) if values else None, max(values, default=None), len(values), len(known))
