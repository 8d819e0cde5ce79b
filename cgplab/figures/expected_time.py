"""Expected running time until the budget is met, failures included, by layer and strategy."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis.run_time import expected_running_time, hits
from cgplab.errors import InputError
from cgplab.figures.canvas import HOLLOW, finish
from cgplab.figures.layers import name_rows, row_looks
from cgplab.figures.outcomes import SHARES, by_strategy, entries, rows_of, subject
from cgplab.figures.scales import Scale, log_scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("name", "strategy", "place_of_mark", "low", "high", "reached", "runs")
_X = "expected generations until the budget is met"


def data(progress: pd.DataFrame) -> pd.DataFrame:
    """Expected running time by set of weights and strategy; see :func:`cgplab.analysis.expected_running_time`.

    Parameters
    ----------
    progress : pandas.DataFrame
        Frame ``progress``.

    Returns
    -------
    pandas.DataFrame
        ``name`` and ``row`` of the set of weights, ``strategy``, ``runs``, ``reached``, ``spent``, ``expected``,
        ``low``, ``high`` in generations, ``seconds`` expected, ``within`` whether any run met the budget, and ``mark``:
        the expected time, or all that was spent in vain, its lower bound.

    Raises
    ------
    InputError
        No run has progress.
    """
    if progress.empty:
        raise InputError("no run has progress yet; make some with: cgplab evolve")
    found = hits(progress)
    names, order = rows_of(found)
    found = found.assign(name=names)
    by = ["name", "strategy"]
    times = expected_running_time(found, by)
    seconds = expected_running_time(found, by, "seconds")["expected"]
    frame = times.assign(
        row=times["name"].map({name: i for i, name in enumerate(order)}), seconds=seconds, within=times["reached"] > 0,
        mark=times["expected"].where(times["reached"] > 0, times["spent"]),
    )  # fmt: skip
    return frame.sort_values(["row", "strategy"], ignore_index=True)


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what the marks are, and how many are lower bounds only."""
    lost = int((~frame["within"]).sum())
    told = [
        "all generations spent, failures included, over the runs that met the budget (Auger and Hansen, 2005); "
        "bars: 95 % percentile interval over 1,000 resamples of the runs"
    ]
    return (
        [*told, f"hollow: no run met the budget ({lost} of {len(frame)} marks), all that was spent is a lower bound"]
        if lost
        else told
    )


def table(progress: pd.DataFrame) -> str:
    """LaTeX table of expected running times; see :func:`data` for errors."""
    from cgplab.latex import table as latex

    frame = data(progress)
    shown = pd.DataFrame(
        {
            "layer": frame["name"], "t": frame["strategy"].map("{:g}".format),
            "within": frame["reached"].map(str) + "/" + frame["runs"].map(str),
            "spent": frame["spent"].map("{:,.0f}".format), "expected": frame["expected"].map(_time),
            "95 % interval": [f"{_time(a)} to {_time(b)}" for a, b in zip(frame["low"], frame["high"], strict=True)],
            "seconds": frame["seconds"].map(lambda value: "never" if np.isinf(value) else f"{value:.3g}"),
        }
    )  # fmt: skip
    caption = (
        f"Expected running time until the budget is met, {subject(progress)}: generations spent in all, and expected "
        "with restarts after failures; the same in seconds."
    )
    return latex(shown, caption, "tab:expected-time")


def _time(value: float) -> str:
    return "never" if np.isinf(value) else f"{value:,.0f}"


def _label(strategy: float, rows: pd.DataFrame) -> str:
    return f"t = {strategy:g} ({rows['reached'].sum():,}/{rows['runs'].sum():,})"


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    strategies = sorted(frame["strategy"].unique())
    apart = np.linspace(-0.32, 0.32, len(strategies)) if len(strategies) > 1 else [0.0]
    offsets = dict(zip(strategies, apart, strict=True))
    ends = frame["mark"].max()
    return frame.assign(
        place=frame["row"] + frame["strategy"].map(offsets), place_of_mark=frame["mark"].clip(lower=1),
        start=frame["low"].where(frame["within"], frame["mark"]).clip(lower=1),
        end=frame["high"].where(frame["within"], frame["mark"]).clip(lower=1, upper=ends),
    )  # fmt: skip


def interactive(progress: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = _placed(data(progress))
    scale = log_scale_for(frame["place_of_mark"])
    frame = frame.assign(across=scale.forward(frame["place_of_mark"]), height=-frame["place"])
    groups = by_strategy(frame, _label)
    bars = [
        hv.Segments(
            [(a, y, b, y) for a, b, y in zip(*_ends(group.rows, scale), group.rows["height"], strict=True)]
        ).opts(color=group.look.colour, line_width=1.5, alpha=0.6, backend="bokeh")
        for group in groups
    ]  # fmt: skip
    names = frame.drop_duplicates("row")
    return dress(
        hv.Overlay(bars) * points(frame, "across", "height", groups, _HOVER), subject(progress), {"x": _X, "y": ""},
        {"x": scale}, yticks=[(-i, name) for i, name in zip(names["row"], names["name"], strict=True)],
        ylim=(-len(names) + 0.4, 0.6), min_height=max(360, 17 * len(names) + 120),
    )  # fmt: skip


def _ends(rows: pd.DataFrame, scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    return scale.forward(rows["start"]), scale.forward(rows["end"])


def publication(progress: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = _placed(data(progress))
    names = frame.drop_duplicates("row")["name"].tolist()
    groups = by_strategy(frame, _label)
    height, size, type_size = row_looks(len(names), len(groups))
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.75 + height * len(names)), layout="constrained")
        axes = figure.add_subplot()
        log_scale_for(frame["place_of_mark"]).apply(axes, "x")
        for group in groups:
            rows, (colour, marker, _) = group.rows, group.look
            axes.hlines(rows["place"], rows["start"], rows["end"], color=colour, linewidth=0.8, zorder=2)
            for reached, face in ((True, colour), (False, "white")):
                own = rows[rows["within"] == reached]
                axes.scatter(
                    own["place_of_mark"], own["place"], s=size, marker=marker, facecolor=face, edgecolor=colour,
                    linewidth=0.7, zorder=3, clip_on=False,
                )  # fmt: skip
        name_rows(axes, names, type_size)
        axes.set_xlabel(_X)
        told = entries(groups, hollow=False)
        if not frame["within"].all():
            told.append((HOLLOW, "budget never met"))
        finish(figure, subject(progress), told, SHARES)
    return figure
