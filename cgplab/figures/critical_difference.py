"""Critical-difference diagram: average ranks of strategies over layers, bars over what is not different."""

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from cgplab.analysis.comparing import compare_table
from cgplab.figures.captions import sentences
from cgplab.figures.screens import dress, holoviews
from cgplab.figures.style import OKABE_ITO, publication_style
from cgplab.statistics import Comparison
from cgplab.statistics.diagram import BAR, Layout, lay_out, title_of
from cgplab.statistics.words import decided_by, plain, sample_size
from cgplab.words import counted, fixed

if TYPE_CHECKING:
    import holoviews as hv


def data(
    runs: pd.DataFrame, response: str = "accuracy_loss", factor: str = "strategy", block: str | None = "layer"
) -> Comparison:
    """Comparison behind the diagram; blocks with missing cells are left out and named in its report.

    Parameters
    ----------
    runs : pandas.DataFrame
        The frame ``image_losses``.
    response, factor, block : str
        Columns; see :func:`cgplab.analysis.comparing.compare_table`.

    Raises
    ------
    InputError
        The runs cannot be compared.
    """
    return compare_table(runs, response, factor, block, drop_incomplete=True)


def notes(found: Comparison) -> list[str]:
    """Sentences of the caption: what the ranks rest on."""
    of = "" if found.samples.block is None else f" in each {plain(found.samples.block)}"
    blocks = "" if found.samples.block is None else f" in {sample_size(found)}"
    cd = found.critical_difference
    told = [
        f"{plain(found.samples.factor)} ranked by {plain(found.samples.response)}{of} ({found.best} = 1; n = "
        f"{counted(found.n, 'value')}{blocks})",
        f"overall test and bars at the {found.alpha:g} level: {found.test.name}, {decided_by(found) or 'no post-hoc'}",
    ]
    if cd:
        told.append(f"CD: critical difference of average ranks, {cd:.2f}")
    if found.success is not None and not found.success.complete:
        told += ["only runs within budget are compared", found.success.rates]
    left_out = counted(len(found.samples.incomplete), "block")
    told += [f"left out: {left_out} with missing cells"] * bool(found.samples.incomplete)
    return [*told, *(note.rsplit(":", 1)[0] for note in found.notes if note.startswith("Not compared"))]


def caption_of(found: Comparison, of: str = "") -> str:
    """Caption of a comparison's diagram; ``of`` says which runs are compared."""
    scope = [f"scope: {of}"] if of else []
    return sentences("Average ranks; levels joined by a bar do not differ significantly", *notes(found), *scope)


def interactive(runs: pd.DataFrame) -> "hv.Overlay":
    """Draw the figure for a screen; see :func:`data` for errors."""
    return screen(data(runs))


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    return diagram(data(runs))


def diagram(found: Comparison) -> Figure:
    """Draw the diagram of a comparison in the look of all figures."""
    with publication_style():
        figure = found.plot().figure
        engine = figure.get_layout_engine()
        assert engine is not None
        engine.execute(figure)
        figure.set_layout_engine("none")
    return figure


def screen(found: Comparison) -> "hv.Overlay":
    """Draw the diagram of a comparison for a screen: levels down the side, bars beside the ranks they join."""
    hv = holoviews()
    layout = lay_out(found)
    ranks = found.average_ranks
    names = [str(level) if not isinstance(level, float) else f"{level:g}" for level in ranks.index]
    table = pd.DataFrame(
        {"average_rank": ranks.to_numpy(), "place": [-float(i) for i in range(len(ranks))], "level": names}
    ).assign(median=found.levels.loc[ranks.index, "median"].to_numpy(), n=found.levels.loc[ranks.index, "n"].to_numpy())
    dots = hv.Points(table, ["average_rank", "place"], ["level", "median", "n"]).opts(
        color=OKABE_ITO[0], size=11, tools=["hover"], backend="bokeh"
    )
    stems = hv.Segments(
        [(layout.span[0], y, x, y) for x, y in zip(table["average_rank"], table["place"], strict=True)]
    ).opts(color="#bbbbbb", backend="bokeh")
    drawn = stems * _bars(hv, layout, found) * dots
    top = 0.6
    if found.critical_difference is not None:
        drawn, top = drawn * _critical(hv, layout, found.critical_difference), 1.3
    title = title_of(found).splitlines()[0]  # a line on a screen is cut, not broken; the caption tells the rest
    labels = {"x": f"average rank ({found.best} = 1)", "y": found.samples.factor.replace("_", " ")}
    return dress(
        drawn, title, labels, {}, yticks=[(-i, name) for i, name in enumerate(names)], ylim=(-len(names) + 0.4, top),
        show_legend=False,
    )  # fmt: skip


def _critical(hv: Any, layout: Layout, length: float) -> "hv.Overlay":
    """The critical difference as a length, above the first level, with its name."""
    start = layout.span[0]
    line = [(start, 0.75), (start + length, 0.75)]
    ends = [[(x, 0.62), (x, 0.88)] for x in (start, start + length)]
    text = hv.Text(start + length / 2, 1.05, f"CD = {fixed(length)}")
    return hv.Path([line, *ends]).opts(color=BAR, line_width=2, backend="bokeh") * text.opts(
        text_color=BAR, text_font_size="10pt", backend="bokeh"
    )


def _bars(hv: Any, layout: Layout, found: Comparison) -> "hv.Path":
    """A bar per group of levels, in columns of its own right of the ranks, over the rows of its levels."""
    order = list(found.average_ranks.index)
    width = layout.span[1] - layout.span[0]
    pieces = []
    for column, bar in enumerate(found.bars):
        x = layout.span[1] + width * (0.06 + 0.04 * column)
        rows = [-order.index(level) for level in bar]
        pieces.append([(x, rows[0] + 0.2), (x, rows[-1] - 0.2)])
    return hv.Path(pieces).opts(color=BAR, line_width=6, backend="bokeh")
