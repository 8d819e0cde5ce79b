"""Bits per weight, memory energy and accuracy in one plane: circuits beside other ways to store the same weights."""

from math import ceil, floor
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_hex, to_rgba
from matplotlib.figure import Figure

from cgplab.analysis.compression import CONFIGURED, WIRED
from cgplab.analysis.frame_types import is_set
from cgplab.errors import InputError
from cgplab.figures.canvas import HOLLOW, Entry, finish, in_width, stroke
from cgplab.figures.outcomes import ABOVE, share, subject
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import beside, dress, holoviews
from cgplab.figures.style import TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    import holoviews as hv
    from matplotlib.axes import Axes

PALETTE = "cividis"
"""Nuñez, Anderton and Renslow, "Optimizing colormaps with consideration for color vision deficiency", 2018."""
CIRCUITS = {WIRED: ("o", "circle"), CONFIGURED: ("s", "square")}
"""Markers of circuits for print and for screens."""
BASELINES = {
    "int8": ("D", "diamond"), "int4": ("^", "triangle"), "k-means 5 bit": ("p", "hex"),
    "k-means 4 bit": ("P", "plus"), "k-means 3 bit": ("X", "x"), "entropy bound": ("v", "inverted_triangle"),
}  # fmt: skip
"""Markers of baselines, grey, for print and for screens."""
MOST_PANELS = 4
_INT8 = 8
"""Bits per weight above which nothing is compressed."""
_INK, _UNKNOWN = "#222222", "#b3b3b3"
_STORED = "#dcdcdc"
"""Inside of the marks of baselines."""
_X, _Y = "bits per weight", "accuracy loss [pp]"
_COLOUR = "memory energy saved against int8 [%]"
_HOVER = (
    "id",
    "scheme",
    "selection",
    "strategy",
    "bits_per_weight",
    "accuracy_loss",
    "within",
    "saved",
    "mse",
    "n_weights",
)


def data(compression: pd.DataFrame) -> pd.DataFrame:
    """Rows with an accuracy of the largest sets of weights, and ``saved``: memory energy saved, per cent of int8's.

    Parameters
    ----------
    compression : pandas.DataFrame
        Frame ``compression``.

    Returns
    -------
    pandas.DataFrame
        At most :data:`MOST_PANELS` scopes, those of most weights, of equals those of most runs. Baselines that change
        no weight lose nothing; the others are there once they were measured.

    Raises
    ------
    InputError
        No run has an accuracy.
    """
    compression = compression.dropna(subset=["bits_per_weight"])
    runs = compression[compression["id"].notna() & compression["accuracy_loss"].notna()]
    if runs.empty:
        raise InputError("no run has an accuracy yet; measure it with: cgplab metrics")
    sizes = runs.groupby("scope").agg(n_weights=("n_weights", "first"), runs=("id", "nunique"))
    chosen = sizes.sort_values(["n_weights", "runs"], ascending=False, kind="stable").index[:MOST_PANELS]
    frame = compression[compression["scope"].isin(chosen)].copy()
    unchanged = frame["scheme"].isin(["int8", "entropy bound"])
    frame["accuracy_loss"] = frame["accuracy_loss"].astype(float).mask(unchanged, 0.0)
    frame["saved"] = 100 * frame["saved_share"].astype(float)
    frame["scope"] = pd.Categorical(frame["scope"], chosen, ordered=True)
    return frame.dropna(subset=["accuracy_loss"]).sort_values("scope", kind="stable", ignore_index=True)


def interactive(compression: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    frame = data(compression)
    panels = [_screen(rows, _limits(frame)) for _, rows in frame.groupby("scope", observed=True)]
    return beside(panels, _title(frame, compression), 2)


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: which other ways to store the weights are drawn, and which wait for a measurement."""
    there = [name for name in BASELINES if (frame["scheme"] == name).any()]
    lacking = [name for name in BASELINES if name not in there]
    told = [f"grey marks are other ways to store the same weights: {', '.join(there)}"]
    if lacking:
        told.append(f"not drawn, because not measured: {', '.join(lacking)} (cgplab compression --accuracy)")
    return told


def publication(compression: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    frame = data(compression)
    parts = list(frame.groupby("scope", observed=True))
    columns = min(len(parts), 2)
    height = -(-len(parts) // columns)
    colours = ScalarMappable(Normalize(*_limits(frame)), PALETTE)
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.75 + 2.2 * height), layout="constrained")
        axes = figure.subplots(height, columns, squeeze=False).ravel()
        titles = [in_width(_panel_title(rows), 72 * TEXT_WIDTH / columns - 50, 8) for _, rows in parts]
        for panel, (_, rows), title in zip(axes, parts, titles, strict=False):
            _draw(panel, rows, colours)
            panel.set_title("\n".join(title), loc="left", fontsize=8)
            panel.set_xlabel(_X)
        for panel in axes[::columns]:
            panel.set_ylabel(_Y)
        for panel in axes[len(parts) :]:
            panel.set_axis_off()
        figure.colorbar(colours, ax=axes.tolist(), label=_COLOUR, location="bottom", aspect=45, fraction=0.05, pad=0.02)
        told: list[Entry] = []
        for scheme in (name for name in (*CIRCUITS, *BASELINES) if (frame["scheme"] == name).any()):
            face = to_hex(colours.get_cmap()(0.6)) if scheme in CIRCUITS else _STORED
            marker = (CIRCUITS | BASELINES)[scheme][0]
            told.append(
                (
                    stroke(
                        _INK, linestyle="none", marker=marker, markerfacecolor=face, markersize=5, markeredgewidth=0.7
                    ),
                    scheme,
                )
            )  # fmt: skip
        if not is_set(_circuits(frame)["within"]).all():
            told.append((HOLLOW, ABOVE))
        finish(figure, _title(frame, compression), told)
    return figure


def _circuits(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["id"].notna()]


def _draw(axes: "Axes", rows: pd.DataFrame, colours: ScalarMappable) -> None:
    scales = _scales(rows)
    for axis, scale in scales.items():
        scale.apply(axes, axis)
    axes.grid(axis="x", visible=True)
    axes.axvline(_INT8, color=_INK, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    for scheme, (marker, _) in CIRCUITS.items():
        own = rows[rows["scheme"] == scheme]
        axes.scatter(
            own["bits_per_weight"], own["accuracy_loss"], s=17, marker=marker, facecolor=_faces(own, colours),
            edgecolor=_INK, linewidth=0.5, zorder=3,
        )  # fmt: skip
    for scheme, (marker, _) in BASELINES.items():
        own = rows[rows["scheme"] == scheme]
        axes.scatter(
            own["bits_per_weight"], own["accuracy_loss"], s=32, marker=marker, facecolor=_STORED, edgecolor=_INK,
            linewidth=0.9, zorder=4,
        )  # fmt: skip


def _screen(rows: pd.DataFrame, limits: tuple[float, float]) -> "hv.Overlay":
    hv = holoviews()
    scales = _scales(rows)
    placed = rows.assign(
        across=scales["x"].forward(rows["bits_per_weight"]), height=scales["y"].forward(rows["accuracy_loss"])
    )
    drawn = []
    for scheme, (_, marker) in (CIRCUITS | BASELINES).items():
        own = placed[placed["scheme"] == scheme]
        if own.empty:
            continue
        shown = [name for name in _HOVER if name != "id" or scheme in CIRCUITS]
        look: dict[str, Any] = {"color": _STORED, "line_color": _INK, "size": 9, "line_width": 1.2}
        if scheme in CIRCUITS:
            own = own.assign(filled=is_set(own["within"]).astype(float))
            shown.append("filled")
            look = {
                "color": "saved", "cmap": PALETTE, "clim": limits, "clabel": _COLOUR, "colorbar": scheme == WIRED,
                "line_color": _INK, "line_width": 0.8, "size": 7, "fill_alpha": "filled",
            }  # fmt: skip
        element = hv.Points(own, kdims=["across", "height"], vdims=shown, label=scheme)
        drawn.append(element.opts(marker=marker, tools=["hover"], backend="bokeh", **look))
    labels = {"x": _X, "y": _Y}
    line = hv.VLine(_INT8).opts(color=_INK, line_width=1, line_dash="dashed", backend="bokeh")
    return dress(hv.Overlay([line, *drawn]), _panel_title(rows), labels, scales, min_height=360)


def _scales(rows: pd.DataFrame) -> dict[str, Scale]:
    return {"x": scale_for([0.0, rows["bits_per_weight"].max()]), "y": scale_for(rows["accuracy_loss"])}


def _limits(frame: pd.DataFrame) -> tuple[float, float]:
    """Savings at the ends of the colours, in tens; who spends more than twice what int8 takes looks like twice."""
    known = frame.loc[frame["id"].notna(), "saved"].dropna().clip(-100.0)
    if known.empty:
        return 0.0, 100.0
    low, high = 10 * floor(known.min() / 10), 10 * ceil(known.max() / 10)
    return float(low), float(max(high, low + 10))


def _faces(rows: pd.DataFrame, colours: ScalarMappable) -> Any:
    faces = colours.to_rgba(rows["saved"].fillna(0.0).to_numpy())
    faces[rows["saved"].isna().to_numpy()] = to_rgba(_UNKNOWN)
    faces[~rows["within"].to_numpy(dtype=bool)] = to_rgba("white")
    return faces


def _panel_title(rows: pd.DataFrame) -> str:
    runs = _circuits(rows).drop_duplicates("id")
    kernels = runs["kernel"].dropna().unique()
    of = f"{rows['layer'].mode().iloc[0]}{f' {kernels[0]}' if len(kernels) == 1 else ''}"
    return f"{of}, {rows['n_weights'].iloc[0]:,} weights ({share(runs)})"


def _title(frame: pd.DataFrame, compression: pd.DataFrame) -> str:
    shown, there = frame["scope"].nunique(), compression["scope"].nunique()
    largest = f"; {shown} of {there} sets of weights, those of most weights and runs" if shown < there else ""
    return f"{subject(_circuits(frame).assign(layer=None))}{largest}; in parentheses: runs within budget / runs"
