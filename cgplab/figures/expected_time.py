"""Expected running time until the budget is met, failures included, by layer and strategy."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from cgplab.analysis.run_time import FEWEST, expected_running_time, hits
from cgplab.errors import InputError
from cgplab.figures.canvas import HOLLOW, finish, stroke
from cgplab.figures.layers import name_rows, offsets_of, row_looks
from cgplab.figures.outcomes import SHARES, by_strategy, entries, rows_of, subject
from cgplab.figures.scales import Scale, log_scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("name", "strategy", "place_of_mark", "low", "high", "reached", "runs")
_X = "expected generations until the budget is met"
_ARROW = 12.0
"""Size of an arrow's head in square points."""
_BESIDE = 0.012
"""Distance of an arrow from its mark on a screen, by the length of the axis."""
_GREY = "#444444"


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
        ``low``, ``high``, ``least`` in generations, ``seconds`` expected and ``least_seconds``, ``within`` whether any
        run met the budget, and ``mark``: the expected time, or its lower limit where no run met the budget.

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
    seconds = expected_running_time(found, by, "seconds")
    frame = times.assign(
        row=times["name"].map({name: i for i, name in enumerate(order)}), seconds=seconds["expected"],
        least_seconds=seconds["least"], within=times["reached"] > 0,
        mark=times["expected"].where(times["reached"] > 0, times["least"]),
    )  # fmt: skip
    return frame.sort_values(["row", "strategy"], ignore_index=True)


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what marks, bars and arrows are, and where there are none."""
    lost, few = int((~frame["within"]).sum()), int((frame["within"] & frame["low"].isna()).sum())
    endless = int(np.isinf(frame["high"]).sum())
    told = [
        "marks: generations spent by all runs, failures included, divided by the number of runs that met the budget "
        "(Auger and Hansen, 2005)"
    ]
    if frame["low"].notna().any():
        told.append("bars: 95 % percentile interval over 1,000 resamples of the runs")
    if few:
        told.append(f"no bar where there are fewer than {FEWEST} runs ({few} of {len(frame)} marks)")
    if endless:
        told.append(
            f"a bar that ends in an arrow has no upper end ({endless} of {len(frame)} marks): more than 2.5 % of the "
            "resamples contain no run that met the budget"
        )
    if lost:
        told.append(
            f"hollow, with an arrow: no run met the budget ({lost} of {len(frame)} marks), so there is no "
            "estimate; the mark is a lower limit at 95 % confidence, from the largest probability of success "
            "that 0 of n runs allow, 1 − 0.05^(1/n)"
        )
    return told


def table(progress: pd.DataFrame, label: str) -> str:
    """LaTeX table of expected running times; see :func:`data` for errors."""
    from cgplab.latex import table as latex

    frame = data(progress)
    shown = pd.DataFrame(
        {
            "layer": frame["name"], "t": frame["strategy"].map("{:g}".format),
            "within": frame["reached"].map(str) + "/" + frame["runs"].map(str),
            "spent": frame["spent"].map("{:,.0f}".format),
            "expected": _times(frame["expected"], frame["least"], ",.0f"),
            "95 % interval": [_interval(a, b) for a, b in zip(frame["low"], frame["high"], strict=True)],
            "seconds": _times(frame["seconds"], frame["least_seconds"], ".3g"),
        }
    )  # fmt: skip
    caption = (
        f"Expected running time until the budget is met, {subject(progress)}: generations spent in all, and expected "
        f"with restarts after failures; the same in seconds. No interval below {FEWEST} runs. Where no run met the "
        "budget there is no estimate, but a lower limit at 95 % confidence (≥). 'Or more': the "
        "interval has no upper limit, because more than 2.5 % of the resamples contain no success."
    )
    return latex(shown, caption, label)


def _times(expected: pd.Series, least: pd.Series, form: str) -> list[str]:
    return [f"≥ {b:{form}}" if np.isinf(a) else f"{a:{form}}" for a, b in zip(expected, least, strict=True)]


def _interval(low: float, high: float) -> str:
    if np.isnan(low):
        return "–"
    return f"{low:,.0f} or more" if np.isinf(high) else f"{low:,.0f} to {high:,.0f}"


def _label(strategy: float, rows: pd.DataFrame) -> str:
    return f"t = {strategy:g} ({rows['reached'].sum():,}/{rows['runs'].sum():,})"


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(
        place=frame["row"] + frame["strategy"].map(offsets_of(frame)), place_of_mark=frame["mark"].clip(lower=1),
        start=frame["low"].clip(lower=1), end=frame["high"].clip(lower=1),
    )  # fmt: skip


def _scale(frame: pd.DataFrame) -> Scale:
    """Axis that holds every mark and every end of a bar that has one."""
    every = frame[["place_of_mark", "start", "end"]].to_numpy(dtype=float).ravel()
    return log_scale_for(every[np.isfinite(every)])


def _bars(rows: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Bars of rows with ``endless``: whether they end in an arrow, at the end of the axis."""
    known = rows.dropna(subset=["start", "end"])
    return known.assign(endless=np.isinf(known["end"]), end=known["end"].clip(upper=scale.limits[1]))


def interactive(progress: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = _placed(data(progress))
    scale = _scale(frame)
    frame = frame.assign(across=scale.forward(frame["place_of_mark"]), height=-frame["place"])
    groups = by_strategy(frame, _label)
    drawn = []
    for group in groups:
        bars = _bars(group.rows, scale)
        x0, x1 = scale.forward(bars["start"]), scale.forward(bars["end"])
        drawn.append(
            hv.Segments([(a, y, b, y) for a, b, y in zip(x0, x1, bars["height"], strict=True)]).opts(
                color=group.look.colour, line_width=1.5, alpha=0.6, backend="bokeh"
            )
        )
        lost = group.rows[~group.rows["within"]]
        beside = lost["across"] + _BESIDE * (scale.span[1] - scale.span[0])
        at = [*x1[bars["endless"]], *beside], [*bars.loc[bars["endless"], "height"], *lost["height"]]
        drawn.append(
            hv.Points(at, ["across", "height"]).opts(
                color=group.look.colour, marker="triangle", angle=-90, size=7, backend="bokeh"
            )
        )
    names = frame.drop_duplicates("row")
    return dress(
        hv.Overlay(drawn) * points(frame, "across", "height", groups, _HOVER), subject(progress), {"x": _X, "y": ""},
        {"x": scale}, yticks=[(-i, name) for i, name in zip(names["row"], names["name"], strict=True)],
        ylim=(-len(names) + 0.4, 0.6), min_height=max(360, 17 * len(names) + 120),
    )  # fmt: skip


def publication(progress: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = _placed(data(progress))
    names = frame.drop_duplicates("row")["name"].tolist()
    groups = by_strategy(frame, _label)
    height, size, type_size = row_looks(len(names), len(groups))
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.75 + height * len(names)), layout="constrained")
        axes = figure.add_subplot()
        scale = _scale(frame)
        scale.apply(axes, "x")
        for group in groups:
            rows, (colour, marker, _) = group.rows, group.look
            bars = _bars(rows, scale)
            axes.hlines(bars["place"], bars["start"], bars["end"], color=colour, linewidth=0.8, zorder=2)
            endless, lost = bars[bars["endless"]], rows[~rows["within"]]
            beside = ScaledTranslation((size**0.5 + _ARROW**0.5) / 2 / 72, 0, figure.dpi_scale_trans)
            for x, y, at in (
                (endless["end"], endless["place"], axes.transData),
                (lost["place_of_mark"], lost["place"], axes.transData + beside),
            ):
                axes.scatter(
                    x, y, s=_ARROW, marker=">", color=colour, linewidth=0, zorder=3, clip_on=False, transform=at
                )
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
            told.append((HOLLOW, "budget never met: lower limit"))
        if np.isinf(frame["end"]).any() or not frame["within"].all():
            told.append((stroke(_GREY, marker=">", markersize=_ARROW**0.5), "no upper end"))
        finish(figure, subject(progress), told, SHARES)
    return figure
