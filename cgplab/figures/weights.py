"""The weights of a layer, those a circuit infers, and the difference, as pictures."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from cgplab.analysis.weight_picture import weight_picture
from cgplab.figures.style import OKABE_ITO, TEXT_WIDTH, publication_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FEW = 150
"""Most weights that are written out as numbers."""


def draw_weights(original: NDArray[np.int8], inferred: NDArray[np.int8], title: str) -> Figure:
    """Draw a layer's weights, the same with the inferred ones in place, and the error of each.

    Parameters
    ----------
    original, inferred : int8 arrays of one shape
        (out, in, height, width), (out, in) or (height, width).
    title : str
    """
    with publication_style():
        pictures = [
            weight_picture(_with_kernels(weights))
            for weights in (original, inferred, inferred.astype(np.int16) - original)
        ]
        height, width = pictures[0].shape
        panel = TEXT_WIDTH / 3
        figure = Figure(figsize=(TEXT_WIDTH, min(panel * height / width, 3.2) + 0.85), layout="constrained")
        figure.suptitle(title, x=0.01, ha="left", fontsize=9)
        names = ("weights of the model", "with inferred weights", "error: inferred − model")
        for axes, picture, name in zip(figure.subplots(1, 3), pictures, names, strict=True):
            _draw(axes, picture, name, figure, written=original.size <= _FEW)
    return figure


def _with_kernels(weights: NDArray[np.integer]) -> NDArray[np.integer]:
    return weights[None, None] if weights.ndim == 2 and weights.shape[0] == weights.shape[1] else weights


def _draw(axes: "Axes", picture: NDArray[np.float32], name: str, figure: Figure, written: bool) -> None:
    limit = max(float(np.nanmax(np.abs(picture))), 1.0)
    colours = LinearSegmentedColormap.from_list("weights", [OKABE_ITO[0], "#f7f7f7", OKABE_ITO[1]])
    image = axes.imshow(picture, cmap=colours, vmin=-limit, vmax=limit, interpolation="nearest")
    axes.set_title(name, loc="left", fontsize=8)
    axes.set_axis_off()
    if written and picture.size <= _FEW:
        for (y, x), value in np.ndenumerate(picture):
            if not np.isnan(value):
                shade = "white" if value < -0.6 * limit else "black"
                axes.text(x, y, f"{value:.0f}", ha="center", va="center", fontsize=6, color=shade)
    bar = figure.colorbar(image, ax=axes, orientation="horizontal", shrink=0.8, aspect=25, pad=0.03)
    bar.ax.tick_params(labelsize=6)
    bar.locator = MaxNLocator(5, integer=True)
    bar.outline.set_visible(False)
