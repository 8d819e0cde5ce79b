"""Critical-difference diagram: average ranks of strategies over layers, bars over what is not different."""

import pandas as pd
from matplotlib.figure import Figure

from cgplab.figures.style import publication_style
from cgplab.statistics import Comparison, compare


def data(
    runs: pd.DataFrame, response: str = "accuracy_loss", factor: str = "strategy", block: str | None = "layer"
) -> Comparison:
    """Comparison behind the diagram; blocks with missing cells are left out and named in its report.

    Parameters
    ----------
    runs : pandas.DataFrame
        Table of runs.
    response, factor, block : str
        Columns; see :func:`cgplab.statistics.compare`.

    Raises
    ------
    InputError
        The runs cannot be compared.
    """
    return compare(runs, response, factor, block, drop_incomplete=True)


def publication(runs: pd.DataFrame) -> Figure:
    """Draw the figure for print; see :func:`data` for errors."""
    return diagram(data(runs))


def diagram(found: Comparison) -> Figure:
    """Draw the diagram of a comparison in the look of all figures."""
    with publication_style():
        return found.plot().figure
