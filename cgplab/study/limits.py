"""What the runs of a study cannot show, whatever they say."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cgplab.analysis import solved
from cgplab.analysis.mixture import parts
from cgplab.study.completeness import Completeness
from cgplab.study.document import Document
from cgplab.words import counted

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_SEEDS = 5
"""Below this, quartiles of a cell are hardly more than its values."""


class Sentences(tuple[str, ...]):
    """Sentences that notebooks show as a list."""

    def _repr_markdown_(self) -> str:
        return "\n".join(f"* {text}" for text in self)


def limits(document: Document, found: Completeness, runs: "pd.DataFrame") -> Iterator[str]:
    """Tell the limits that hold for the runs of a study, one sentence or two each.

    Parameters
    ----------
    document : Document
    found : Completeness
    runs : pandas.DataFrame
        Table of the study's runs.
    """
    tally = found.tally()
    if tally.done < tally.n:
        yield f"The study is not complete: {tally.n - tally.done:,} of {counted(tally.n, 'run')} are not finished."
    lone = [cell for cell in found.design.cells if len(cell.seeds) == 1 and cell.template.method != "construct"]
    few = [cell for cell in found.design.cells if 1 < len(cell.seeds) < _FEWEST_SEEDS]
    if lone:
        yield (
            f"{counted(len(lone), 'evolved cell')} of {len(found.design.cells):,} have one seed only: how much chance "
            "decides there is not known."
        )
    if few:
        yield f"{counted(len(few), 'cell')} have fewer than {_FEWEST_SEEDS} seeds; their quartiles say little."
    hopeless = [cell for cell in found.design.cells if (own := found.tally([cell])).done and own.above == own.done]
    if hopeless:
        yield (
            f"In {counted(len(hopeless), 'cell')} no run is within budget. Costs of such runs are not comparable with "
            "those of others, and whether a circuit exists there is not known unless it was proved."
        )
    timed = {cell.template.search for cell in found.design.cells if cell.template.settings["time_limit"] is not None
             and cell.template.method != "construct"}  # fmt: skip
    if timed:
        yield f"Limited by seconds ({', '.join(sorted(timed))}): such runs come out differently on another machine."
    if tally.unmeasured:
        yield f"{counted(tally.unmeasured, 'finished run')} have no accuracy on the study's images."
    if document.accuracy.images is not None:
        yield (
            f"Accuracy was measured on the first {document.accuracy.images:,} images only; differences of a "
            "few images are within chance."
        )
    if len(document.models) == 1:
        yield f"One model, {document.models[0]}: nothing here says how far the findings carry to others."
    n_experiments = len(parts(runs))
    if n_experiments > 1:
        yield (
            f"{n_experiments} experiments (searches, budgets or grids) are shown side by side and never pooled; "
            "their budgets differ, so a difference between them is one of search and budget together."
        )
    if solved(runs)["energy"].notna().any():
        yield (
            "Energy adds up the gates of a circuit by power × delay. Wires, the selection of weights over time and "
            "whatever delivers them to the arithmetic are not in it."
        )
