"""Best solution of each layer: least energy among the runs that cost no accuracy."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cgplab.errors import InputError
from cgplab.figures.canvas import finish, mark
from cgplab.figures.layers import heading, name_rows, row_looks
from cgplab.figures.outcomes import Group, outcomes, per_strategy, rows_of, share
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, TEXT_WIDTH, looks, publication_style
from cgplab.words import counted

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = (
    "id", "layer", "kernel", "strategy", "seed", "grid", "energy", "accuracy_loss", "gate_count",
    "candidates", "measured",
)  # fmt: skip
_PANELS = ("energy", "accuracy_loss")


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Best run of each layer and kernel, among those within their budget.

    Runs that lose no accuracy (accuracy loss of 0 or less) come first, then those that lose least; among equals the
    lowest energy wins, then the lowest error, then the oldest run.

    Returns
    -------
    pandas.DataFrame
        Columns of the table of runs, ``lossless`` (bool), ``candidates`` (measured runs within budget) of ``measured``
        runs, ``name`` of the row and ``row``, its place from the top. Layers without a run within budget have no row
        in the table, but their place stays free.

    Raises
    ------
    InputError
        No run within its budget has an accuracy.
    """
    frame = outcomes(runs, ["energy", "accuracy_loss"], "no run has an accuracy yet; measure it with: cgplab metrics")
    names, order = rows_of(frame)
    frame = frame.assign(name=names, row=names.map({name: i for i, name in enumerate(order)}))
    by_name = frame.groupby("name")
    frame = frame.assign(candidates=by_name["within"].transform("sum"), measured=by_name["id"].transform("size"))
    found = frame[frame["within"]]
    if found.empty:
        raise InputError(
            "no measured run is within what its strategy allows; search longer, or with: --method construct"
        )
    found = found.assign(loses=found["accuracy_loss"].clip(lower=0), lossless=found["accuracy_loss"] <= 0)
    chosen = found.sort_values(["loses", "energy", "error", "id"]).drop_duplicates("name")
    return chosen.drop(columns="loses").sort_values("row", ignore_index=True)


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: out of how many runs the solutions were chosen, and how many lose no accuracy."""
    candidates = counted(int(frame["candidates"].sum()), "run")
    return [
        f"chosen from {candidates} within budget, out of {frame['measured'].sum():,} measured runs of the same "
        f"weights at all strategies; {int(frame['lossless'].sum()):,} of {len(frame):,} solutions lose no accuracy"
    ]


def table(runs: pd.DataFrame, label: str) -> str:
    """LaTeX table of the best solutions, with booktabs; see :func:`data` for errors."""
    from cgplab.latex import table as latex

    frame = data(runs)
    shown = pd.DataFrame(
        {
            "layer": frame["name"], "t": frame["strategy"].map("{:g}".format),
            "energy [pJ]": frame["energy"].map("{:.3g}".format), "gates": frame["gate_count"].map("{:.0f}".format),
            "missing": frame["missing_weights"].map("{:.0f}".format),
            "accuracy loss [pp]": frame["accuracy_loss"].map("{:+.2f}".format), "n": _shares(frame),
        }
    )  # fmt: skip
    caption = f"Best solution of each layer: {heading(frame)}; n: measured runs within budget, of all measured."
    return latex(shown, caption, label)


def _shares(frame: pd.DataFrame) -> list[str]:
    return [f"{n}/{measured}" for n, measured in zip(frame["candidates"], frame["measured"], strict=True)]


def interactive(runs: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    n = int(frame["row"].max()) + 1
    panels = []
    for measure in _PANELS:
        scale = scale_for(frame[measure])
        placed = frame.assign(across=scale.forward(frame[measure]), height=-frame["row"].astype(float))
        panels.append(
            dress(
                points(placed, "across", "height", _groups(placed, runs), _HOVER),
                heading(frame) if measure == "energy" else "", {"x": LABELS[measure], "y": ""}, {"x": scale},
                yticks=[(-i, name) for i, name in zip(frame["row"], frame["name"], strict=True)],
                ylim=(-n + 0.4, 0.6), min_height=max(320, 17 * n + 120), show_legend=measure != "energy",
            )
        )  # fmt: skip
    return hv.Layout(panels).opts(shared_axes=False, backend="bokeh").cols(2)


def _groups(frame: pd.DataFrame, runs: pd.DataFrame) -> list[Group]:
    """Chosen runs by strategy, in the looks of all strategies that were tried."""
    look = looks(runs["strategy"])
    return [
        Group(f"t = {t:g} ({counted(len(rows), 'row')})", rows, look[t]) for t, rows in per_strategy(frame)
    ]  # fmt: skip


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    groups = _groups(frame, runs)
    every = outcomes(runs, ["energy", "accuracy_loss"], "")
    names, order = rows_of(every)
    shares = {name: share(rows) for name, rows in every.groupby(names)}
    height, size, type_size = row_looks(len(order), 1)
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.75 + height * len(order)), layout="constrained")
        axes = figure.subplots(1, 2, sharey=True, width_ratios=[1.5, 1])
        for panel, measure in zip(axes, _PANELS, strict=True):
            scale = scale_for(frame[measure])
            scale.apply(panel, "x")
            if not scale.ticks:
                panel.xaxis.set_major_locator(MaxNLocator(4))
            panel.set_xlabel(LABELS[measure].replace("percentage points", "pp"))
            for group in groups:
                panel.scatter(
                    group.rows[measure], group.rows["row"], s=size, marker=group.look.marker, color=group.look.colour,
                    linewidth=0, zorder=3, clip_on=False,
                )  # fmt: skip
        name_rows(axes[0], [f"{name} ({shares[name]})" for name in order], type_size)
        for panel in axes:
            panel.grid(axis="both", visible=True)
        finish(figure, f"{heading(frame)}; in parentheses: measured runs within budget / measured runs",
               [(mark(group.look), group.label) for group in groups])  # fmt: skip
    return figure
