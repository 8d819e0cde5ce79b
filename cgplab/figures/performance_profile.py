"""Performance profile: how many problems each search solves within a factor of the least energy."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis.performance_profile import performance_profile, performance_ratios
from cgplab.figures.canvas import finish, mark, points_to_mark
from cgplab.figures.outcomes import subject
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, holoviews
from cgplab.figures.style import Look, look, new_figure, publication_style
from cgplab.natural_order import natural

if TYPE_CHECKING:
    import holoviews as hv

_X, _Y = "energy / least energy of any search", "share of problems solved"
_BEYOND = 1.15
"""How far lines go on beyond the largest factor."""


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Profile of each search; see :func:`cgplab.analysis.performance_profile` for columns and errors."""
    return performance_profile(performance_ratios(runs.dropna(subset=["energy"])))


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what a problem is, how many there are, and which share each search solves at all."""
    last = frame.groupby("solver").tail(1)
    told = ", ".join(
        f"{name}: {round(share * n)} of {n}"
        for name, share, n in last[["solver", "share", "problems"]].itertuples(index=False)
    )
    return [
        "a problem is a layer or kernel at one strategy; a search solves it if more than half of its runs are within "
        f"budget; its cost there is the median of its runs (problems solved at all: {told}); where the least energy is "
        "0 pJ, only searches that reach 0 pJ count (Dolan and More, 2002)"
    ]


def table(runs: pd.DataFrame, label: str) -> str:
    """LaTeX table: share of problems within some factors; see :func:`data` for errors."""
    from cgplab.latex import table as latex

    frame = data(runs)
    factors = (1.0, 1.1, 2.0, 10.0)
    rows = []
    for name in natural(frame["solver"].unique()):
        own = frame[frame["solver"] == name]
        shares = [own.loc[own["factor"] <= factor, "share"].max() for factor in factors]
        problems = int(own["problems"].iloc[0])
        rows.append((name, *(f"{share:.2f}" for share in (*shares, own["share"].max())), f"{problems}"))
    columns = ["search", "least energy", *(f"within {factor:g} times" for factor in factors[1:]), "solved", "problems"]
    caption = f"Share of problems that each search solves within a factor of the least energy: {subject(runs)}."
    return latex(pd.DataFrame(rows, columns=columns), caption, label)


def _looks(frame: pd.DataFrame) -> dict[str, Look]:
    names = [name for name, _ in _by_solver(frame)]
    return {name: look(i, len(names)) for i, name in enumerate(names)}


def _by_solver(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(name, frame[frame["solver"] == name]) for name in natural(frame["solver"].unique())]


def _label(name: str, rows: pd.DataFrame) -> str:
    return f"{name} (solved: {round(rows['share'].max() * rows['problems'].iloc[0])}/{rows['problems'].iloc[0]})"


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    scale, styles = scale_for(frame["factor"]), _looks(frame)
    curves = [
        hv.Curve((scale.forward(rows["factor"]), rows["share"]), "factor", "share", label=_label(name, rows)).opts(
            color=styles[name].colour, line_width=2, interpolation="steps-post", tools=["hover"], backend="bokeh"
        )
        for name, rows in _by_solver(frame)
    ]
    return dress(hv.Overlay(curves), _title(runs), {"x": _X, "y": _Y}, {"x": scale}, ylim=(-0.02, 1.02))


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    styles, end = _looks(frame), frame["factor"].max() * _BEYOND
    with publication_style():
        figure, axes = new_figure(2.8)
        scale_for([1.0, end]).apply(axes, "x")
        axes.set_xlim(left=0.97)
        for name, rows in _by_solver(frame):
            x, y = [*rows["factor"], end], [*rows["share"], rows["share"].iloc[-1]]
            axes.plot(
                x, y, color=styles[name].colour, marker=styles[name].marker, markersize=3.5, drawstyle="steps-post",
                markevery=points_to_mark(len(x)),
            )  # fmt: skip
        axes.set_ylim(-0.02, 1.02)
        axes.set_xlabel(_X)
        axes.set_ylabel(_Y)
        told = [(mark(styles[name], line=True), _label(name, rows)) for name, rows in _by_solver(frame)]
        finish(figure, _title(runs), told)
    return figure


def _title(runs: pd.DataFrame) -> str:
    return subject(runs.assign(search=None))
