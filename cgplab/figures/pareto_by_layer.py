"""Energy against accuracy loss, layer by layer, each with its own front."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis import pareto
from cgplab.figures.layers import heading
from cgplab.figures.outcomes import draw_runs, layers_of, outcomes, per_strategy
from cgplab.figures.pareto import FRONT, OBJECTIVES, scales_of, screen, stairs
from cgplab.figures.screens import holoviews
from cgplab.figures.style import LABELS, TEXT_WIDTH, looks, publication_style

if TYPE_CHECKING:
    import holoviews as hv


def data(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs with an accuracy, and ``front``: whether no other run of the layer beats them in both objectives.

    See :func:`cgplab.figures.outcomes.outcomes` for the other columns and errors.
    """
    frame = outcomes(runs, list(OBJECTIVES), "no run has an accuracy yet; measure it with: cgplab metrics")
    return frame.assign(front=frame["id"].isin(pareto(frame, OBJECTIVES, by=["model", "layer"])["id"]))


def interactive(runs: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(runs)
    scales = scales_of(frame)
    panels = [
        screen(rows, f"{layer} (n = {len(rows)})", scales, show_legend=False, min_height=260)
        for layer, rows in _by_layer(frame)
    ]
    return hv.Layout(panels).opts(shared_axes=False, title=heading(frame), backend="bokeh").cols(3)


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(runs)
    scales = scales_of(frame)
    styles = looks(frame["strategy"].unique().tolist())
    layers = _by_layer(frame)
    columns = min(len(layers), 3 if len(layers) <= 12 else 6)
    height = -(-len(layers) // columns)
    dense = columns > 3
    with publication_style():
        figure = Figure(
            figsize=(TEXT_WIDTH, 0.9 + height * (0.85 if dense else 1.4)),
            layout="constrained",
        )
        panels = figure.subplots(height, columns, squeeze=False, sharex=True, sharey=True).ravel()
        for panel, (layer, rows) in zip(panels, layers, strict=False):
            scales["x"].apply(panel, "x")
            scales["y"].apply(panel, "y")
            _thin(panel)
            for strategy, group in per_strategy(rows):
                colour, marker = styles[strategy]
                energy, loss = (group[name].to_numpy() for name in OBJECTIVES)
                draw_runs(panel, energy, loss, group["within"].to_numpy(), colour, marker, size=4 if dense else 9)
            panel.plot(*stairs(rows[rows["front"]], scales), color=FRONT, linewidth=0.9, zorder=4)
            title = layer if dense else f"{layer} (n = {len(rows)})"
            panel.set_title(title, loc="left", fontsize=5 if dense else 8, pad=2)
            panel.tick_params(labelsize=5.5 if dense else 7)
        for panel in panels[len(layers) :]:
            panel.set_axis_off()
        for panel in panels[max(0, len(layers) - columns) : len(layers)]:
            panel.tick_params(labelbottom=True)  # also where the row below has no panel
        for strategy, (colour, marker) in styles.items():
            panels[0].scatter([], [], s=20, marker=marker, color=colour, label=f"t = {strategy:g}")
        panels[0].plot([], [], color=FRONT, label="Pareto front")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=len(styles) + 1)
        figure.supxlabel(LABELS["energy"], fontsize=9)
        figure.supylabel(LABELS["accuracy_loss"], fontsize=9)
    return figure


def _by_layer(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(layer, frame[frame["layer"] == layer]) for layer in layers_of(frame)]


def _thin(panel) -> None:  # type: ignore[no-untyped-def]
    """Keep every other tick of an energy axis: the panels are small."""
    ticks, texts = panel.get_xticks(), [text.get_text() for text in panel.get_xticklabels()]
    step = -(-len(ticks) // 4)
    panel.set_xticks(ticks[::step], texts[::step])
