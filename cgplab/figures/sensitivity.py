"""Accuracy loss over an error added to every weight of a layer's core, outside or everywhere."""

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cgplab.errors import InputError
from cgplab.figures.canvas import Entry, all_fitted, finish, stroke
from cgplab.figures.outcomes import layers_of
from cgplab.figures.reference_band import Band, entries_of, notes_of, reference_band, with_ends
from cgplab.figures.scales import Scale, scale_for
from cgplab.figures.screens import beside, dress, holoviews
from cgplab.figures.style import LABELS, TEXT_WIDTH, look, publication_style
from cgplab.store.sensitivity import PARTS

if TYPE_CHECKING:
    import holoviews as hv

LIMIT = 2.0
"""Accuracy loss in percentage points above which a layer stands in the table."""
_TABLE = ("model", "model_sha256", "dataset", "split", "images", "overflow")
_DASHES = {"core": (0, (1, 1)), "outside": (0, (4, 2)), "everywhere": "solid"}


def data(sensitivity: pd.DataFrame) -> pd.DataFrame:
    """Accuracy losses of the fullest measurement, by layer, part and error.

    Of several models, data sets, numbers of images and ways to overflow, those with most rows are drawn, of equals
    those with most images; choose others by conditions on the frame.

    Parameters
    ----------
    sensitivity : pandas.DataFrame
        Frame ``sensitivity``.

    Raises
    ------
    InputError
        Nothing was measured.
    """
    sensitivity = sensitivity.dropna(subset=["accuracy_loss"]) if len(sensitivity) else sensitivity
    if sensitivity.empty:
        raise InputError("no sensitivity measured yet; measure it with: cgplab model sensitivity")
    tables = sensitivity.groupby(list(_TABLE), sort=True).size().reset_index(name="rows")
    fullest = tables.sort_values(["rows", "images"], ascending=False, kind="stable").head(1)
    chosen = sensitivity.merge(fullest[list(_TABLE)], on=list(_TABLE))
    frame = chosen.assign(part=pd.Categorical(chosen["part"], PARTS, ordered=True))
    return frame.sort_values(["layer", "part", "error"], ignore_index=True)


def worst(sensitivity: pd.DataFrame, reach: int = 11) -> pd.DataFrame:
    """Greatest accuracy loss of each layer and part within small errors.

    Parameters
    ----------
    sensitivity : pandas.DataFrame
        Frame ``sensitivity``.
    reach : int
        Greatest size of the error, 11 as in the least exact strategy of the original study.

    Returns
    -------
    pandas.DataFrame
        ``layer``, ``part``, ``accuracy_loss`` (percentage points), ``error`` at which it occurs; most sensitive first.
    """
    near = data(sensitivity)
    near = near[near["error"].abs() <= reach]
    rows = near.sort_values("accuracy_loss", ascending=False, kind="stable").drop_duplicates(["layer", "part"])
    return rows[["layer", "part", "accuracy_loss", "error"]].reset_index(drop=True)


def table(sensitivity: pd.DataFrame, label: str, reach: int = 11) -> str:
    """LaTeX table, with booktabs, of the layers that lose more than 2 percentage points within small errors."""
    from cgplab.latex import table as latex

    found = worst(sensitivity, reach)
    found = found[found["accuracy_loss"] > LIMIT]
    shown = pd.DataFrame(
        {
            "layer": found["layer"], "weights changed": found["part"].astype(str),
            "error added": found["error"].map("{:+d}".format),
            "accuracy loss [pp]": found["accuracy_loss"].map("{:.2f}".format),
        }
    )  # fmt: skip
    n = data(sensitivity)["layer"].nunique()
    caption = (
        f"Layers that lose more than {LIMIT:g} pp of top-1 accuracy to an error of {reach} or less ({n} measured)."
    )
    return latex(shown, caption, label)


def notes(frame: pd.DataFrame) -> list[str]:
    """Sentences of the caption: what the band is."""
    return notes_of(_band(frame))


def _band(frame: pd.DataFrame) -> Band | None:
    return reference_band(frame.assign(accuracy=frame["top1"]))


def interactive(sensitivity: pd.DataFrame) -> "hv.Layout":
    """Draw the figure for a screen; see :func:`data` for errors."""
    hv = holoviews()
    frame = data(sensitivity)
    band = _band(frame)
    scale = scale_for(with_ends(frame["accuracy_loss"], band))
    panels = []
    for part in _parts(frame):
        curves = []
        for index, layer in enumerate(_layers(frame)):
            rows = frame[(frame["layer"] == layer) & (frame["part"] == part)]
            colour = look(index, len(_layers(frame))).colour
            curves.append(
                hv.Curve(
                    (rows["error"], scale.forward(rows["accuracy_loss"])), "error", f"loss_{part}", label=layer
                ).opts(color=colour, line_width=1.8, tools=["hover"], backend="bokeh")
            )
        labels = {"x": "error added to every weight", "y": LABELS["accuracy_loss"]}
        drawn = hv.Overlay(curves)
        if band is not None:
            drawn = band.element(scale) * drawn
        panels.append(dress(drawn, part, labels, {"y": scale}, min_height=320))
    return beside(panels, _title(frame), 1)


def publication(sensitivity: pd.DataFrame) -> Figure:
    """Draw the figure for print: a small panel per layer; see :func:`data` for errors."""
    frame = data(sensitivity)
    layers = _layers(frame)
    columns = min(len(layers), 3 if len(layers) <= 12 else 6)
    height = -(-len(layers) // columns)
    dense = columns > 3
    band = _band(frame)
    scale: Scale = scale_for(with_ends(frame["accuracy_loss"], band))
    with publication_style():
        figure = Figure(figsize=(TEXT_WIDTH, 0.5 + max(2.1, height * (0.85 if dense else 1.4))), layout="constrained")
        panels = figure.subplots(height, columns, squeeze=False, sharex=True, sharey=True).ravel()
        size = 5.5 if dense else 8.0
        names = all_fitted(layers, (72 * TEXT_WIDTH - 40) / columns - 6, size)
        for panel, layer, name in zip(panels, layers, names, strict=False):
            scale.apply(panel)
            panel.axhline(0, color="#bbbbbb", linewidth=0.6, zorder=1)
            if band is not None:
                band.shade(panel)
            for index, part in enumerate(_parts(frame)):
                rows = frame[(frame["layer"] == layer) & (frame["part"] == part)]
                panel.plot(rows["error"], rows["accuracy_loss"], color=look(index).colour, linestyle=_DASHES[part])
            panel.set_title(name, loc="left", fontsize=size, pad=2)
            panel.set_xticks([-128, 0, 127] if columns > 1 else [-128, -64, 0, 64, 127])
            panel.tick_params(labelsize=5.5 if dense else 7)
        for panel in panels[len(layers) :]:
            panel.set_axis_off()
        for panel in panels[max(0, len(layers) - columns) : len(layers)]:
            panel.tick_params(labelbottom=True)  # also where the row below has no panel
        figure.supxlabel("error added to every weight", fontsize=9)
        # Below the legend, which is high beside a single row of panels.
        figure.supylabel(LABELS["accuracy_loss"], fontsize=9, y=0.4 if height == 1 else 0.5)
        told: list[Entry] = [
            (stroke(look(index).colour, linestyle=_DASHES[part]), part) for index, part in enumerate(_parts(frame))
        ]
        finish(figure, _title(frame), [*told, *entries_of(band)], "weights changed")
    return figure


def _layers(frame: pd.DataFrame) -> list[str]:
    return layers_of(frame)


def _parts(frame: pd.DataFrame) -> list[str]:
    return [part for part in PARTS if (frame["part"] == part).any()]


def _title(frame: pd.DataFrame) -> str:
    one = frame.iloc[0]
    overflow = {"saturate": "weights saturate", "wrap": "weights wrap around"}[one["overflow"]]
    return f"{one['model']}, {overflow}; n = {one['images']:,} images of {one['dataset']}/{one['split']}"
