"""How runs converge: error, then energy, over generations; medians with quartiles, by strategy."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis import fixed_budget
from cgplab.errors import InputError
from cgplab.figures.outcomes import per_strategy, subject
from cgplab.figures.scales import scale_for, show_decades
from cgplab.figures.screens import beside, dress, holoviews
from cgplab.figures.style import LABELS, TEXT_WIDTH, looks, publication_style

if TYPE_CHECKING:
    import holoviews as hv

_MEASURES = ("error", "energy")
_STEPS = 60


def data(progress: pd.DataFrame) -> pd.DataFrame:
    """Median and quartiles of error and energy after growing numbers of generations.

    Parameters
    ----------
    progress : pandas.DataFrame
        Frame ``progress``.

    Returns
    -------
    pandas.DataFrame
        ``measure``, ``strategy``, ``generation``, ``median``, ``q1``, ``q3`` in the measure's unit, ``n`` runs that
        have the measure by then, ``runs`` of the strategy. Energy counts only from the generation on at which half of
        the runs are within their budget; a run that has ended keeps its last value.

    Raises
    ------
    InputError
        No run has progress.
    """
    if progress.empty:
        raise InputError("no run has progress yet; make some with: cgplab evolve")
    last = max(2, int(progress["generation"].max()))
    budgets = np.unique(np.geomspace(1, last, _STEPS).astype(int))
    tables = []
    for measure in _MEASURES:
        values = fixed_budget(progress, measure, budgets.tolist(), clock="generation")
        grouped = values.groupby(["measure", "strategy", "budget"])["value"]
        table = pd.DataFrame(
            {
                "median": grouped.median(),
                "q1": grouped.quantile(0.25),
                "q3": grouped.quantile(0.75),
                "n": grouped.count(),
            }
        ).reset_index()
        runs = progress.groupby("strategy")["id"].nunique()
        table = table.assign(runs=table["strategy"].map(runs)).rename(columns={"budget": "generation"})
        tables.append(table[table["n"] * 2 >= table["runs"]])
    return pd.concat(tables, ignore_index=True)


def interactive(progress: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(progress)
    panels = []
    for measure in _present(frame):
        rows = frame[frame["measure"] == measure]
        scale = scale_for(pd.concat([rows["q1"], rows["q3"]]))
        parts = []
        styles = looks(frame["strategy"].unique().tolist())
        for strategy, group in per_strategy(rows):
            colour, _ = styles[strategy]
            x = group["generation"].to_numpy(dtype=float)
            low, middle, high = (scale.forward(group[name]) for name in ("q1", "median", "q3"))
            parts.append(
                hv.Area((x, low, high), "generation", ["low", f"{measure}_place"]).opts(
                    color=colour, alpha=0.15, line_alpha=0, backend="bokeh"
                )
            )
            label = f"t = {strategy:g} (n = {group['runs'].iloc[0]})"
            parts.append(
                hv.Curve((x, middle), "generation", f"{measure}_place", label=label).opts(
                    color=colour, line_width=2, tools=["hover"], backend="bokeh"
                )
            )
        labels = {"x": "generations", "y": LABELS[measure]}
        panels.append(dress(hv.Overlay(parts), "", labels, {"y": scale}, logx=True, show_legend=measure == "energy"))
    return beside(panels, subject(progress), 2)


def publication(progress: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(progress)
    styles = looks(frame["strategy"].unique().tolist())
    present = _present(frame)
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 3.1), layout="constrained")
        axes = figure.subplots(1, len(present), squeeze=False).ravel()
        for panel, measure in zip(axes, present, strict=True):
            rows = frame[frame["measure"] == measure]
            scale_for(pd.concat([rows["q1"], rows["q3"]])).apply(panel)
            show_decades(panel)
            for strategy, group in per_strategy(rows):
                colour, marker = styles[strategy]
                label = f"t = {strategy:g} (n = {group['runs'].iloc[0]})"
                panel.fill_between(group["generation"], group["q1"], group["q3"], color=colour, alpha=0.15, linewidth=0)
                panel.plot(
                    group["generation"], group["median"], color=colour, marker=marker, markersize=3.5,
                    markevery=0.12, label=label,
                )  # fmt: skip
            panel.set_xlabel("generations")
            panel.set_ylabel(LABELS[measure])
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
        figure.suptitle(
            f"{subject(progress)}\nmedian and quartiles of what runs had by then", x=0.01, ha="left", fontsize=9
        )
    return figure


def _present(frame: pd.DataFrame) -> list[str]:
    return [measure for measure in _MEASURES if (frame["measure"] == measure).any()]
