"""Cost tables side by side: every paid operator in four measures, on logarithmic axes."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.cgp.costs import QUANTA
from cgplab.figures.canvas import finish, mark
from cgplab.figures.scales import show_decades
from cgplab.figures.style import TEXT_WIDTH, look, publication_style
from cgplab.hardware import CostTable
from cgplab.hardware.tables import QUANTITY_LABELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def data(tables: Sequence[CostTable]) -> pd.DataFrame:
    """Costs of every operator in every table.

    Parameters
    ----------
    tables : sequence of CostTable

    Returns
    -------
    pandas.DataFrame
        Columns ``table``, ``operator``, ``energy`` (power x delay, pJ), ``energy_per_op`` (pJ, NaN where unknown),
        ``area`` (um2), ``delay`` (ns); operators that cost nothing anywhere are left out.
    """
    rows = [
        {"table": table.name, "operator": entry, **asdict(table.cost(entry))}
        for table in tables
        for entry in table.quanta
    ]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(QUANTA, float))
    paid = frame.groupby("operator")["area"].transform("max") > 0
    return frame[paid].reset_index(drop=True)


def publication(tables: Sequence[CostTable]) -> Figure:
    """Draw one panel per measure, the dearest operator on top."""
    frame = data(tables)
    names = list(dict.fromkeys(frame["table"]))
    order = frame.groupby("operator")["area"].median().sort_values().index.tolist()
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH * 1.35, 0.9 + 0.2 * len(order)), layout="constrained")
        axes = figure.subplots(1, len(QUANTITY_LABELS), sharey=True)
        for panel, (quantity, label) in zip(axes, QUANTITY_LABELS.items(), strict=True):
            _panel(panel, frame, names, order, quantity)
            name, _, unit = label.partition(" [")
            panel.set_xlabel(f"{name.replace(' per ', chr(10) + 'per ').replace(', ', ',' + chr(10))} [{unit}")
        axes[0].set_yticks(range(len(order)), [name.replace("_", " ") for name in order])
        axes[0].set_ylim(-0.7, len(order) - 0.3)
        finish(figure, "", [(mark(look(index, len(names))), name) for index, name in enumerate(names)])
    return figure


def _panel(axes: "Axes", frame: pd.DataFrame, names: list[str], order: list[str], quantity: str) -> None:
    show_decades(axes)
    axes.grid(axis="both", which="major")
    offsets = np.linspace(-0.24, 0.24, len(names)) if len(names) > 1 else [0.0]
    for index, (name, offset) in enumerate(zip(names, offsets, strict=True)):
        colour, marker, _ = look(index, len(names))
        group = frame[(frame["table"] == name) & (frame[quantity] > 0)]
        y = [order.index(operator) - offset for operator in group["operator"]]
        axes.scatter(group[quantity], y, s=11, color=colour, marker=marker, linewidth=0, zorder=3)
