"""Estimate against synthesis: the sum of the gates' costs and what logic synthesis makes of the whole circuit."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgplab.errors import InputError
from cgplab.figures.style import TEXT_WIDTH, looks, publication_style
from cgplab.hardware.tables import QUANTITY_LABELS


def data(synthesis: pd.DataFrame) -> pd.DataFrame:
    """Pairs that can stand on logarithmic axes.

    Parameters
    ----------
    synthesis : pandas.DataFrame
        As :func:`cgplab.analysis.synthesis.synthesis_frame` gives it.

    Returns
    -------
    pandas.DataFrame
        The rows whose ``estimate`` and ``ports`` are above 0, with ``ratio`` = ports / estimate.

    Raises
    ------
    InputError
        There are none: every circuit is free.
    """
    frame = synthesis.dropna(subset=["estimate"])
    frame = frame[(frame["estimate"] > 0) & (frame["ports"] > 0)]
    if frame.empty:
        raise InputError("nothing to draw: every circuit consists of shifts, constants and wires, which are free")
    return frame.assign(ratio=frame["ports"] / frame["estimate"]).reset_index(drop=True)


def publication(synthesis: pd.DataFrame) -> Figure:
    """Draw one panel per measure; below the diagonal, synthesis is cheaper than the sum of gates."""
    frame = data(synthesis)
    styles = looks(sorted(frame["strategy"].unique()))
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, TEXT_WIDTH * 0.92), layout="constrained")
        for axes, (quantity, label) in zip(figure.subplots(2, 2).flat, QUANTITY_LABELS.items(), strict=True):
            group = frame[frame["quantity"] == quantity]
            axes.set_title(label, loc="left")
            axes.set(xscale="log", yscale="log", xlabel="sum of gates", ylabel="synthesis, inputs as ports")
            axes.grid(True, which="major")
            if group.empty:
                continue
            values = group[["estimate", "ports"]].to_numpy(dtype=float)
            low, high = 10 ** (np.floor(np.log10(values.min()))), 10 ** (np.ceil(np.log10(values.max())))
            axes.plot([low, high], [low, high], color="#555555", linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
            axes.set(xlim=(low, high), ylim=(low, high), aspect="equal")
            for strategy, (colour, marker) in styles.items():
                of = group[group["strategy"] == strategy]
                axes.scatter(of["estimate"], of["ports"], s=24, color=colour, marker=marker, label=f"t = {strategy:g}")
            axes.text(
                0.96, 0.06, f"median ratio {group['ratio'].median():.2f}, n = {len(group)}",
                transform=axes.transAxes, ha="right", fontsize=8,
            )  # fmt: skip
        handles, names = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper center", ncols=min(len(names), 6))
    return figure
