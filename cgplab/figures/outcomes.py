"""What figures over runs have in common: which runs count, which met their budget, and how both are marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cgplab.analysis import solved
from cgplab.errors import InputError
from cgplab.figures.canvas import HOLLOW, Entry, mark
from cgplab.figures.style import Look, looks
from cgplab.models import load_model
from cgplab.natural_order import natural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SUBJECT = (
    ("model", "models"), ("layer", "layers"), ("selection", "selections"), ("search", "searches"), ("grid", "grids"),
)  # fmt: skip


def outcomes(runs: pd.DataFrame, measures: Sequence[str], otherwise: str) -> pd.DataFrame:
    """Runs that have all measures, and whether their error is within what their strategy allows.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.
    measures : sequence of str
        Columns that must be known.
    otherwise : str
        What the error says when no run has them.

    Returns
    -------
    pandas.DataFrame
        Columns of the table of runs and ``within`` (bool), the measures as float; sorted by strategy, then id.

    Raises
    ------
    InputError
        No run has the measures.
    """
    frame = solved(runs).dropna(subset=list(measures))
    if frame.empty:
        raise InputError(otherwise)
    frame = frame.astype(dict.fromkeys(measures, float))
    return frame.sort_values(["strategy", "id"], ignore_index=True)


def per_strategy(frame: pd.DataFrame) -> list[tuple[float, pd.DataFrame]]:
    """Rows of each strategy, in order."""
    strategies = sorted(float(strategy) for strategy in frame["strategy"].unique())
    return [(strategy, frame[frame["strategy"] == strategy]) for strategy in strategies]


@dataclass(frozen=True, eq=False)
class Group:
    """Rows that share a colour and marker."""

    label: str
    rows: pd.DataFrame
    look: Look


def by_strategy(
    frame: pd.DataFrame, label: Callable[[float, pd.DataFrame], str] = lambda strategy, _: f"{strategy:g}"
) -> list[Group]:
    """Rows of each strategy; the label is its number unless a function of number and rows is given."""
    look = looks(frame["strategy"])
    return [Group(label(strategy, rows), rows, look[strategy]) for strategy, rows in per_strategy(frame)]


def share(rows: pd.DataFrame) -> str:
    """Runs within budget of all, ``3/5``."""
    return f"{int(rows['within'].sum()):,}/{len(rows):,}"


def counted(strategy: float, rows: pd.DataFrame) -> str:
    """Label of a strategy with its runs within budget of all."""
    return f"t = {strategy:g} ({share(rows)})"


SHARES = "strategy t (runs within budget / runs)"
"""Heads a legend of :func:`counted` groups."""


def entries(groups: Sequence[Group], hollow: bool) -> list[Entry]:
    """Legend of groups, and of hollow marks where there are any."""
    told: list[Entry] = [(mark(group.look), group.label) for group in groups]
    return [*told, (HOLLOW, ABOVE)] if hollow else told


ABOVE = "above budget"
"""What hollow marks mean, for the legend."""


def subject(frame: pd.DataFrame) -> str:
    """Models, layers, selections, searches and grids that a figure shows, for its title."""
    known = [(name, noun) for name, noun in _SUBJECT if name in frame and frame[name].notna().any()]
    return ", ".join(listed([str(value) for value in frame[name].dropna().unique()], noun) for name, noun in known)


def listed(values: Sequence[str], noun: str) -> str:
    """One or two values by name, more by their number."""
    return " and ".join(natural(values)) if len(values) <= 2 else f"{len(values)} {noun}"


def layers_of(frame: pd.DataFrame) -> list[str]:
    """Layers in the order they run in their models; those of unknown models, and groups of layers, after them."""
    known = [name for model in natural(frame["model"].dropna().unique()) for name in _layer_names(model)]
    place = {name: i for i, name in reversed(list(enumerate(known)))}
    return sorted(natural(frame["layer"].unique()), key=lambda layer: place.get(layer, len(known)))


def rows_of(frame: pd.DataFrame) -> tuple[pd.Series, list[str]]:
    """Name of the set of weights that each run is about, and all names in order: the layer, and the kernel if known.

    Energies of different layers or kernels are never ranked against each other, so each has a row of its own.
    """
    names = frame["layer"].astype(str)
    if "kernel" in frame:
        kernels = frame["kernel"]
        names = names.where(kernels.isna(), names + " " + kernels.astype(str))
    if frame["model"].nunique() > 1:
        names = frame["model"].astype(str) + " " + names
    place = {layer: i for i, layer in enumerate(layers_of(frame))}
    order = frame.assign(name=names, place=frame["layer"].map(place)).drop_duplicates("name")
    natural_place = {name: i for i, name in enumerate(natural(order["name"]))}
    order = order.assign(natural=order["name"].map(natural_place)).sort_values(["place", "natural"])
    return names, order["name"].tolist()


def _layer_names(model: str) -> tuple[str, ...]:
    try:
        return load_model(model).layer_names
    except InputError:
        return ()


def draw_runs(axes: "Axes", x: np.ndarray, y: np.ndarray, within: np.ndarray, look: Look, size: float = 24) -> None:
    """Draw one point per run, hollow where the error is above the budget; ``size`` in square points."""
    for chosen, face in ((within, look.colour), (~within, "white")):
        axes.scatter(
            x[chosen], y[chosen], s=size, marker=look.marker, facecolor=face, edgecolor=look.colour,
            linewidth=size**0.5 / 5, zorder=3,
        )  # fmt: skip


def swarm(values: np.ndarray, half_width: float = 0.16) -> np.ndarray:
    """Offsets that set values close to one another side by side, the more of them the wider."""
    reach = np.ptp(values) or 1.0
    bins = np.round((values - values.min()) / reach * 50).astype(int)
    fullest = max(np.bincount(bins).max(), 2)
    offsets = np.zeros(len(values))
    for level in np.unique(bins):
        members = np.flatnonzero(bins == level)
        offsets[members] = side_by_side(len(members), half_width * (len(members) - 1) / (fullest - 1))
    return offsets


def side_by_side(n: int, half_width: float = 0.16) -> np.ndarray:
    """Offsets that spread ``n`` points evenly over a band."""
    return np.linspace(-half_width, half_width, n) if n > 1 else np.zeros(1)
