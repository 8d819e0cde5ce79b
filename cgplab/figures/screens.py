"""What interactive figures have in common: HoloViews elements drawn by Bokeh, in the look of the printed ones."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cgplab.analysis.frame_types import is_set
from cgplab.figures.outcomes import Group
from cgplab.figures.scales import STRIP, Scale
from cgplab.figures.style import Look
from cgplab.markup import as_html

if TYPE_CHECKING:
    import holoviews as hv

HEIGHT = 380
_FORMULAS = re.compile(r"\$(?=\$)|\\(?=[\[\]()])")
"""What Bokeh would take for the beginning or end of a formula."""
_BREAK = "\u2060"
"""Joins words, has no width."""


def not_math(text: str) -> str:
    """Text of a title or an axis in which Bokeh finds no formula, though it be called ``$$x$$``."""
    return _FORMULAS.sub(rf"\g<0>{_BREAK}", text)


def beside(panels: Sequence[Any], title: str, columns: int) -> "hv.Layout":
    """Panels beside each other under one title, which HoloViews writes as HTML and as a template."""
    named = not_math(_no_fields(as_html(title)))
    return holoviews().Layout(panels).opts(shared_axes=False, title=named, backend="bokeh").cols(columns)


def _no_fields(title: str) -> str:
    """Title whose braces stand for themselves: HoloViews fills in what stands between them."""
    return str(title).replace("{", "{{").replace("}", "}}")


def holoviews() -> Any:
    """HoloViews with its Bokeh backend, without touching the notebook's or server's settings."""
    import holoviews as hv

    if "bokeh" not in hv.Store.loaded_backends():
        import holoviews.plotting.bokeh

        hv.Store.set_current_backend("bokeh")
    return hv


def points(
    frame: pd.DataFrame, x: str, y: str, groups: Sequence[Group], hover: Sequence[str], **more: Any
) -> "hv.Overlay":
    """Scatter of groups, each with its colour and marker, told in the legend; hollow where ``within`` is false.

    Parameters
    ----------
    frame : pandas.DataFrame
        All rows; says which hover columns there are.
    x, y : str
        Columns of the places.
    groups : sequence of Group
    hover : sequence of str
        Columns that the tool tip shows.
    """
    hv = holoviews()
    shown = [name for name in hover if name in frame.columns and name not in (x, y)]
    drawn = []
    for group in groups:
        rows = marks(group.rows, group.look)
        element = hv.Points(rows, kdims=[x, y], vdims=[*shown, *MARKED], label=group.label)
        drawn.append(
            element.opts(
                color="fill", line_color="edge", line_width="rim", size="extent", marker=group.look.sign, alpha=0.85,
                tools=["hover"], hover_tooltips=[(name, f"@{{{name}}}") for name in shown], backend="bokeh", **more,
            )
        )  # fmt: skip
    return hv.Overlay(drawn)


MARKED = ("fill", "edge", "rim", "extent")
"""Columns of :func:`marks`."""
_EXTENT = {"diamond": 11, "star": 11, "plus": 9, "triangle": 8, "inverted_triangle": 8, "hex": 8}
"""Sizes at which Bokeh's markers look as large as its circle of 7."""


def marks(rows: pd.DataFrame, look: Look) -> pd.DataFrame:
    """Rows with colours and sizes of their marks: paper inside where the error is above the budget."""
    within = is_set(rows["within"]) if "within" in rows else pd.Series(True, index=rows.index)
    return rows.assign(
        fill=np.where(within, look.colour, PAPER), edge=np.where(within, EDGE, look.colour),
        rim=np.where(within, 0.3, 1.2), extent=_EXTENT.get(look.sign, 7),
    )  # fmt: skip


PAPER, EDGE = "#ffffff", "#fffffe"
"""Inside of hollow marks, and the rim that parts filled marks from one another; a dark page has others."""


def dress(drawn: Any, title: str, labels: Mapping[str, str], scales: Mapping[str, Scale], **more: Any) -> Any:
    """Set title, labels and scales of an overlay.

    Parameters
    ----------
    drawn : holoviews element
    title : str
    labels : {"x" or "y": str}
    scales : {"x" or "y": Scale}
        Axes whose values were transformed with the scale's ``forward``.
    """
    hv = holoviews()
    options: dict[str, Any] = {f"{axis}label": not_math(text) for axis, text in labels.items()}
    for name in ("xticks", "yticks"):
        if name in more:
            more[name] = [(place, not_math(text)) for place, text in more[name]]
    for axis, scale in scales.items():
        options[f"{axis}lim"] = scale.span
        if scale.ticks:
            options[f"{axis}ticks"] = scale.places
        if scale.strip is not None:
            low, high = (float(scale.forward(value)) for value in scale.strip)
            strip = (hv.HSpan if axis == "y" else hv.VSpan)(low, high).opts(
                color=STRIP, alpha=1.0, level="underlay", backend="bokeh"
            )
            drawn = strip * drawn
    overlay = drawn if isinstance(drawn, hv.Overlay) else hv.Overlay([drawn])
    return overlay.opts(
        hv.opts.Overlay(
            title=not_math(_no_fields(title)), responsive=True, show_grid=True,
            min_height=more.pop("min_height", HEIGHT), legend_position="right", shared_axes=False,
            active_tools=[], toolbar="above",
            fontsize={"title": 11, "labels": "13px"}, backend="bokeh", **{**options, **more},
        )
    )  # fmt: skip


def jitter(n: int, half_width: float, seed: int = 1) -> np.ndarray:
    """Offsets that keep points of one place apart; the same every time."""
    return np.random.default_rng(seed).uniform(-half_width, half_width, n)
