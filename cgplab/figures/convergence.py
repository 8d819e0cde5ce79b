"""How runs converge: error, then energy, over generations; medians with quartiles, by strategy."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis import fixed_budget
from cgplab.analysis.frame_types import is_set
from cgplab.errors import InputError
from cgplab.figures.canvas import finish, mark, points_to_mark
from cgplab.figures.outcomes import SHARES, per_strategy, subject
from cgplab.figures.scales import scale_for
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
        ``measure``, ``strategy``, ``generation``, ``median``, ``q1``, ``q3``, ``mean``, ``sd`` in the measure's unit,
        ``n`` runs that have the measure by then (of the energy, those within budget), ``runs`` of the strategy.
        Energy counts only from the generation on at which half of the runs are within their budget; a run that has
        ended keeps its last value.

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
                "mean": grouped.mean(),
                "sd": grouped.std(),
                "n": grouped.count(),
            }
        ).reset_index()
        runs = progress.groupby("strategy")["id"].nunique()
        table = table.assign(runs=table["strategy"].map(runs)).rename(columns={"budget": "generation"})
        tables.append(table[table["n"] * 2 >= table["runs"]])
    return pd.concat(tables, ignore_index=True)


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what each line rests on at its end."""
    last = frame.sort_values("generation").groupby(["measure", "strategy"]).tail(1)
    energy = last[last["measure"] == "energy"]
    if energy.empty:
        return ["no strategy has half of its runs within budget, so no energy is drawn"]
    told = ", ".join(
        f"t = {t:g}: {n} of {runs}" for t, n, runs in energy[["strategy", "n", "runs"]].itertuples(index=False)
    )
    return [f"energies are over the runs within budget by that generation; at the end: {told}"]


def table(progress: pd.DataFrame, label: str) -> str:
    """LaTeX table of the ends of the lines: median, quartiles, mean and standard deviation by strategy."""
    from cgplab.latex import table as latex

    frame = data(progress)
    last = frame.sort_values("generation").groupby(["measure", "strategy"], sort=False).tail(1)
    shown = pd.DataFrame(
        {
            "measure": last["measure"], "t": last["strategy"].map("{:g}".format),
            "n": last["n"].map(str) + "/" + last["runs"].map(str),
            **{name: last[name].map(_number) for name in ("median", "q1", "q3", "mean", "sd")},
        }
    )  # fmt: skip
    caption = (
        f"Error and energy [pJ] at the end of {subject(progress)}: median, quartiles, mean and standard deviation over "
        "the n runs that have the measure (energies: those within budget), of all runs."
    )
    order = [list(_MEASURES).index(measure) for measure in last["measure"]]
    shown = shown.assign(place=order, t_value=last["strategy"]).sort_values(["place", "t_value"])
    return latex(shown.drop(columns=["place", "t_value"]), caption, label)


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.4g}"


def interactive(progress: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(progress)
    styles = looks(frame["strategy"])
    panels = []
    for measure in _present(frame):
        rows = frame[frame["measure"] == measure]
        scale = scale_for(pd.concat([rows["q1"], rows["q3"]]))
        parts: list[Any] = []
        for strategy, group in per_strategy(rows):
            colour = styles[strategy].colour
            x = group["generation"].to_numpy(dtype=float)
            low, middle, high = (scale.forward(group[name]) for name in ("q1", "median", "q3"))
            parts.append(
                hv.Area((x, low, high), "generation", ["low", f"{measure}_place"]).opts(
                    color=colour, alpha=0.15, line_alpha=0, backend="bokeh"
                )
            )
            parts.append(
                hv.Curve((x, middle), "generation", f"{measure}_place", label=_label(strategy, group)).opts(
                    color=colour, line_width=2, tools=["hover"], backend="bokeh"
                )
            )
        labels = {"x": "generations", "y": LABELS[measure]}
        panels.append(dress(hv.Overlay(parts), "", labels, {"y": scale}, logx=True, show_legend=True))
    return beside(panels, subject(progress), 2)


def _label(strategy: float, rows: pd.DataFrame) -> str:
    return f"t = {strategy:g} (n = {int(rows['n'].iloc[-1])} of {int(rows['runs'].iloc[-1])})"


def publication(progress: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(progress)
    styles = looks(frame["strategy"])
    present = _present(frame)
    runs = frame.groupby("strategy")["runs"].first()
    within = progress.drop_duplicates("id").groupby("strategy")["within"].apply(lambda flags: int(is_set(flags).sum()))
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 2.5), layout="constrained")
        axes = figure.subplots(1, len(present), squeeze=False).ravel()
        for panel, measure in zip(axes, present, strict=True):
            rows = frame[frame["measure"] == measure]
            scale_for(pd.concat([rows["q1"], rows["q3"]])).apply(panel)
            scale_for(rows["generation"]).apply(panel, "x")
            for strategy, group in per_strategy(rows):
                colour, marker, _ = styles[strategy]
                panel.fill_between(
                    group["generation"], group["q1"], group["q3"], color=colour, linewidth=0,
                    alpha=min(0.18, 0.9 / len(styles)),
                )  # fmt: skip
                panel.plot(
                    group["generation"], group["median"], color=colour, marker=marker, markersize=3.5,
                    markevery=points_to_mark(len(group)),
                )  # fmt: skip
            panel.set_xlabel("generations")
            panel.set_ylabel(LABELS[measure])
        told = [(mark(styles[t], line=True), f"t = {t:g} ({within[t]}/{runs[t]})") for t in styles]
        finish(figure, f"{subject(progress)}; lines: medians, bands: quartiles", told, SHARES)
    return figure


def _present(frame: pd.DataFrame) -> list[str]:
    return [measure for measure in _MEASURES if (frame["measure"] == measure).any()]
