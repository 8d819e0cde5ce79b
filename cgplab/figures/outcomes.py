"""What figures over runs have in common: which runs count, which met their budget, and how both are marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cgplab.analysis import solved
from cgplab.errors import InputError
from cgplab.figures.style import places
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
    """Rows that share a colour and marker, those at ``place`` in the palette."""

    label: str
    rows: pd.DataFrame
    place: int


def by_strategy(
    frame: pd.DataFrame, label: Callable[[float, pd.DataFrame], str] = lambda strategy, _: f"{strategy:g}"
) -> list[Group]:
    """Rows of each strategy; the label is its number unless a function of number and rows is given."""
    place = places(frame["strategy"].unique().tolist())
    return [Group(label(strategy, rows), rows, place[strategy]) for strategy, rows in per_strategy(frame)]


def counted(strategy: float, rows: pd.DataFrame) -> str:
    """Label of a strategy with its number of rows."""
    return f"t = {strategy:g} (n = {len(rows)})"


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


def _layer_names(model: str) -> tuple[str, ...]:
    try:
        return load_model(model).layer_names
    except InputError:
        return ()


def draw_runs(
    axes: "Axes", x: np.ndarray, y: np.ndarray, within: np.ndarray, colour: str, marker: str, size: float = 24
) -> None:
    """Draw one point per run, hollow where the error is above the budget; ``size`` in square points."""
    for chosen, face in ((within, colour), (~within, "white")):
        axes.scatter(
            x[chosen], y[chosen], s=size, marker=marker, facecolor=face, edgecolor=colour, linewidth=size**0.5 / 5,
            zorder=3,
        )  # fmt: skip


def explain_hollow(axes: "Axes", frame: pd.DataFrame) -> bool:
    """Add a legend entry for hollow points if there are any; returns whether there are."""
    hollow = not frame["within"].all()
    if hollow:
        axes.scatter([], [], s=24, facecolor="white", edgecolor="#444444", label="error above budget")
    return hollow


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
