"""Best solution of each layer: least energy among the runs that cost no accuracy."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cgplab.figures.layers import heading
from cgplab.figures.outcomes import by_strategy, layers_of, outcomes, per_strategy
from cgplab.figures.scales import scale_for
from cgplab.figures.screens import dress, holoviews, points
from cgplab.figures.style import LABELS, TEXT_WIDTH, in_lines, looks, publication_style
from cgplab.words import counted

if TYPE_CHECKING:
    import holoviews as hv

_HOVER = ("id", "layer", "kernel", "strategy", "seed", "grid", "energy", "accuracy_loss", "gate_count", "candidates")
_PANELS = ("energy", "accuracy_loss")


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Best run of each layer.

    Runs that lose no accuracy (accuracy loss of 0 or less) come first, then those that lose least; among equals the
    lowest energy wins, then the lowest error, then the oldest run.

    Returns
    -------
    pandas.DataFrame
        Columns of the table of runs, ``lossless`` (bool), ``candidates`` (measured runs of the layer) and ``row``, the
        layer's place from the top.

    Raises
    ------
    InputError
        No run has an accuracy.
    """
    nothing = "no run has an accuracy yet; measure it with: cgplab metrics"
    frame = outcomes(runs, ["energy", "accuracy_loss"], nothing)
    frame = frame.assign(loses=frame["accuracy_loss"].clip(lower=0), lossless=frame["accuracy_loss"] <= 0)
    frame = frame.assign(candidates=frame.groupby("layer")["id"].transform("size"))
    chosen = frame.sort_values(["loses", "energy", "error", "id"]).drop_duplicates("layer")
    places = {layer: i for i, layer in enumerate(layers_of(chosen))}
    chosen = chosen.assign(row=chosen["layer"].map(places)).drop(columns="loses")
    return chosen.sort_values("row", ignore_index=True)


def table(runs: pd.DataFrame) -> str:
    """LaTeX table of the best solutions, with booktabs; see :func:`data` for errors."""
    from cgplab.statistics.latex import table as latex

    frame = data(runs)
    shown = pd.DataFrame(
        {
            "layer": frame["layer"], "t": frame["strategy"].map("{:g}".format),
            "energy [pJ]": frame["energy"].map("{:.3g}".format), "gates": frame["gate_count"].map("{:.0f}".format),
            "missing": frame["missing_weights"].map("{:.0f}".format),
            "accuracy loss [pp]": frame["accuracy_loss"].map("{:+.2f}".format), "n": frame["candidates"].map(str),
        }
    )  # fmt: skip
    return latex(shown, f"Best solution of each layer: {heading(frame)}.", "tab:best-solutions")


def interactive(runs: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    panels = []
    for measure in _PANELS:
        scale = scale_for(frame[measure])
        placed = frame.assign(across=scale.forward(frame[measure]), height=-frame["row"].astype(float))
        groups = by_strategy(placed, _layers)
        panels.append(
            dress(
                points(placed, "across", "height", groups, _HOVER), heading(frame) if measure == "energy" else "",
                {"x": LABELS[measure], "y": ""}, {"x": scale},
                yticks=[(-i, name) for i, name in zip(frame["row"], frame["layer"], strict=True)],
                ylim=(-len(frame) + 0.4, 0.6), min_height=max(320, 17 * len(frame) + 120),
                show_legend=measure != "energy",
            )
        )  # fmt: skip
    return hv.Layout(panels).opts(shared_axes=False, backend="bokeh").cols(2)


def _layers(strategy: float, rows: pd.DataFrame) -> str:
    return f"t = {strategy:g} ({counted(len(rows), 'layer')})"


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    styles = looks(frame["strategy"].unique().tolist())
    dense = len(frame) > 20
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 1.25 + (0.15 if dense else 0.26) * len(frame)), layout="constrained")
        axes = figure.subplots(1, 2, sharey=True, width_ratios=[1.5, 1])
        for panel, measure in zip(axes, _PANELS, strict=True):
            scale = scale_for(frame[measure])
            scale.apply(panel, "x")
            if not scale.ticks:
                panel.xaxis.set_major_locator(MaxNLocator(4))
            panel.grid(axis="both", visible=True)
            panel.set_xlabel(LABELS[measure].replace("percentage points", "pp"))
            for strategy, group in per_strategy(frame):
                colour, marker = styles[strategy]
                for lossless in (True, False):
                    part = group[group["lossless"] == lossless]
                    panel.scatter(
                        part[measure], part["row"], s=14 if dense else 26, marker=marker, edgecolor=colour,
                        facecolor=colour if lossless else "white", zorder=3,
                    )  # fmt: skip
        for strategy, group in per_strategy(frame):
            colour, marker = styles[strategy]
            axes[0].scatter([], [], s=20, marker=marker, color=colour, label=_layers(strategy, group))
        if not frame["lossless"].all():
            axes[0].scatter([], [], s=20, facecolor="white", edgecolor="#444444", label="loses accuracy")
        labels = [f"{layer} (n = {n})" for layer, n in zip(frame["layer"], frame["candidates"], strict=True)]
        axes[0].set_yticks(frame["row"], labels, fontsize=6 if dense else 8)
        axes[0].set_ylim(len(frame) - 0.4, -0.6)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, handletextpad=0.2)
        axes[0].set_title(in_lines(heading(frame)), loc="left")
    return figure
